"""Backtests as users ask for them: names and files in, a result out; the CLI calls the same."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from forven.engine.fees import FeeSchedule
from forven.engine.fills import FillModel
from forven.engine.policy import SessionPolicy
from forven.market.catalog import Catalog, Dataset
from forven.primitives.money import micros_of
from forven.primitives.time import parse_date
from forven.research.backtest import BacktestPlan, Observer, run_backtest
from forven.research.result import BacktestResult, provenance_of
from forven.strategies.structured import parse_strategy


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestRequest:
    """A backtest in a user's words.

    strategy   path of a strategy document, or the document itself
    data       name of a dataset in the catalog
    first_day, last_day   `YYYY-MM-DD`, both included; None: as far as the data goes
    fills      `live`, `backtest`, `half` or `natural`
    capital    opening cash of every session, decimal string, 1000 to 1000000000
    fees       name of a fee schedule or path of one as JSON
    """

    strategy: str | Path | dict[str, object]
    data: str
    first_day: str | None = None
    last_day: str | None = None
    fills: str = "backtest"
    capital: str = "100000"
    fees: str = "default"
    policy: SessionPolicy | None = None
    with_paths: bool = False
    jobs: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedBacktest:
    """A backtest whose inputs have all been checked, ready to run."""

    plan: BacktestPlan
    dataset: Dataset
    days: tuple[date, ...]
    jobs: int

    def run(self, observer: Observer | None = None) -> BacktestResult:
        """Run it; `observer` is told each session that is done."""
        records = run_backtest(self.plan, self.dataset, self.days, observer, self.jobs)
        return BacktestResult(
            plan=self.plan,
            records=tuple(records),
            provenance=provenance_of(self.plan, self.dataset, tuple(records)),
        )


def prepare(request: BacktestRequest, catalog: Catalog) -> PreparedBacktest:
    """Check everything a request names before the first session runs.

    errors: InvalidStrategy, InvalidInput, UnknownDataset, EmptyRange, each naming its field
    """
    strategy = request.strategy
    parsed = parse_strategy(Path(strategy) if isinstance(strategy, str) else strategy)
    policy = request.policy or SessionPolicy(
        fills=FillModel.preset(request.fills), fees=FeeSchedule.named(request.fees)
    )
    plan = BacktestPlan(
        strategy=parsed,
        policy=policy,
        capital=micros_of(request.capital, "capital"),
        with_paths=request.with_paths,
    )
    dataset = catalog.open(request.data)
    first = parse_date(request.first_day) if request.first_day else None
    last = parse_date(request.last_day) if request.last_day else None
    days = tuple(dataset.days(first, last))
    return PreparedBacktest(plan=plan, dataset=dataset, days=days, jobs=request.jobs)


def backtest(
    strategy: str | Path | dict[str, object], data: str, **options: object
) -> BacktestResult:
    """Backtest a strategy over a dataset of the catalog; options as in `BacktestRequest`."""
    request = BacktestRequest(strategy=strategy, data=data, **options)  # type: ignore[arg-type]
    return prepare(request, Catalog()).run()
