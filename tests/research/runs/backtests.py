"""Small backtests over bars for the tests of this room."""

from functools import cache

from forven.market.bars.bars import Bars
from forven.market.bars.synthetic import random_bars
from forven.research.runs.result import BarBacktestResult
from forven.research.runs.services import backtest_bars

HOSTILE = "</script><script>alert(1)</script>"


@cache
def some_bars(count: int = 3_000, **options) -> Bars:
    return random_bars(count, 11, **options)


@cache
def crossed(**options) -> BarBacktestResult:
    """A moving-average cross over made-up hours, all equity in."""
    return ran(policy={"sizing_mode": "full"}, **options)


def ran(**options) -> BarBacktestResult:
    asked = {"strategy": "dema_cross", "data": some_bars(), **options}
    return backtest_bars(**asked)
