"""Proves a session: what it saw and what reached it, through the kernel again, row by row."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forven.bots.differences import first_difference
from forven.bots.errors import NotFound
from forven.engine.journal import digest
from forven.engine.live import Financials, LiveRun
from forven.engine.session import run_day
from forven.kernels import schema
from forven.market.dataset import Dataset
from forven.market.feeds.book import FrameBook
from forven.primitives.errors import InvalidInput
from forven.store.sessions import SessionRow
from forven.store.store import Store
from forven.store.tapes import Tape

Rows = NDArray[np.int64]
_FRAMES_AT_ONCE = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether a session's journal is what its record gives.

    source      `tape`, or `dataset` where a recorded day was run as a plain backtest
    rows        of the stored journal              digest  of it
    difference  the first one in words; None: byte for byte equal
    """

    session_id: str
    source: str
    rows: int
    digest: str
    difference: str | None

    @property
    def is_equal(self) -> bool:
        """Whether the journals are equal."""
        return self.difference is None


def verify_session(store: Store, session_id: str, dataset: Dataset | None = None) -> Verification:
    """Hold a session's stored journal to what the kernel makes of its record.

    dataset  a recorded dataset whose day the session saw: it is run as a backtest, in one piece;
             None: the tape
    errors   NotFound; NoSuchTape, StoreDamaged; InvalidInput: another listing or other hours
    """
    with store.reading() as tables:
        row = tables.sessions.get(session_id)
        if row is None:
            raise NotFound(f"session {session_id}: expected one that is kept, found none")
        stored = tables.journals.read_rows(session_id)
        commands = tables.journals.command_array(session_id)
        listing = tables.sessions.listing(row.symbols_hash)
    if dataset is None:
        tape = store.read_tape(row.feed, row.day)
        _check(listing.symbols, tape.day.symbols, row, "its tape")
        produced = replayed(tape, row, commands)[0]
    else:
        produced = _backtested(dataset, row, commands, listing.symbols)
    if row.digest is None:  # the tape may go on: by a frame, or beyond the end of one that failed
        produced = produced[: len(stored)]
    found = digest(stored)
    difference = first_difference(stored, produced)
    if difference is None and row.digest is not None and row.digest != found:
        difference = f"digest: expected {row.digest}, as finished with; found {found}"
    return Verification(
        session_id=session_id,
        source="tape" if dataset is None else "dataset",
        rows=len(stored),
        digest=found,
        difference=difference,
    )


def replayed(tape: Tape, row: SessionRow, commands: Rows) -> tuple[Rows, Rows]:
    """Return a session's journal and financials, from its tape and its commands alone.

    errors  InvalidInput: the kernel refuses its plan
    """
    book = FrameBook(tape.day)
    book.extend(tape.frames)
    run = LiveRun(tape.day.multiplier, tape.day.bounds, book.instruments, records=True)
    bot = run.add(row.plan_row, row.opening_cash, commands)
    rows = [np.zeros((0, schema.JOURNAL_WIDTH), np.int64)]
    financials = [np.zeros((0, schema.FINANCIAL_WIDTH), np.int64)]
    for first in range(0, book.frame_count, _FRAMES_AT_ONCE):
        last = min(book.frame_count, first + _FRAMES_AT_ONCE)
        for window, settlement in book.steps(first, last):
            rows.append(run.advance(window, settlement))
            financials.append(_own(run.financials))
    if bot in run.refused:
        raise InvalidInput(f"session {row.id}: its plan is refused: {run.refused[bot]}")
    kept = np.concatenate(financials)
    return np.concatenate(rows), kept[kept[:, schema.FINANCIAL_TS] >= row.opened_ns]


def _own(financials: Financials | None) -> Rows:
    """Return the rows of the one bot of a run."""
    if financials is None or not len(financials.counts):
        return np.zeros((0, schema.FINANCIAL_WIDTH), np.int64)
    return financials.rows[0, : int(financials.counts[0])]


def _backtested(dataset: Dataset, row: SessionRow, commands: Rows, symbols: Sequence[str]) -> Rows:
    """Return the journal of a plain backtest of a session over a recorded day."""
    day = dataset.load(row.day)
    _check(symbols, day.symbols, row, f"{dataset.name} on {row.day}")
    if day.bounds != row.bounds:
        raise InvalidInput(f"session {row.id}: expected its hours, found others in {dataset.name}")
    plan = row.plan_row
    plan[schema.PLAN_COMMAND_FROM], plan[schema.PLAN_COMMAND_COUNT] = 0, len(commands)
    return run_day(day, plan[None], [row.opening_cash], commands)[0].rows


def _check(expected: Sequence[str], found: Sequence[str], row: SessionRow, place: str) -> None:
    """Refuse a day that lists other instruments."""
    if tuple(expected) != tuple(found):
        raise InvalidInput(
            f"session {row.id}: expected its {len(expected)} instruments in {place}, found other "
            f"ones ({len(found)})"
        )


def rebuild_projections(store: Store, session_id: str) -> bool:
    """Write a session's orders and transactions anew; return whether they were right before.

    errors  NotFound
    """
    with store.reading() as tables:
        if tables.sessions.get(session_id) is None:
            raise NotFound(f"session {session_id}: expected one that is kept, found none")
    return store.rebuild_ledgers(session_id)
