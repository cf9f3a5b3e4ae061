import asyncio

import pytest

from forven.market.bars.synthetic import random_bars
from forven.strategies.bars.errors import InvalidBarStrategy, InvalidParameter
from forven.strategies.bars.signals import signals_of
from forven.strategies.bars.writing import Parameter, bar_strategy, signal_strategy

BARS = random_bars(100, 1)
ONE = (Parameter("bars", 5, 2, 50),)


def made(function, **options):
    options = {"name": "made", "warmup": lambda p: 1, "parameters": ONE, **options}
    return signal_strategy(**options)(function)


class Unspeakable(Exception):
    def __str__(self):
        raise ValueError("no text")


class OfNoKind(BaseException):
    pass


def raising(error):
    def function(bars, p):
        raise error

    return function


@pytest.mark.parametrize(
    "error",
    [SystemExit(0), GeneratorExit(), asyncio.CancelledError(), OfNoKind("x"), Unspeakable()],
    ids=lambda error: type(error).__name__,
)
def test_whatever_a_function_raises_becomes_an_error_that_names_the_strategy(error):
    strategy = made(raising(error))
    found = f"strategy made: .* found {type(error).__name__}.*line \\d+ of function"
    with pytest.raises(InvalidBarStrategy, match=found):
        signals_of(strategy, BARS, strategy.resolve())


def test_an_exit_in_rules_and_in_a_warmup_is_an_error_too():
    rules = bar_strategy(name="made", family="f", rule="A.", source="s")(raising(SystemExit(1)))
    with pytest.raises(InvalidBarStrategy, match=r"strategy made: .* SystemExit: 1"):
        rules.warmup(rules.resolve())

    def leaves(p):
        raise SystemExit(2)

    strategy = made(raising(None), warmup=leaves)
    with pytest.raises(InvalidBarStrategy, match=r"strategy made: .* SystemExit: 2"):
        strategy.warmup(strategy.resolve())


def test_ctrl_c_still_stops_the_program():
    strategy = made(raising(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        signals_of(strategy, BARS, strategy.resolve())


def test_an_error_is_placed_in_the_users_own_code_not_in_a_library():
    strategy = made(lambda bars, p: asyncio.run(None))
    with pytest.raises(InvalidBarStrategy, match=r"line \d+ of <lambda>"):
        signals_of(strategy, BARS, strategy.resolve())


@pytest.mark.parametrize("said", [1.5, -1, "5", None, True, float("nan"), 10**12])
def test_a_warmup_that_is_no_number_of_bars_is_refused(said):
    strategy = made(raising(None), warmup=lambda p: said)
    with pytest.raises(InvalidBarStrategy, match="warmup: expected a whole number of bars"):
        strategy.warmup(strategy.resolve())


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"warmup": 50}, "warmup: expected a function of the parameters, found 50"),
        ({"warmup": None}, "warmup: expected a function"),
        ({"name": 5}, "expected a text as name, found 5"),
        ({"name": "a\nb"}, "printable characters"),
        ({"name": "a" * 201}, "at most 200"),
        ({"needs": "funding_rate"}, r"needs: expected several in brackets, as in needs=\('fund"),
        ({"needs": (3,)}, "needs: expected names of columns, found 3"),
        ({"modes": "both"}, "modes: expected several in brackets"),
        ({"relations": "a < b"}, "relations: expected several in brackets"),
        ({"parameters": ONE[0]}, "parameters: expected several in brackets.*found Parameter"),
        ({"parameters": ({"bars": 5},)}, "parameters: expected Parameter or Choice"),
    ],
    ids=str,
)
def test_a_declaration_that_cannot_be_is_refused(options, found):
    with pytest.raises(InvalidBarStrategy, match=found):
        made(raising(None), **options)


def test_a_function_cannot_change_its_parameters():
    def changes(bars, p):
        p.bars = 7

    def deletes(bars, p):
        del p.bars

    for function in (changes, deletes):
        strategy = made(function)
        parameters = strategy.resolve()
        with pytest.raises(InvalidParameter, match="parameter 'bars': expected it as it was given"):
            signals_of(strategy, BARS, parameters)
        assert parameters.as_document() == {"bars": 5}
