"""Start-up is recovery: the tape through the kernel again, held to the journals, then on.

A crash leaves a tape that is at most one step ahead of the journals. What the kernel makes of the
tape must begin with what is stored; what it makes beyond that is committed now.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from forven.bots.differences import continues
from forven.bots.live_day import LiveDay, Step
from forven.bots.outcomes import UNSETTLED, failed
from forven.bots.script_steps import Said
from forven.bots.stored_sessions import Stored, StoredSession, stored_sessions
from forven.kernels.schema import MISSING
from forven.market.feeds.frame import FeedDay, FeedEvent, FeedFrame
from forven.primitives.errors import ForvenError, InvalidInput
from forven.primitives.time import parse_date
from forven.store.errors import NoSuchTape, StoreDamaged
from forven.store.frame_commit import FrameCommit
from forven.store.sessions import Listing, SessionOutcome, SessionRow
from forven.store.store import Store
from forven.store.tapes import TapeWriter
from forven.strategies.script.source import ScriptStrategy

_log = logging.getLogger(__name__)
_FRAMES_AT_ONCE = 1_024


@dataclass(slots=True, kw_only=True, eq=False)
class Recovered:
    """A day as it stood when the host ended.

    surplus  what is to be committed of it now
    """

    day: LiveDay
    surplus: FrameCommit = field(default_factory=FrameCommit)


class Recovery:
    """Brings days back to where they stood; the host's thread uses it.

    noted  what was found at it, to be told with the next frame
    """

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self.noted: list[FeedEvent] = []
        self._store = store
        self._clock = clock

    def open_day(self, feed_day: FeedDay) -> tuple[LiveDay, TapeWriter]:
        """Return the day of a feed as it stands, committed, and its tape to go on with.

        errors  TapeMismatch, StoreDamaged: the tape is not one of this day; what a store raises
        """
        try:
            tape = self._store.read_tape(feed_day.feed, feed_day.day)
        except NoSuchTape:
            tape = None
        frames = tape.frames if tape is not None else []
        writer = self._store.open_tape(feed_day, tape)
        if writer.bytes_torn:
            detail = self._tell_torn(feed_day, writer.bytes_torn)
            self.noted.append(FeedEvent(kind="torn", ts=MISSING, count=1, detail=detail))
        try:
            with self._store.reading() as tables:
                rows = [r for r in tables.sessions.open(feed_day.feed) if r.day == feed_day.day]
                stored = stored_sessions(tables, rows)
            recovered = self.replay(feed_day, frames, stored, goes_on=True)
            self._note_events(feed_day, frames)
            self._commit(recovered)
        except BaseException:
            writer.close()
            raise
        return recovered.day, writer

    def settle_past(self, feed_day: FeedDay) -> None:
        """End the sessions of all days but this one: by their tape, or as failed."""
        with self._store.reading() as tables:
            rows = tables.sessions.open()
        groups: dict[tuple[str, date], list[SessionRow]] = {}
        for row in rows:
            groups.setdefault((row.feed, row.day), []).append(row)
        groups.pop((feed_day.feed, feed_day.day), None)
        for group in groups.values():
            self._settle_group(group)

    def replay(
        self,
        feed_day: FeedDay,
        frames: Sequence[FeedFrame],
        stored: Stored,
        *,
        goes_on: bool,
    ) -> Recovered:
        """Take a day's frames through the kernel again, with all that reached its sessions.

        goes_on  further frames will come: scripts are started again
        """
        day = LiveDay(feed_day, self._clock)
        outcomes = stored.damaged | self._join(day, stored.sessions)
        day.book.extend(frames)
        step = self._advance(day)
        step.results.update(outcomes)
        kept = [each for each in stored.sessions if self._hold_to(day, each, step)]
        if goes_on:
            self._restart_scripts(day, kept, step)
        surplus = FrameCommit(
            journal=step.journal,
            commands=step.commands,
            decisions=step.decisions,
            states={
                name: session.state
                for name, session in day.sessions.items()
                if session.state != session.row.state and name not in step.results
            },
            results=step.results,
        )
        return Recovered(day=day, surplus=surplus)

    def _join(self, day: LiveDay, stored: Sequence[StoredSession]) -> dict[str, SessionOutcome]:
        """Take stored sessions into a day; return those that it cannot take."""
        outcomes = {}
        listing = listing_of(day.day).hash
        for each in stored:
            if each.row.symbols_hash != listing or each.row.bounds != day.day.bounds:
                reason = "the feed lists other instruments or hours than when the session opened"
                outcomes[each.row.id] = failed(reason, each.row.opened_ns)
                continue
            refused = day.join(each.row, each.command_rows)
            if isinstance(refused, str):
                reason = f"refused by the kernel: {refused}"
                outcomes[each.row.id] = failed(reason, each.row.opened_ns)
        return outcomes

    def _advance(self, day: LiveDay) -> Step:
        """Take the kernel over all frames of the book; return all that came of it as one step."""
        count = day.book.frame_count
        whole = Step(ts=day.last_ts, window=None)
        for first in range(0, count, _FRAMES_AT_ONCE):
            step = day.advance(first, min(count, first + _FRAMES_AT_ONCE))
            for stamps, financials in step.financials:
                day.history.record(stamps, financials)
            whole.results.update(step.results)
            whole.window = step.window
        return whole

    def _hold_to(self, day: LiveDay, stored: StoredSession, step: Step) -> bool:
        """Hold a session to its stored journal; leave in `step` what is new, or that it failed."""
        session = day.sessions.get(stored.row.id)
        if session is None:
            return False
        produced = session.journal.rows
        difference = continues(stored.journal, produced)
        if difference is not None:
            reason = f"its tape does not give its journal again: {difference}"
            step.results[session.id] = failed(reason, max(step.ts, stored.row.opened_ns))
            return False
        if len(produced) > len(stored.journal):
            step.journal[session.id] = produced[len(stored.journal) :]
        session.command_count = len(stored.commands)
        session.decision_count = len(stored.decisions)
        return session.id not in step.results

    def _restart_scripts(self, day: LiveDay, stored: Sequence[StoredSession], step: Step) -> None:
        """Bring the scripts of sessions that go on to where they were."""
        said = Said()
        for each in stored:
            if not isinstance(each.strategy, ScriptStrategy):
                continue
            session = day.sessions[each.row.id]
            try:
                day.scripts.open(session, each.strategy)
            except ForvenError as error:
                said.refused[session.id] = f"its script cannot be started again: {error}"
                continue
            if day.book.frame_count:
                market = day.book.market_day()
                outcome = day.scripts.recover(session, market, each.commands, each.decisions)
                day.scripts.take(session, outcome, day.run, said)
        day.take_said(step, said)

    def _commit(self, recovered: Recovered) -> None:
        """Commit the surplus, and show the sessions that go on."""
        day = recovered.day
        if not recovered.surplus.is_empty:
            self._store.commit_frame(recovered.surplus)
        for session_id in recovered.surplus.results:
            day.leave(session_id)
        with self._store.reading() as tables:
            ledgers = tables.ledgers.of_many(list(day.sessions))
        for session in day.sessions.values():
            session.orders, session.transactions = ledgers[session.id]
        count = day.book.frame_count
        window = day.book.window(count - 1, count) if count else None
        day.show(window, list(day.sessions.values()))

    def _note_events(self, feed_day: FeedDay, frames: Sequence[FeedFrame]) -> None:
        """Write the feed's events of the day as the tape has them, if the table lacks some."""
        events = [event for frame in frames for event in frame.events]
        with self._store.reading() as tables:
            known = len(tables.feed_events.read(feed_day.feed, feed_day.day))
        if known != len(events):
            with self._store.transaction() as tables:
                tables.feed_events.rewrite(feed_day.feed, feed_day.day, events)

    def _tell_torn(self, feed_day: FeedDay, bytes_torn: int) -> str:
        """Log that a tape ends in the middle of a frame, if it does; return it in words."""
        words = (
            f"the tape ended in the middle of a frame, {bytes_torn} bytes of it were left out; "
            "nothing had come of that frame"
        )
        if bytes_torn:
            _log.warning("%s on %s: %s", feed_day.feed, feed_day.day, words)
        return words

    def _settle_group(self, rows: Sequence[SessionRow]) -> None:
        """End the sessions of one past day; a damaged tape fails them all."""
        first = rows[0]
        results: dict[str, SessionOutcome] = {}
        surplus = FrameCommit()
        with self._store.reading() as tables:
            stored = stored_sessions(tables, rows)
        try:
            tape = self._store.read_tape(first.feed, first.day)
            self._tell_torn(tape.day, tape.bytes_torn)
            recovered = self.replay(tape.day, tape.frames, stored, goes_on=False)
            surplus = recovered.surplus
            results = recovered.day.fail(UNSETTLED)
        except NoSuchTape:
            results = {row.id: failed(UNSETTLED, row.opened_ns) for row in rows}
        except (StoreDamaged, InvalidInput) as error:
            results = {row.id: failed(str(error), row.opened_ns) for row in rows}
        results.update(surplus.results)
        self._store.commit_frame(
            FrameCommit(
                journal=surplus.journal,
                commands=surplus.commands,
                decisions=surplus.decisions,
                results=results,
            )
        )


def listing_of(day: FeedDay) -> Listing:
    """Return what a feed's day lists."""
    return Listing(
        root=day.root, underlying=day.underlying, multiplier=day.multiplier, symbols=day.symbols
    )


def newest_day(store: Store, feed: str) -> date | None:
    """Return the newest day that a feed has a tape of; None if it has none."""
    folder = store.tape_path(feed, date.min).parent
    names = sorted(path.stem for path in folder.glob("*.arrows"))
    return parse_date(names[-1]) if names else None
