"""One trading day of a host: its frames, its sessions, and what each step makes of them."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from forven.bots.history import AccountHistory
from forven.bots.live_session import LiveSession
from forven.bots.live_view import FrameMarks
from forven.bots.outcomes import failed, outcome_of
from forven.bots.script_steps import Said, ScriptSteps
from forven.bots.showroom import Shown, Showroom
from forven.bots.states import FAILED, SCHEDULED, state_after
from forven.engine.live import Financials, LiveRun
from forven.kernels import schema
from forven.market.feeds.book import FrameBook, Window
from forven.market.feeds.frame import FeedDay, FeedFrame
from forven.primitives.errors import InvalidInput
from forven.store.decisions import DecisionRow
from forven.store.frame_commit import FrameCommit, FrameCommitted
from forven.store.journals import CommandRow
from forven.store.sessions import SessionOutcome, SessionRow

Integers = NDArray[np.int64]
_UNKNOWN = -1


@dataclass(slots=True, kw_only=True, eq=False)
class Step:
    """What frames made of a day, before it is committed.

    ts       of the last frame                 window   the last one, if any
    journal  new rows by session               states   new states of those that are not over
    results  of those that are over now        commit   all of it, as the store takes it
    financials  of each window, with its stamps
    """

    ts: int
    window: Window | None
    journal: dict[str, Integers] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    results: dict[str, SessionOutcome] = field(default_factory=dict)
    commands: list[CommandRow] = field(default_factory=list)
    decisions: list[DecisionRow] = field(default_factory=list)
    financials: list[tuple[Integers, Financials]] = field(default_factory=list)
    commit: FrameCommit = field(default_factory=FrameCommit)


class LiveDay:
    """The frames and sessions of one day; the host's thread alone uses it, `showroom` aside."""

    def __init__(self, day: FeedDay, clock: Callable[[], int]) -> None:
        self.day = day
        self.book = FrameBook(day)
        self.run = LiveRun(day.multiplier, day.bounds, self.book.instruments, records=True)
        self.history = AccountHistory(day.bounds.close_ns)
        self.showroom = Showroom(day, self.history)
        self.marks: FrameMarks | None = None
        self.scheduled: dict[str, LiveSession] = {}
        self.sessions: dict[str, LiveSession] = {}
        self.scripts = ScriptSteps(day, clock)
        self._by_number: dict[int, LiveSession] = {}
        self._statuses = np.full(256, _UNKNOWN, np.int64)
        self._was_closed = False

    @property
    def last_ts(self) -> int:
        """The last frame's moment; `MISSING` before the first."""
        return self.book.last_ts

    @property
    def has_scripts(self) -> bool:
        """Whether a session runs a script: then frames are taken one at a time."""
        return any(session.script is not None for session in self.sessions.values())

    @property
    def is_closed(self) -> bool:
        """Whether the frame at the close was taken."""
        return self.last_ts >= self.day.bounds.close_ns

    @property
    def is_settled(self) -> bool:
        """Whether nothing can happen on this day any more."""
        return self.is_closed and self.book.settlement != schema.MISSING

    def join(self, row: SessionRow, commands: Integers | Sequence[Sequence[int]] = ()) -> int | str:
        """Take a session in; return its number, or why the kernel refuses it.

        commands  those stored so far, as after a restart
        """
        number = self.run.add(row.plan_row, row.opening_cash, commands)
        if number in self.run.refused:
            reason = self.run.refused[number]
            self.run.remove(number)
            return reason
        session = LiveSession(row=row, number=number, state=row.state)
        if row.state == SCHEDULED:
            self.scheduled[row.id] = session
        session.command_count = len(commands)
        if len(commands):
            session.due_ns = int(commands[-1][schema.COMMAND_DUE])
        self.sessions[row.id] = session
        self._by_number[number] = session
        if number >= len(self._statuses):
            more = np.full(len(self._statuses), _UNKNOWN, np.int64)
            self._statuses = np.concatenate([self._statuses, more])
        self._statuses[number] = _UNKNOWN
        return number

    def session_of(self, number: int) -> LiveSession:
        """Return the session of a bot of the run."""
        return self._by_number[number]

    def leave(self, session_id: str) -> None:
        """Let a session go, whatever has become of it."""
        session = self.sessions.pop(session_id, None)
        self.scheduled.pop(session_id, None)
        if session is not None:
            self._by_number.pop(session.number, None)
            self.run.remove(session.number)
            self.scripts.close(session)

    def step(self, frames: Sequence[FeedFrame]) -> Step:
        """Take frames, later than all before, through the kernel and the scripts."""
        first = self.book.frame_count
        if len(frames) == 1:
            self.book.append(frames[0])
        else:
            self.book.extend(frames)
        step = self.advance(first, self.book.frame_count)
        self._say(step)
        step.commit = self.commit_of(step, frames)
        return step

    def advance(self, first: int, last: int) -> Step:
        """Take the book's frames from `first` to before `last` through the kernel."""
        parts: dict[int, list[Integers]] = {}
        step = None
        for window, settlement in self.book.steps(first, last):
            rows = self.run.advance(window, settlement)
            stamps = window.clock[schema.CLOCK_TS]
            if step is None:
                step = Step(ts=int(stamps[-1]), window=window)
            step.ts, step.window = int(stamps[-1]), window
            if self.run.financials is not None:
                step.financials.append((stamps, self.run.financials))
            for number, own in by_bot(rows):
                parts.setdefault(number, []).append(own)
        if step is None:
            raise InvalidInput(f"frames: expected at least one, found {first} to {last}")
        for number, pieces in parts.items():
            session = self._by_number[number]
            own = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
            session.journal.extend(own)
            step.journal[session.id] = own
        self._conclude(step)
        return step

    def commit_of(self, step: Step, frames: Sequence[FeedFrame]) -> FrameCommit:
        """Return what a step leaves to be committed."""
        return FrameCommit(
            journal=step.journal,
            commands=step.commands,
            decisions=step.decisions,
            states=step.states,
            results=step.results,
            feed=self.day.feed,
            day=self.day.day,
            feed_events=[event for frame in frames for event in frame.events],
        )

    def settle(self, step: Step, committed: FrameCommitted) -> list[LiveSession]:
        """Show a committed step to readers; return the sessions that it changed, those over too."""
        for stamps, financials in step.financials:
            self.history.record(stamps, financials)
        names = dict.fromkeys([*step.journal, *step.states, *step.results])
        changed = [self.sessions[name] for name in names]
        for session in changed:
            session.take_documents(
                committed.orders.get(session.id, ()), committed.transactions.get(session.id, ())
            )
        for session_id in step.results:
            self.leave(session_id)
        self.show(step.window, changed, gone=step.results)
        return changed

    def show(
        self,
        window: Window | None,
        changed: Sequence[LiveSession],
        gone: Collection[str] = (),
    ) -> None:
        """Show readers the sessions as they stand; `window` ends with the latest frame."""
        marks = None
        if window is not None:
            quotes = np.ascontiguousarray(window.quotes[:, :, -1:])
            close_ns = self.day.bounds.close_ns
            marks = FrameMarks(self.last_ts, close_ns, quotes, self.book.instruments)
            self.marks = marks
        shown = [Shown.of(session) for session in changed if session.id in self.sessions]
        self.showroom.show(self.run.bots, self.run.states, shown, gone, marks)

    def fail(self, reason: str) -> dict[str, SessionOutcome]:
        """Return outcomes with which all sessions end for want of what they need."""
        ended_ns = max(self.last_ts, self.day.bounds.open_ns)
        return {name: failed(reason, ended_ns) for name in self.sessions}

    def _conclude(self, step: Step) -> None:
        """Find the sessions whose state is another one now, and those that are over."""
        is_closed = self.is_closed
        for _, financials in step.financials:
            for number in financials.bots[financials.has_ended].tolist():
                session = self._by_number[number]
                rows, state = session.journal.rows, self.run.state(number)
                step.results[session.id] = outcome_of(rows, state, session.state)
        for number in [number for number in self.run.refused if number in self._by_number]:
            session, reason = self._by_number[number], self.run.refused[number]
            step.results[session.id] = failed(f"refused by the kernel: {reason}", step.ts)
        bots, statuses = self.run.bots, self.run.states[:, schema.STATE_STATUS]
        is_changed = statuses != self._statuses[bots]
        if is_closed and not self._was_closed:
            is_changed[:] = True
        for place in np.flatnonzero(is_changed).tolist():
            session = self._by_number[int(bots[place])]
            after = state_after(session.state, int(statuses[place]), is_closed=is_closed)
            if after != session.state:
                step.states[session.id] = session.state = after
        self._statuses[bots] = statuses
        self._was_closed = is_closed
        for session_id, outcome in step.results.items():
            self.sessions[session_id].state = outcome.state

    def _say(self, step: Step) -> None:
        """Let the scripts act on the step's one frame."""
        acting = [
            session
            for session in self.sessions.values()
            if session.script is not None and session.id not in step.results
        ]
        if acting and step.window is not None:
            said = self.scripts.act(acting, step.window, step.journal, self.run)
            self.take_said(step, said)

    def take_said(self, step: Step, said: Said) -> None:
        """Note in a step what scripts said; one whose command is refused fails its session."""
        step.commands.extend(said.commands)
        step.decisions.extend(said.decisions)
        for session_id, reason in said.refused.items():
            step.results[session_id] = failed(reason, step.ts)
            self.sessions[session_id].state = FAILED
            step.states.pop(session_id, None)


def by_bot(rows: Integers) -> Iterator[tuple[int, Integers]]:
    """Yield each bot's number and its rows, of rows that come bot after bot."""
    bots = rows[:, schema.JOURNAL_BOT]
    starts = np.flatnonzero(np.diff(bots, prepend=-1)).tolist()
    for start, end in pairwise([*starts, len(rows)]):
        yield int(bots[start]), rows[start:end]
