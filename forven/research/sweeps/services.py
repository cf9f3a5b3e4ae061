"""A sweep as a user asks for it: names and texts in, a checked plan out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
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
from forven.research.sweeps.combinations import combinations_of
from forven.research.sweeps.plan import SweepPlan, SweepSettings
from forven.research.sweeps.results import SweepResults
from forven.research.sweeps.running import Here, Plan, SweepRun, run_sweep
from forven.research.sweeps.sessions_chunk import SessionsHere
from forven.research.sweeps.sessions_services import SessionsRequest
from forven.strategies.naming import runs_over_bars

_FOLDER = "sweeps"
_UNFIT = re.compile(r"[^A-Za-z0-9_]+")
_NAME_LENGTH = 40


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
        samples = (self.random, self.sobol)
        combinations = combinations_of(axes, strategy.space, samples, self.seed)
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


def default_folder(plan: Plan) -> Path:
    """Return where a sweep is kept if nobody says: under the data root, by strategy and hash."""
    name = _UNFIT.sub("_", plan.name)[:_NAME_LENGTH]
    return home_folder() / _FOLDER / f"{name}-{plan.hash[:12]}"


def sweep(
    strategy: str | Path | dict[str, object],
    data: str | Bars,
    grid: Sequence[str] = (),
    folder: Path | None = None,
    threads: int = 1,
    **options: Any,
) -> SweepResults:
    """Run a strategy with every combination of a grid, or a sample of them; return the results.

    strategy  over bars: a built-in one's name or a .py file; over sessions: a document or its path
    folder    keep them there, resumable; None: in memory alone
    options   over bars as in `SweepRequest`, over sessions as in `SessionsRequest`
    errors    InvalidInput, InvalidParameter, TooLittleHistory, UnknownStrategy, UnknownDataset,
              InvalidStrategy, EmptyRange
    """
    if isinstance(strategy, str) and runs_over_bars(strategy):
        _check_names(options, SweepRequest)
        plan = SweepRequest(strategy=strategy, data=data, grid=grid, **options).plan()
        return run_sweep(plan, SweepRun(workers=Here(threads), folder=folder))
    _check_names(options, SessionsRequest)
    if not isinstance(data, str):
        raise InvalidInput(f"data: expected the name of a dataset of sessions, found {data.symbol}")
    days = SessionsRequest(strategy=strategy, data=data, grid=grid, **options).plan()
    return run_sweep(days, SweepRun(workers=SessionsHere(threads), folder=folder))


def _check_names(options: dict[str, Any], request: type) -> None:
    """Refuse options that a kind of sweep does not have."""
    names = {field.name for field in fields(request)}
    unknown = sorted(set(options) - names)
    if unknown:
        known = ", ".join(sorted(names - {"strategy", "data", "grid"}))
        raise InvalidInput(f"options: expected {known}; found {', '.join(unknown)}")
