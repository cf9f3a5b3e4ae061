"""Backtests over bars as users ask for them: names in, a result out; the CLI calls the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from forven.engine.bars.policy import PROFILE, check_heeded, policy_of
from forven.engine.bars.run import RunOptions, run_bars
from forven.engine.bars.segments import TRAIN_PCT, split_segments, whole_segment
from forven.market.bars.bars import Bars
from forven.market.bars.catalog import BarCatalog
from forven.primitives.errors import InvalidInput
from forven.primitives.time import parse_date
from forven.research.runs.inputs import between, named_strategy, said_policy
from forven.research.runs.provenance import Origin, provenance_of
from forven.research.runs.result import BarBacktestResult
from forven.strategies.bars.compilation import compile_runs

_NO_CUT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class BarBacktestRequest:
    """A backtest over bars in a user's words.

    strategy    name of a built-in strategy, or a .py file, `FILE.py:NAME` where it has several
    data        name of a series of bars in the catalog, or bars
    parameters  of the strategy, by name; the others take their defaults
    policy      settings of `BarPolicy` by name; without one of its profile: atr sizing
    first_day, last_day   `YYYY-MM-DD` or dates of the bars, both included, UTC
    train_pct   percent of the bars before the cut, 1 to 99; None or 100: no cut
    """

    strategy: str | Path
    data: str | Bars
    parameters: Mapping[str, Any] = field(default_factory=dict)
    policy: Mapping[str, Any] = field(default_factory=dict)
    first_day: str | date | None = None
    last_day: str | date | None = None
    train_pct: int | None = TRAIN_PCT


def run_request(request: BarBacktestRequest, catalog: BarCatalog) -> BarBacktestResult:
    """Run a backtest over bars.

    errors  InvalidInput, InvalidParameter, TooLittleHistory, MissingColumns, UnknownStrategy,
            UnknownDataset, EmptyRange
    """
    strategy, source = named_strategy(str(request.strategy))
    parameters = strategy.resolve(request.parameters)
    said = said_policy(strategy, request.policy)
    whole = catalog.open(request.data) if isinstance(request.data, str) else request.data
    bars = between(whole, _date_of(request.first_day), _date_of(request.last_day))
    train_pct = None if request.train_pct == _NO_CUT else request.train_pct
    warmup = strategy.warmup(parameters, bars.timeframe)
    segments = (
        whole_segment(len(bars), warmup)
        if train_pct is None
        else split_segments(len(bars), warmup, train_pct)
    )
    compiled = compile_runs(strategy, [dict(request.parameters)], bars)
    brought = compiled.layout.controls[0].given()
    leverage = float(compiled.layout.leverage[0])
    policy = policy_of(said, brought, leverage if leverage == leverage else None)
    check_heeded(policy, said, brought)
    options = RunOptions(has_trades=True, has_equity=True)
    results = run_bars(bars, compiled, policy, segments, options)
    origin = Origin(
        strategy=str(request.strategy),
        source=source,
        dataset=request.data if isinstance(request.data, str) else None,
        given=dict(request.parameters),
        policy=said,
        days=(_date_of(request.first_day), _date_of(request.last_day)),
        train_pct=train_pct,
    )
    return BarBacktestResult(
        results=results,
        strategy=strategy,
        parameters=parameters,
        policy=policy,
        is_sized_by_default=not any(name in PROFILE for name in {**brought, **said}),
        provenance=provenance_of(results, policy, (strategy, parameters), origin, catalog),
    )


def backtest_bars(strategy: str | Path, data: str | Bars, **options: Any) -> BarBacktestResult:
    """Backtest a strategy over bars; options and errors as in `BarBacktestRequest`."""
    unknown = sorted(set(options) - set(BarBacktestRequest.__dataclass_fields__))
    if unknown:
        known = ", ".join(list(BarBacktestRequest.__dataclass_fields__)[2:])
        raise InvalidInput(f"options: expected {known}; found {', '.join(unknown)}")
    request = BarBacktestRequest(strategy=strategy, data=data, **options)
    return run_request(request, BarCatalog())


def _date_of(given: str | date | None) -> date | None:
    """Return a bound of the range; InvalidInput if it is no date."""
    if given is None or isinstance(given, date):
        return given
    return parse_date(given)
