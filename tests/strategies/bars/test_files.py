import pytest

from forven.strategies.bars.errors import InvalidBarStrategy
from forven.strategies.bars.files import strategies_of, strategy_of

HEAD = "from forven.strategies.bars.writing import Rules, bar_strategy, signal_strategy\n"
ONE = """
@bar_strategy(name="{name}", family="own", rule="A.", source="me")
def {name}(market, p):
    return Rules(enter_long=market.close > market.open)
"""


@pytest.fixture
def file(tmp_path):
    def written(text):
        path = tmp_path / "own.py"
        path.write_text(HEAD + text)
        return path

    return written


def test_a_file_gives_the_strategies_it_declares(file):
    path = file(ONE.format(name="a") + ONE.format(name="b"))
    assert list(strategies_of(path)) == ["a", "b"]
    assert strategy_of(path, "b").name == "b"
    with pytest.raises(InvalidBarStrategy, match="expected one strategy, found a, b"):
        strategy_of(path)
    with pytest.raises(InvalidBarStrategy, match="strategy 'c'"):
        strategy_of(path, "c")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x = 1", "expected a strategy declared with @bar_strategy"),
        ("def (", "expected Python, found .* in line 2"),
        ("1 / 0", r"found ZeroDivisionError: division by zero \(line 2\)"),
        ("raise SystemExit(3)", "found SystemExit: 3"),
        ("bar_strategy(name='', family='a', rule='b', source='c')(print)", "expected a name"),
        (
            "bar_strategy(name='a', family='a', rule='b', source='c', mode=1)",
            "did you mean 'modes'",
        ),
        (ONE.format(name="a") + "b = a\n" + ONE.format(name="a"), "found the strategy 'a' twice"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_the_reason(file, text, found):
    with pytest.raises(InvalidBarStrategy, match=found):
        strategies_of(file(text))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InvalidBarStrategy, match="expected a file, found none"):
        strategies_of(tmp_path / "none.py")
