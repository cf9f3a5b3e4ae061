"""Results of saved strategies over all recorded sessions: computed once, shared by their hash.

A day is computed when it is missing for exactly this program, policy and content of the day, and
kept at once: what is there after a restart is not computed again, and days that were recorded
since, or anew, are appended by asking again.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from forven.engine.fills import FillModel
from forven.engine.policy import SessionPolicy
from forven.market.catalog import Catalog
from forven.market.dataset import Dataset
from forven.market.day import MarketDay
from forven.market.manifest import TICKS
from forven.primitives.errors import ForvenError
from forven.primitives.time import parse_date
from forven.research.result_days import day_document, outcome_of
from forven.research.result_documents import ResultsView, document_of
from forven.store.store import Store
from forven.store.strategy_results import ResultRow
from forven.strategies.saved import Strategy, read_program

Document = dict[str, Any]
Listener = Callable[[Document], None]

ACTIVE_MAX = 3
"""Backtests at work or waiting at once."""
DAY_DOCUMENTS_MAX = 64
"""Sessions with everything that happened in them, those asked for last."""
RESUMED_SETTING = "strategy_results.active"
_log = logging.getLogger(__name__)


class UnknownProgram(ForvenError):
    """No program has this hash."""

    code: ClassVar[str] = "not_found"


class TooManyBacktests(ForvenError):
    """As many backtests as are allowed are at work."""

    code: ClassVar[str] = "too_many_active_backtests"


@dataclass(slots=True)
class _Job:
    """A backtest at work or waiting."""

    source_hash: str
    status: str = "queued"
    covered: int = 0
    total: int = 0


class StrategyResults:
    """Computes results in the background, one day after another, and reads what is there.

    dataset   name of the recorded sessions that results go over
    clock     wall clock, nanoseconds UTC
    listener  is told of every day that is done, from the worker's thread:
              {type, source_hash, exec_status, covered_days, total_sessions, date}
    """

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        dataset: str,
        clock: Callable[[], int],
        listener: Listener | None = None,
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._dataset_name = dataset
        self._clock = clock
        self._listener = listener
        self._policy = SessionPolicy(fills=FillModel.preset("backtest"))
        self._lock = threading.Lock()
        self._jobs: dict[str, _Job] = {}
        self._failures: dict[str, str] = {}
        self._day_documents: OrderedDict[tuple[str, str], Document] = OrderedDict()
        self._loaded: tuple[str, MarketDay] | None = None
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="results")

    def start(self, source_hash: str) -> Document:
        """Compute what is missing, or attach to the backtest that does; return what is there.

        errors  UnknownProgram, TooManyBacktests, UnknownDataset
        """
        strategy = self._strategy(source_hash)
        dataset = self._catalog.open(self._dataset_name)
        if self._missing(dataset, source_hash):
            self._queue(source_hash, strategy)
        return self.document(source_hash)

    def resume(self) -> int:
        """Go on with the backtests that the last process left unfinished; return how many."""
        with self._store.reading() as tables:
            left = list(tables.settings.get(RESUMED_SETTING, []))
        resumed = 0
        for source_hash in left[:ACTIVE_MAX]:
            try:
                self.start(source_hash)
                resumed += 1
            except ForvenError as cause:  # one that cannot go on does not hold up the others
                self._failures[source_hash] = str(cause)
        return resumed

    def document(self, source_hash: str) -> Document:
        """Return the results as far as they are there; errors: UnknownProgram, UnknownDataset."""
        strategy = self._strategy(source_hash)
        dataset = self._catalog.open(self._dataset_name)
        with self._lock:
            job = self._jobs.get(source_hash)
            failure = self._failures.get(source_hash)
        view = ResultsView(
            strategy=strategy,
            days=tuple(dataset.manifest.days),
            rows=self._rows(dataset, source_hash),
            status=job.status if job else "failed" if failure else "idle",
            failure=None if job else failure,
        )
        return document_of(view)

    def day(self, source_hash: str, day: str) -> Document:
        """Return one session, computed again: its orders, transactions, path and decisions.

        What was computed last is kept; it is not to be changed by whoever gets it.
        errors  UnknownProgram, UnknownDataset, EmptyRange (no such recorded day), UntrustedData
        """
        strategy = self._strategy(source_hash)
        dataset = self._catalog.open(self._dataset_name)
        place = (source_hash, dataset.record(parse_date(day)).content_hash)
        with self._lock:
            kept = self._day_documents.get(place)
            if kept is not None:
                self._day_documents.move_to_end(place)
                return kept
        market_day = self._load(dataset, parse_date(day))
        outcome = outcome_of(strategy, self._policy, market_day, with_path=True)
        document = day_document(source_hash, market_day, outcome)
        with self._lock:
            self._day_documents[place] = document
            if len(self._day_documents) > DAY_DOCUMENTS_MAX:
                self._day_documents.popitem(last=False)
        return document

    def close(self) -> None:
        """Finish the day at work and stop; what is unfinished goes on with `resume`."""
        self._stopping.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def wait(self) -> None:
        """Return once every backtest asked for so far is done."""
        self._pool.submit(lambda: None).result()

    def _queue(self, source_hash: str, strategy: Strategy) -> None:
        """Queue a backtest unless it is at work; errors: TooManyBacktests."""
        with self._lock:
            if source_hash in self._jobs:
                return
            if len(self._jobs) >= ACTIVE_MAX:
                raise TooManyBacktests(
                    f"expected fewer than {ACTIVE_MAX} backtests at work, found "
                    f"{len(self._jobs)}; ask again when one is done"
                )
            job = _Job(source_hash)
            self._jobs[source_hash] = job
            self._failures.pop(source_hash, None)
        self._remember()
        self._pool.submit(self._work, job, strategy)

    def _work(self, job: _Job, strategy: Strategy) -> None:
        """Compute the missing days of one strategy; a failure is kept with its text."""
        job.status = "running"
        is_left = False
        try:
            dataset = self._catalog.open(self._dataset_name)
            missing = self._missing(dataset, job.source_hash)
            job.total = len(dataset.manifest.days)
            job.covered = job.total - len(missing)
            for day in missing:
                if self._stopping.is_set():
                    is_left = True
                    return
                self._compute(dataset, job, strategy, day)
        except ForvenError as cause:
            self._fail(job, str(cause))
        except Exception as cause:  # noqa: BLE001 - a worker's boundary: readers are told
            _log.exception("results of %s", job.source_hash)
            self._fail(job, f"{type(cause).__name__}; this is a defect of forven, see its log")
        finally:
            with self._lock:
                self._jobs.pop(job.source_hash, None)
            if not is_left:
                self._remember()
                self._tell(job, None)

    def _compute(self, dataset: Dataset, job: _Job, strategy: Strategy, day: date) -> None:
        """Run one day and keep what came of it."""
        market_day = self._load(dataset, day)
        outcome = outcome_of(strategy, self._policy, market_day)
        row = ResultRow(
            hash=job.source_hash,
            dataset=dataset.name,
            data_hash=market_day.content_hash,
            policy_hash=self._policy.hash,
            day=day,
            net_pnl=outcome.net_pnl,
            gross_pnl=outcome.gross_pnl,
            fees=outcome.fees,
            slippage=outcome.slippage,
            status=outcome.status,
            digest=outcome.result.digest,
            document=outcome.document(),
            created_ns=self._clock(),
        )
        with self._store.transaction() as tables:
            tables.results.keep(row)
        job.covered += 1
        self._tell(job, day)

    def _load(self, dataset: Dataset, day: date) -> MarketDay:
        """Return a day's frames; the last one read is kept, for strategies follow one another."""
        digest = dataset.record(day).content_hash
        kept = self._loaded
        if kept is None or kept[0] != digest:
            kept = (digest, dataset.load(day))
            self._loaded = kept
        return kept[1]

    def _missing(self, dataset: Dataset, source_hash: str) -> list[date]:
        """Return the recorded days without a result, in order."""
        there = {row.day for row in self._rows(dataset, source_hash)}
        return [day for day in sorted(dataset.manifest.days) if day not in there]

    def _rows(self, dataset: Dataset, source_hash: str) -> list[ResultRow]:
        """Return the results for exactly the content that the days have now, in order."""
        with self._store.reading() as tables:
            rows = tables.results.read(source_hash, dataset.name, self._policy.hash)
        days = dataset.manifest.days
        return [
            row for row in rows if row.day in days and days[row.day].content_hash == row.data_hash
        ]

    def _strategy(self, source_hash: str) -> Strategy:
        """Return the strategy of a hash; errors: UnknownProgram."""
        with self._store.reading() as tables:
            program = tables.strategies.program(source_hash)
        if program is None:
            raise UnknownProgram(
                f"source_hash: expected a program, found none with {source_hash[:64]}"
            )
        return read_program(program.kind, program.program)

    def _remember(self) -> None:
        """Write down which backtests are at work, for a process that comes after this one.

        Where that is refused they are computed all the same, and not gone on with after a crash.
        """
        with self._lock:
            active = sorted(self._jobs)
        try:
            with self._store.transaction() as tables:
                tables.settings.put(RESUMED_SETTING, active)
        except ForvenError as refused:
            _log.warning("which backtests are at work could not be written down: %s", refused)

    def _fail(self, job: _Job, text: str) -> None:
        """Keep why a backtest ended early."""
        with self._lock:
            job.status = "failed"
            self._failures[job.source_hash] = text

    def _tell(self, job: _Job, day: date | None) -> None:
        """Tell the listener how far a backtest is; without a day: it has ended."""
        ended = "failed" if job.status == "failed" else "idle"
        if self._listener is None:
            return
        self._listener(
            {
                "type": "backtest_progress",
                "source_hash": job.source_hash,
                "exec_status": job.status if day is not None else ended,
                "covered_days": job.covered,
                "total_sessions": job.total,
                "date": None if day is None else day.isoformat(),
            }
        )


def results_dataset(catalog: Catalog, named: str | None, feed: str | None) -> str | None:
    """Return the dataset that results go over; None where none can be told.

    named  as configured, it goes first     feed  `replay:NAME` is the next; then the only one
    """
    if named:
        return catalog.open(named).name
    kind, _, dataset = (feed or "").partition(":")
    if kind == "replay" and dataset and catalog.exists(dataset):
        return dataset
    names = catalog.names(TICKS)
    return names[0] if len(names) == 1 else None
