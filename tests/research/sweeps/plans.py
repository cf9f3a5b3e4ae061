"""Small sweeps for the tests of this room."""

from functools import cache

from forven.market.bars.bars import Bars
from forven.market.bars.synthetic import random_bars
from forven.research.sweeps.plan import SweepPlan
from forven.research.sweeps.services import SweepRequest

GRID = ("fast=5:30:5", "slow=20:60:10")


@cache
def some_bars(count: int = 3_000) -> Bars:
    return random_bars(count, 11)


def plan_of(**options) -> SweepPlan:
    asked = {"strategy": "dema_cross", "data": some_bars(), "grid": GRID, **options}
    if asked.get("random") or asked.get("sobol"):
        asked["grid"] = options.get("grid", ())
    return SweepRequest(**{"policy": {"sizing_mode": "full"}, **asked}).plan()
