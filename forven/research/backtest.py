"""Backtest one strategy over the recorded sessions of a dataset, each session on its own."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from forven.engine.fills import FillModel
from forven.engine.policy import SessionPolicy
from forven.engine.session import run_day
from forven.market.dataset import Dataset
from forven.market.day import MarketDay
from forven.primitives.errors import InvalidInput, UntrustedData
from forven.primitives.money import MICROS_PER_UNIT, money_text
from forven.primitives.timer import FRAMES, KERNEL, SESSION, UNTIMED, Timer
from forven.research.records import SessionRecord, record_of
from forven.strategies.compiler import compile_strategy
from forven.strategies.structured import StructuredStrategy

DEFAULT_CAPITAL = 100_000 * MICROS_PER_UNIT
CAPITAL_MIN = 1_000 * MICROS_PER_UNIT
CAPITAL_MAX = 1_000_000_000 * MICROS_PER_UNIT
JOBS_MAX = 64

Observer = Callable[[date], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestPlan:
    """What to run: a strategy under a policy, with the same opening cash every session.

    capital     micros, 1,000 to 1,000,000,000 of account currency
    with_paths  keep the net-price paths that the report draws
    """

    strategy: StructuredStrategy
    policy: SessionPolicy
    capital: int = DEFAULT_CAPITAL
    with_paths: bool = False

    def __post_init__(self) -> None:
        if not CAPITAL_MIN <= self.capital <= CAPITAL_MAX:
            raise InvalidInput(
                f"capital: expected 1000 to 1000000000, found {money_text(self.capital)}"
            )


def run_session(plan: BacktestPlan, day: MarketDay, timer: Timer = UNTIMED) -> SessionRecord:
    """Run one session with the plan's fills and, beside it, with natural fills."""
    if day.settlement is None:
        raise UntrustedData(
            f"{day.day}: expected a settlement value, found none; import the day again with "
            "--settlements FILE"
        )
    natural = replace(plan.policy, fills=FillModel.preset("natural"))
    rows = []
    for policy in (plan.policy, natural):
        row = policy.plan_row(plan.capital)
        compile_strategy(plan.strategy, day.bounds, row)
        rows.append(row)
    with timer.phase(KERNEL):
        chosen, beside = run_day(day, np.stack(rows), [plan.capital, plan.capital])
    return record_of(day, chosen, beside, plan.with_paths)


def run_backtest(
    plan: BacktestPlan,
    dataset: Dataset,
    days: Sequence[date],
    observer: Observer | None = None,
    jobs: int = 1,
    timer: Timer = UNTIMED,
) -> list[SessionRecord]:
    """Run the plan over days of a dataset and return their records in order.

    Memory holds at most `jobs` days at once. `observer` is told each day that is done, `timer`
    of the phases of each.
    """
    check_jobs(jobs)
    records = []
    for record in _records(plan, dataset, days, jobs, timer):
        records.append(record)
        if observer is not None:
            observer(record.day)
    return records


def check_jobs(jobs: int) -> None:
    """Refuse a number of jobs that is none; errors: InvalidInput."""
    if isinstance(jobs, bool) or not isinstance(jobs, int) or not 1 <= jobs <= JOBS_MAX:
        raise InvalidInput(f"jobs: expected 1 to {JOBS_MAX}, found {jobs!r}")


def _records(
    plan: BacktestPlan, dataset: Dataset, days: Sequence[date], jobs: int, timer: Timer
) -> Iterator[SessionRecord]:
    """Yield records in the order of the days, with up to `jobs` days in flight."""

    def one(day: date) -> SessionRecord:
        with timer.phase(SESSION):
            market_day = dataset.load(day, timer=timer)
            timer.count(FRAMES, market_day.frame_count)
            return run_session(plan, market_day, timer)

    if jobs == 1:
        yield from map(one, days)
        return
    waiting: deque[Future[SessionRecord]] = deque()
    pool = ThreadPoolExecutor(max_workers=jobs)
    try:
        for day in days:
            waiting.append(pool.submit(one, day))
            if len(waiting) == jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
