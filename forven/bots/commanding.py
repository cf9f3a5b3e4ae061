"""Commands to sessions: numbered, durable in one commit, then the kernel's and acknowledged."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from forven.bots.errors import LiveTradingUnavailable, NotFound, SessionTerminal
from forven.bots.faults import Faults
from forven.bots.inbox import CommandTask
from forven.bots.live_day import LiveDay
from forven.bots.live_session import LiveSession
from forven.bots.states import KILLING, is_terminal
from forven.primitives.errors import ForvenError
from forven.store.blobs import blob_of
from forven.store.frame_commit import FrameCommit
from forven.store.journals import CommandRow
from forven.store.store import Store
from forven.strategies.script.frames import TakenCommand


@dataclass(slots=True, eq=False)
class Ordered:
    """A command on its way: what was asked, of which session, and its row."""

    task: CommandTask
    session: LiveSession
    row: CommandRow


class Commander:
    """Takes commands in; the host's thread uses it."""

    def __init__(self, store: Store, clock: Callable[[], int], faults: Faults) -> None:
        self._store = store
        self._clock = clock
        self._faults = faults
        self._doubtful: set[str] = set()

    def take(self, day: LiveDay | None, tasks: Sequence[CommandTask]) -> list[LiveSession]:
        """Take commands that wait together; return the sessions that are told to stop by them.

        Each task's future gets None once its command is durable, or why it was refused. A write
        that is refused refuses them all: none was acknowledged, none is lost.
        """
        ordered = self._ordered(day, tasks)
        stopped = [each.session for each in ordered if each.task.stops]
        if day is not None and ordered:
            commit = FrameCommit(
                commands=[each.row for each in ordered],
                states={session.id: KILLING for session in stopped},
            )
            try:
                self._faults.reach("before_commit")
                self._store.commit_frame(commit)
                self._faults.reach("after_commit")
            except ForvenError as refused:
                self._doubtful.update(each.session.id for each in ordered)
                for each in ordered:
                    each.task.future.set_exception(refused)
                return []
            for each in ordered:
                self._hand_on(day, each)
        return stopped

    def reconcile(self, day: LiveDay) -> None:
        """Take over what a refused write may have written all the same; errors: the store's."""
        for session_id in sorted(self._doubtful):
            session = day.sessions.get(session_id)
            if session is not None:
                with self._store.reading() as tables:
                    rows = tables.journals.read_commands(session_id)[session.command_count :]
                    stored = tables.sessions.get(session_id)
                for row in rows:
                    _give(day, session, row)
                if stored is not None and stored.state == KILLING:
                    session.state = KILLING
        self._doubtful.clear()

    def _ordered(self, day: LiveDay | None, tasks: Sequence[CommandTask]) -> list[Ordered]:
        """Return the commands that are taken; refuse the others."""
        ordered: list[Ordered] = []
        waiting: dict[str, list[CommandRow]] = {}
        stops: dict[str, Future[None]] = {}
        for task in tasks:
            try:
                running, session = self._session(day, task.session_id)
                if task.stops and session.state == KILLING:
                    task.future.set_result(None)  # it is durable that it was told
                    continue
                if task.stops and session.id in stops:
                    _follow(stops[session.id], task.future)  # one command is enough
                    continue
                others = waiting.setdefault(session.id, [])
                row = self._row(running, session, task, others)
            except ForvenError as refused:
                task.future.set_exception(refused)
                continue
            others.append(row)
            if task.stops:
                stops[session.id] = task.future
            ordered.append(Ordered(task, session, row))
        return ordered

    def _session(self, day: LiveDay | None, session_id: str) -> tuple[LiveDay, LiveSession]:
        """Return a session that takes commands, and its day.

        errors  NotFound, SessionTerminal, LiveTradingUnavailable: no such feed here
        """
        session = None if day is None else day.sessions.get(session_id)
        if day is not None and session is not None:
            _check_open(day, session)
            return day, session
        with self._store.reading() as tables:
            row = tables.sessions.get(session_id)
        if row is None:
            raise NotFound(f"session {session_id}: expected one that is kept, found none")
        if row.is_over:
            raise SessionTerminal(
                f"session {session_id}: expected one that is not over, found it {row.state}"
            )
        raise LiveTradingUnavailable(
            f"session {session_id}: expected its feed {row.feed} on {row.day}, found another"
        )

    def _row(
        self, day: LiveDay, session: LiveSession, task: CommandTask, others: Sequence[CommandRow]
    ) -> CommandRow:
        """Return a command as it is stored: due in the next frame, after others that wait.

        errors  InvalidInput: the kernel would refuse it, now as at every later start
        """
        due_ns = max(day.last_ts + 1, session.due_ns)
        row = task.make(due_ns)
        day.run.check(session.number, [*(other.values for other in others), row])
        return CommandRow(
            session_id=session.id,
            number=session.command_count + len(others) + 1,
            due_ns=due_ns,
            row=blob_of(row),
            origin="api",
            received_ns=self._clock(),
        )

    def _hand_on(self, day: LiveDay, ordered: Ordered) -> None:
        """Give a durable command to the kernel and acknowledge it."""
        _give(day, ordered.session, ordered.row)
        if ordered.task.stops:
            ordered.session.state = KILLING
            day.showroom.set_state(ordered.session.id, KILLING)
        self._faults.reach("before_acknowledge")
        ordered.task.future.set_result(None)
        self._faults.reach("after_acknowledge")


def _follow(first: "Future[None]", second: "Future[None]") -> None:
    """Let a future come to what another one comes to."""

    def copy(done: "Future[None]") -> None:
        error = done.exception()
        if error is None:
            second.set_result(None)
        else:
            second.set_exception(error)

    first.add_done_callback(copy)


def _give(day: LiveDay, session: LiveSession, command: CommandRow) -> None:
    """Give a stored command to the kernel, and to the session's script to see."""
    day.run.command(session.number, command.values)
    session.command_count += 1
    session.due_ns = command.due_ns
    if session.script is not None:
        session.commands.append(TakenCommand(row=command.values.tolist(), is_own=False))


def _check_open(day: LiveDay, session: LiveSession) -> None:
    """Refuse a session that takes no more commands; SessionTerminal."""
    if is_terminal(session.state) or day.is_closed:
        state = session.state if is_terminal(session.state) else "after the close, it settles"
        raise SessionTerminal(
            f"session {session.id}: expected one that takes commands, found it {state}"
        )
