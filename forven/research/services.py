"""Backtests as users ask for them: names and files in, a result out; the CLI calls the same."""

import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from forven.engine.fees import FeeSchedule
from forven.engine.fills import FillModel
from forven.engine.policy import SessionPolicy
from forven.market.catalog import Catalog
from forven.market.dataset import Dataset
from forven.primitives.errors import InvalidInput
from forven.primitives.money import micros_of
from forven.primitives.time import parse_date
from forven.primitives.timer import REPORT, RUN, UNTIMED, Clock, PhaseTimer, Timer
from forven.research.backtest import BacktestPlan, Observer, check_jobs, run_backtest
from forven.research.profile import Profile, profile_of
from forven.research.provenance import Origin, provenance_of
from forven.research.result import BacktestResult
from forven.strategies.structured import parse_strategy


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestRequest:
    """A backtest in a user's words.

    strategy   path of a strategy document, or the document itself
    data       name of a dataset in the catalog
    first_day, last_day   `YYYY-MM-DD` or dates, both included; None: as far as the data goes
    fills      `live`, `backtest`, `half` or `natural`
    capital    opening cash of every session, a decimal, 1000 to 1000000000
    fees       name of a fee schedule or path of one as JSON
    policy     a whole policy in place of `fills` and `fees`
    with_paths keep the net-price paths that the report draws
    jobs       days in work at once, each in a thread; changes nothing in the result
    profile    say where the time went; changes nothing else in the result
    """

    strategy: str | Path | dict[str, object]
    data: str
    first_day: str | date | None = None
    last_day: str | date | None = None
    fills: str = "backtest"
    capital: str | int | Decimal = "100000"
    fees: str = "default"
    policy: SessionPolicy | None = None
    with_paths: bool = True
    jobs: int = 1
    profile: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedBacktest:
    """A backtest whose inputs have all been checked, ready to run."""

    plan: BacktestPlan
    dataset: Dataset
    days: tuple[date, ...]
    jobs: int
    origin: Origin
    timer: Timer = UNTIMED

    def run(self, observer: Observer | None = None) -> BacktestResult:
        """Run it; `observer` is told each session that is done."""
        with self.timer.phase(RUN):
            records = run_backtest(
                self.plan, self.dataset, self.days, observer, self.jobs, self.timer
            )
        with self.timer.phase(REPORT):
            provenance = provenance_of(self.plan, self.dataset, records, self.origin)
        return BacktestResult(
            plan=self.plan,
            records=tuple(records),
            provenance=provenance,
            profile=self.profile(),
        )

    def profile(self, start_up_ns: int | None = None) -> Profile | None:
        """Return where the time has gone so far, None if that was not asked for.

        start_up_ns  what passed before the backtest was prepared, if it shall count
        """
        reading = self.timer.reading()
        if reading is None:
            return None
        return profile_of(reading, len(self.days), self.jobs, start_up_ns)


def prepare(
    request: BacktestRequest, catalog: Catalog, clock: Clock = time.perf_counter_ns
) -> PreparedBacktest:
    """Check everything a request names before the first session runs.

    clock   looked at only if the request asks for a profile
    errors  InvalidStrategy, InvalidInput, UnknownDataset, EmptyRange, each naming its field
    """
    timer = PhaseTimer(clock) if request.profile else UNTIMED
    strategy = Path(request.strategy) if isinstance(request.strategy, str) else request.strategy
    parsed = parse_strategy(strategy)
    policy = request.policy or SessionPolicy(
        fills=FillModel.preset(request.fills), fees=FeeSchedule.named(str(request.fees))
    )
    plan = BacktestPlan(
        strategy=parsed,
        policy=policy,
        capital=micros_of(request.capital, "capital"),
        with_paths=request.with_paths,
    )
    check_jobs(request.jobs)
    dataset = catalog.open(request.data)
    days = tuple(dataset.days(_date_of(request.first_day), _date_of(request.last_day)))
    origin = Origin(
        strategy=strategy if isinstance(strategy, Path) else None,
        fees=None if request.policy else str(request.fees),
    )
    return PreparedBacktest(
        plan=plan, dataset=dataset, days=days, jobs=request.jobs, origin=origin, timer=timer
    )


def backtest(
    strategy: str | Path | dict[str, object], data: str, **options: object
) -> BacktestResult:
    """Backtest a strategy over a dataset of the catalog; options as in `BacktestRequest`."""
    unknown = sorted(set(options) - set(BacktestRequest.__dataclass_fields__))
    if unknown:
        known = ", ".join(list(BacktestRequest.__dataclass_fields__)[2:])
        raise InvalidInput(f"options: expected {known}; found {', '.join(unknown)}")
    request = BacktestRequest(strategy=strategy, data=data, **options)  # type: ignore[arg-type]
    return prepare(request, Catalog()).run()


def _date_of(given: str | date | None) -> date | None:
    """Return a bound of the range; InvalidInput if it is no date."""
    if given is None or isinstance(given, date):
        return given
    return parse_date(given)
