"""A sweep as a user asks for it: names and texts in, a checked plan out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from forven.engine.bars.segments import TRAIN_PCT
from forven.market.bars.bars import Bars
from forven.market.bars.catalog import open_bars
from forven.market.home import home_folder
from forven.primitives.errors import InvalidInput
from forven.research.runs.inputs import between, named_strategy
from forven.research.sweeps.axes import read_axes
from forven.research.sweeps.combinations import GRID, RANDOM, SOBOL, grid_of, sample_of
from forven.research.sweeps.plan import SweepPlan, SweepSettings
from forven.research.sweeps.results import SweepResults
from forven.research.sweeps.running import Here, SweepRun, run_sweep

_FOLDER = "sweeps"


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRequest:
    """What is asked for.

    strategy   name of a built-in strategy, or a .py file, `FILE.py:NAME` where it has several
    data       name of a series of bars in the catalog, or bars
    grid       texts as `fast=5:50:5`       random, sobol   size of a sample instead of all
    policy     settings of `BarPolicy` by name
    first_day, last_day   of the bars that are used, both included, UTC
    train_pct  percent of the bars before the cut; None: no cut
    """

    strategy: str
    data: str | Bars
    grid: Sequence[str] = ()
    random: int | None = None
    sobol: int | None = None
    seed: int = 0
    policy: Mapping[str, Any] = field(default_factory=dict)
    first_day: date | None = None
    last_day: date | None = None
    train_pct: int | None = TRAIN_PCT
    has_detail: bool = True

    def plan(self) -> SweepPlan:
        """Return the checked plan; errors: those of grids, strategies, datasets and policies."""
        strategy, source = named_strategy(self.strategy)
        axes = read_axes(self.grid, strategy.space)
        samples = {RANDOM: self.random, SOBOL: self.sobol}
        asked = {method: count for method, count in samples.items() if count is not None}
        if len(asked) > 1:
            raise InvalidInput("sample: expected random or sobol, found both; take one of them")
        method, count = next(iter(asked.items()), (GRID, 0))
        combinations = (
            grid_of(axes, strategy.space)
            if method == GRID
            else sample_of(method, count, axes, strategy.space, self.seed)
        )
        bars = open_bars(self.data) if isinstance(self.data, str) else self.data
        return SweepPlan(
            strategy=strategy,
            combinations=combinations,
            bars=between(bars, self.first_day, self.last_day),
            settings=SweepSettings(
                policy=dict(self.policy),
                train_pct=self.train_pct,
                has_detail=self.has_detail,
                source=source,
            ),
        )


def default_folder(plan: SweepPlan) -> Path:
    """Return where a sweep is kept if nobody says: under the data root, by strategy and hash."""
    return home_folder() / _FOLDER / f"{plan.strategy.name}-{plan.hash[:12]}"


def sweep(
    strategy: str,
    data: str | Bars,
    grid: Sequence[str] = (),
    folder: Path | None = None,
    threads: int = 1,
    **options: Any,
) -> SweepResults:
    """Run a strategy with every combination of a grid, or a sample of them; return the results.

    folder   keep them there, resumable; None: in memory alone
    options  as in `SweepRequest`: random, sobol, seed, policy, first_day, last_day, train_pct, ...
    errors   InvalidInput, InvalidParameter, TooLittleHistory, UnknownStrategy, UnknownDataset
    """
    plan = SweepRequest(strategy=strategy, data=data, grid=grid, **options).plan()
    return run_sweep(plan, SweepRun(workers=Here(threads), folder=folder))
