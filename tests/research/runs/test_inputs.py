"""What a user names: days of bars, strategies, settings."""

from datetime import date

import pytest

from forven.primitives.errors import EmptyRange, InvalidInput
from forven.research.runs.inputs import between, named_strategy, said_policy
from forven.strategies.bars.errors import InvalidBarStrategy
from forven.strategies.bars.registry import strategy_named
from tests.research.runs.backtests import some_bars

TWO = """
from forven.strategies.bars.writing import Rules, bar_strategy
@bar_strategy(name="one", family="own", rule="r", source="s")
def one(market, p):
    return Rules(enter_long=market.close > market.open)
@bar_strategy(name="two", family="own", rule="r", source="s", modes=("short_only",))
def two(market, p):
    return Rules(enter_short=market.close > market.open)
"""


def test_days_cut_the_bars_both_included() -> None:
    bars = some_bars()
    day_ns = 86_400 * 10**9
    first = int(bars.ends_ns[0] // day_ns)
    found = between(bars, date(2020, 1, 3), date(2020, 1, 4))
    assert len(found) == 48
    assert found.ends_ns[0] == (first + 2) * day_ns + 3_600 * 10**9
    assert found.ends_ns[-1] == (first + 4) * day_ns
    assert between(bars, None, None) is bars


def test_days_without_bars_are_refused() -> None:
    with pytest.raises(EmptyRange, match="1999"):
        between(some_bars(), None, date(1999, 1, 1))


def test_a_file_with_two_strategies_is_asked_which(tmp_path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(TWO)
    strategy, source = named_strategy(f"{path}:two")
    assert (strategy.name, source) == ("two", TWO)
    with pytest.raises(InvalidBarStrategy, match="one, two"):
        named_strategy(str(path))
    assert named_strategy("dema_cross") == (strategy_named("dema_cross"), "")


def test_a_policy_is_in_the_strategys_own_mode_and_never_in_one_it_lacks(tmp_path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(TWO)
    strategy, _ = named_strategy(f"{path}:two")
    assert said_policy(strategy, {"leverage": None}) == {"trade_mode": "short_only"}
    with pytest.raises(InvalidInput, match="two supports short_only"):
        said_policy(strategy, {"trade_mode": "both"})
