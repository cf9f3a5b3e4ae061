"""The host's thread: tasks and frames one after another, each committed before it is told."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from forven.bots.announcer import Announcer
from forven.bots.commanding import Commander
from forven.bots.errors import LiveTradingUnavailable
from forven.bots.host_options import HostOptions
from forven.bots.hub import Hub
from forven.bots.inbox import (
    CommandTask,
    DayEnded,
    DayOpened,
    Delivered,
    Delivery,
    FeedEnded,
    Inbox,
    Task,
)
from forven.bots.latency import Latencies
from forven.bots.live_day import LiveDay, Step
from forven.bots.live_session import LiveSession
from forven.bots.outcomes import UNSETTLED
from forven.bots.pump import Pump
from forven.bots.recovery import Recovery, newest_day
from forven.bots.registration import Opened, Registrar
from forven.bots.states import SCHEDULED, WAITING_FOR_DATA
from forven.bots.storage_guard import Stopped, StorageGuard, unstored
from forven.market.feeds.feed import Feed
from forven.market.feeds.frame import FeedDay, FeedFrame
from forven.primitives.errors import ForvenError, InvalidInput
from forven.store.bots import BotRow
from forven.store.errors import StoreDamaged, TapeMismatch
from forven.store.frame_commit import FrameCommit, FrameCommitted
from forven.store.store import Store
from forven.store.tapes import TapeWriter

_log = logging.getLogger(__name__)
_TURN_S = 0.5


class Runner:
    """Everything that a host's thread owns; other threads read what is said to be for them.

    For any thread: `inbox`, `day` (its showroom), `latencies`, `trouble`, `feed_trouble`, `paused`,
    `turned_ns`, `changes`, `frames`, `ended`, `unopened`.
    """

    def __init__(self, store: Store, feed: Feed, hub: Hub | None, options: HostOptions) -> None:
        self.inbox = Inbox(options.queue_frames)
        self.latencies = Latencies()
        self.day: LiveDay | None = None
        self.feed_trouble: str | None = None
        self.paused: str | None = None
        self.gave_up: str | None = None
        self.turned_ns = time.monotonic_ns()
        self.changes = 0
        self.frames = 0
        self.ended: Counter[str] = Counter()
        self._store, self._feed, self._options = store, feed, options
        self._is_stopping = threading.Event()
        self._pump = Pump(feed, self.inbox)
        self._announcer = Announcer(hub)
        self._guard = StorageGuard(self.inbox, options, self._is_stopping, self._tell_trouble)
        self._commander = Commander(store, options.clock, options.faults)
        self._registrar = Registrar(store, options)
        self._recovery = Recovery(store, options.clock)
        self._tape: TapeWriter | None = None

    @property
    def trouble(self) -> str | None:
        """Why nothing can be written just now."""
        return self.gave_up or self._guard.trouble

    @property
    def unopened(self) -> dict[str, BotRow]:
        """The bots, as they were, for which no session can be opened; any thread."""
        return self._registrar.unopened

    def stop(self) -> None:
        """Ask the thread to end after the frame at hand; any thread."""
        self._is_stopping.set()
        for task in self.inbox.close():
            _refuse(task, "the host stops")

    def run(self) -> None:
        """Be the host's thread, until `stop`."""
        try:
            self._pump.start(newest_day(self._store, self._feed.name))
            while not self._is_stopping.is_set():
                self._turn()
        except Stopped:
            pass
        except Exception as error:  # noqa: BLE001 - a thread's boundary: told, not lost with it
            _log.exception("the host gave up; its sessions go on from here at the next start")
            self.gave_up = str(error) if isinstance(error, ForvenError) else f"defect: {error!r}"
            self._announcer.alert(self._now(), "host_failed", self.gave_up)
        finally:
            self._is_stopping.set()
            for task in self.inbox.close():
                _refuse(task, self.gave_up or "the host stops")
            self._pump.close(timeout_s=5.0)
            self._close_day()

    def pause(self, reason: str) -> None:
        """Open no session and take no frame that the feed does not yet have ready."""
        self.paused = reason
        self._pump.pause(reason)
        self._announcer.alert(self._now(), "paused", reason)
        self.changes += 1

    def resume(self) -> None:
        """Go on."""
        self.paused = None
        self._pump.resume()
        self._announcer.alert(self._now(), "resumed", None)
        self.changes += 1

    def open_session(self, bot_id: str) -> LiveSession:
        """Open the session that a user asked for."""
        day = self._open_for_sessions()
        session = self._registrar.open_one(day, bot_id, self._feed.now())
        self._took_in([session], day)
        return session

    def open_wished(self) -> Opened:
        """Open the sessions that bots wish for, as far as they can be."""
        if self.day is None or self.paused is not None or self._tape is None:
            return Opened()
        opened = self._registrar.open_wished(self.day, self._feed.now())
        self._took_in(opened.sessions, self.day)
        for bot_id, error in [*opened.errors.items(), *opened.refused.items()]:
            _log.warning("no session was opened for bot %s: %s", bot_id, error)
        return opened

    def _turn(self) -> None:
        """Do what waits: all tasks, then the next frames."""
        most = 1 if self.day is not None and self.day.has_scripts else self._options.window_frames
        tasks, deliveries = self.inbox.take(_TURN_S, most)
        self.turned_ns = time.monotonic_ns()
        if tasks:
            self._do(tasks)
        self._take_over()
        if deliveries:
            self._accept(deliveries)
        self._begin_scheduled()

    def _do(self, tasks: Sequence[Task]) -> None:
        """Do tasks in their order; none is left without an answer, whatever comes between."""
        try:
            self._do_all(tasks)
        finally:
            for task in tasks:
                if not task.future.done():
                    _refuse(task, "it ends")

    def _do_all(self, tasks: Sequence[Task]) -> None:
        """Do tasks in their order; commands that wait side by side go into one commit."""
        commands: list[CommandTask] = []
        for task in [*tasks, None]:
            if isinstance(task, CommandTask):
                commands.append(task)
                continue
            if commands:
                self._command(commands)
                commands = []
            if task is not None and task.act is not None:
                self._act(task, task.act)

    def _act(self, task: Task, act: Callable[[], Any]) -> None:
        """Do one task; its future gets what came of it."""
        try:
            done = act()
        except ForvenError as refused:
            task.future.set_exception(refused)
        except BaseException as error:
            task.future.set_exception(error)
            raise
        else:
            task.future.set_result(done)

    def _command(self, tasks: Sequence[CommandTask]) -> None:
        """Take commands in, unless what became of earlier ones cannot be told just now."""
        try:
            if self.day is not None:
                self._commander.reconcile(self.day)
        except ForvenError as error:
            for task in tasks:
                task.future.set_exception(LiveTradingUnavailable(unstored(error)))
            return
        stopped = self._commander.take(self.day, tasks)
        if stopped:
            self._announcer.states(stopped, self._now())
        self.changes += 1

    def _take_over(self) -> None:
        """Take over what writes that were refused may have made all the same."""
        day = self.day
        if day is not None and self._tape is not None:
            self._guard.insist(lambda: self._commander.reconcile(day))
            opened = self._guard.insist(lambda: self._registrar.reconcile(day))
            self._took_in(opened.sessions, day)

    def _accept(self, deliveries: Sequence[Delivery]) -> None:
        """Take what the feed delivered: frames together, anything else alone."""
        frames = [each for each in deliveries if isinstance(each, Delivered)]
        if frames:
            self._take(frames)
            return
        for each in deliveries:
            if isinstance(each, DayOpened):
                self._open_day(each.day)
            elif isinstance(each, DayEnded):
                self._end_day()
            elif isinstance(each, FeedEnded):
                self.feed_trouble = each.reason
                if each.reason is not None:
                    _log.error("the feed %s broke: %s", self._feed.name, each.reason)
                    self._announcer.alert(self._now(), "feed_failed", each.reason)
        self.changes += 1

    def _open_day(self, feed_day: FeedDay) -> None:
        """Go on with a day where it stands: sessions of others are settled before."""
        self._guard.insist(lambda: self._recovery.settle_past(feed_day))
        self._announcer.begin_day()
        self._registrar.begin_day()
        self.ended = Counter()
        try:
            day, self._tape = self._guard.insist(lambda: self._recovery.open_day(feed_day))
        except (TapeMismatch, StoreDamaged, InvalidInput) as error:
            self.feed_trouble = f"{feed_day.day} cannot be gone on with: {error}"
            self._announcer.alert(self._now(), "feed_failed", self.feed_trouble)
            self._pump.begin(feed_day.bounds.close_ns)
            return
        self.feed_trouble = None
        self.frames = day.book.frame_count
        self.day = day
        if not day.is_settled:
            self._guard.insist(self.open_wished)
        if day.sessions:
            self._feed.release()
        self._pump.begin(day.last_ts)

    def _end_day(self) -> None:
        """End the day: sessions that are left have no settlement to come."""
        day = self.day
        if day is None:
            return
        left = list(day.sessions.values())
        if left:
            commit = FrameCommit(results=day.fail(UNSETTLED))
            self._guard.insist(lambda: self._store.commit_frame(commit))
            for session in left:
                session.state = commit.results[session.id].state
                self.ended[session.state] += 1
                day.leave(session.id)
            day.show(None, [], gone=[session.id for session in left])
            self._announcer.ended(left, self._now(), UNSETTLED)
        self._announcer.day_over(max(day.last_ts, day.day.bounds.open_ns))
        self._close_day()

    def _take(self, delivered: Sequence[Delivered]) -> None:
        """Take frames: tape, kernel, scripts, commit, and only then tell of them."""
        day, tape, reach = self.day, self._tape, self._options.faults.reach
        frames = self._with_notes([each.frame for each in delivered])
        if day is None or tape is None:
            return  # of a day that cannot be gone on with
        reach("before_tape")
        for frame in frames:
            self._append(tape, frame)
        reach("after_tape")
        step = day.step(frames)
        committed = FrameCommitted()
        if not step.commit.is_empty:
            committed = self._commit(tape, step)
        changed = day.settle(step, committed)
        self.ended.update(outcome.state for outcome in step.results.values())
        self.frames = day.book.frame_count
        self._announcer.frame(day, step, committed, changed)
        self.latencies.add(time.monotonic_ns() - delivered[0].came_ns)
        self.changes += 1

    def _with_notes(self, frames: list[FeedFrame]) -> list[FeedFrame]:
        """Return frames, the first with what was found at recovery as its events."""
        noted, self._recovery.noted = self._recovery.noted, []
        if noted:
            events = [replace(event, ts=frames[0].ts) for event in noted]
            frames[0] = replace(frames[0], events=(*events, *frames[0].events))
        return frames

    def _append(self, tape: TapeWriter, frame: FeedFrame) -> None:
        self._guard.insist(lambda: tape.append(frame, durable=False))

    def _commit(self, tape: TapeWriter, step: Step) -> FrameCommitted:
        """Commit a step behind its tape, however often that takes."""
        reach = self._options.faults.reach

        def write() -> FrameCommitted:
            tape.sync()
            return self._store.commit_frame(step.commit)

        if step.results:
            reach("before_settle")
        reach("before_commit")
        committed = self._guard.insist(write)
        reach("after_commit")
        if step.results:
            reach("after_settle")
        return committed

    def _begin_scheduled(self) -> None:
        """Let the sessions that were opened before the market wait for its data."""
        day = self.day
        if day is None or not day.scheduled or self._feed.now() < day.day.bounds.open_ns:
            return
        waiting = [each for each in day.scheduled.values() if each.state == SCHEDULED]
        if waiting:
            commit = FrameCommit(states={each.id: WAITING_FOR_DATA for each in waiting})
            self._guard.insist(lambda: self._store.commit_frame(commit))
            for session in waiting:
                session.state = WAITING_FOR_DATA
            day.show(None, waiting)
            self._announcer.opened(waiting, self._now())
        day.scheduled.clear()
        self.changes += 1

    def _took_in(self, sessions: Sequence[LiveSession], day: LiveDay) -> None:
        """Show sessions that were opened, and let the clock of the feed run."""
        if not sessions:
            return
        day.show(None, sessions)
        self._announcer.opened(
            [session for session in sessions if session.state != SCHEDULED], self._now()
        )
        self._announcer.states(
            [session for session in sessions if session.state == SCHEDULED], self._now()
        )
        self._feed.release()
        self.changes += 1

    def _open_for_sessions(self) -> LiveDay:
        """Return the day if sessions can be opened on it; LiveTradingUnavailable."""
        if self.paused is not None:
            raise LiveTradingUnavailable(f"the host is paused: {self.paused}")
        if self.day is None or self._tape is None:
            reason = self.feed_trouble or "it has no trading day open"
            raise LiveTradingUnavailable(f"the feed {self._feed.name} delivers nothing: {reason}")
        return self.day

    def _close_day(self) -> None:
        """Let the day go; sessions that are not over stay so in the store."""
        day, self.day = self.day, None
        if day is not None:
            for session in list(day.sessions.values()):
                day.scripts.close(session)
        tape, self._tape = self._tape, None
        if tape is not None:
            try:
                tape.close()
            except ForvenError:
                _log.exception("the end of the tape may be lost in a power failure")

    def _tell_trouble(self, trouble: str | None) -> None:
        kind = "storage" if trouble is not None else "storage_recovered"
        self._announcer.alert(self._now(), kind, trouble)
        self.changes += 1

    def _now(self) -> int:
        return max(0, self._feed.now())


def _refuse(task: Task, reason: str) -> None:
    task.future.set_exception(LiveTradingUnavailable(f"the host takes no more: {reason}"))
