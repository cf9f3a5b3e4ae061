"""The host: one thread that runs all live sessions on one feed, and what others ask of it."""

import threading
import time
from collections import Counter
from typing import Any

from forven.bots.errors import LiveTradingUnavailable
from forven.bots.host_options import HostOptions
from forven.bots.hub import Hub
from forven.bots.inbox import CommandTask, Task
from forven.bots.live_view import LiveView
from forven.bots.runner import Runner
from forven.bots.status import HostStatus
from forven.bots.supervisor import Supervisor
from forven.engine import commands
from forven.market.feeds.feed import Feed
from forven.primitives.errors import ForvenError, InvalidInput
from forven.store.lock import HomeLock
from forven.store.sessions import SessionRow
from forven.store.store import Store

_JOIN_S = 1.0


class Host:
    """Runs the sessions of a feed's days; every method may be called from any thread.

    Calls that change something return once that is durable. A host without a feed runs nothing and
    says so.
    """

    def __init__(
        self,
        store: Store,
        feed: Feed | None,
        hub: Hub | None = None,
        options: HostOptions | None = None,
    ) -> None:
        self._store = store
        self._feed = feed
        self._hub = hub
        self._options = options or HostOptions()
        self._lock: HomeLock | None = None
        self._runner: Runner | None = None
        self._supervisor: Supervisor | None = None
        self._thread: threading.Thread | None = None

    @property
    def changes(self) -> int:
        """A number that rises whenever `status` or `live` would show something new."""
        return 0 if self._runner is None else self._runner.changes

    def start(self) -> None:
        """Take the home's lock and begin where the last host ended.

        errors  HomeInUse: another process runs sessions on this home; InvalidInput: started already
        """
        if self._lock is not None:
            raise InvalidInput("host: expected one that was not started, found it started")
        name = "no feed" if self._feed is None else self._feed.name
        self._lock = self._store.hold(f"forven host of {name}")
        if self._feed is None:
            return
        self._runner = Runner(self._store, self._feed, self._hub, self._options)
        self._supervisor = Supervisor(self._store, self._runner, self._hub, self._options)
        self._thread = threading.Thread(target=self._runner.run, name="host", daemon=True)
        self._thread.start()
        self._supervisor.start()

    def stop(self, timeout_s: float) -> None:
        """End after the frame at hand; sessions that are not over go on at the next start.

        errors  ForvenError if the thread has not ended in time: its work is safe all the same
        """
        end = time.monotonic() + timeout_s
        if self._supervisor is not None:
            self._supervisor.close(_JOIN_S)
        if self._runner is not None and self._thread is not None:
            self._runner.stop()
            self._thread.join(max(0.0, end - time.monotonic()))
            if self._thread.is_alive():
                raise ForvenError(
                    f"host: expected its thread to end within {timeout_s} s, found it at work; "
                    "end the process, nothing that was acknowledged is lost"
                )
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def open_session(self, bot_id: str) -> SessionRow:
        """Open the session of a bot on the feed's day; return its row once it is durable.

        errors  LiveTradingUnavailable, OutsideTradingHours, NotFound, BotNotIdle, BotSessionExists,
                RegisterFailed; what a store raises
        """
        runner = self._running()
        row: SessionRow = self._ask(Task(act=lambda: runner.open_session(bot_id).row))
        return row

    def cancel_all(self, session_id: str) -> None:
        """Cancel a session's pending orders in the next frame; NotFound, SessionTerminal."""
        self._ask(CommandTask(session_id=session_id, make=commands.cancel_all))

    def stop_session(self, session_id: str) -> None:
        """Stop a session in the next frame: `killing` from now on; NotFound, SessionTerminal."""
        self._ask(CommandTask(session_id=session_id, make=commands.stop, stops=True))

    def pause(self, reason: str) -> None:
        """Open no session and hold the feed's clock, until `resume`."""
        runner = self._running()
        self._ask(Task(act=lambda: runner.pause(reason)))

    def resume(self) -> None:
        """End a pause."""
        runner = self._running()
        self._ask(Task(act=runner.resume))

    def wake(self) -> None:
        """Let the supervisor look at the bots' wishes now."""
        if self._supervisor is not None:
            self._supervisor.wake()

    def live(self, session_id: str) -> LiveView | None:
        """Return a session as of the last commit; None if the host does not run it."""
        day = None if self._runner is None else self._runner.day
        return None if day is None else day.showroom.view(session_id)

    def status(self) -> HostStatus:
        """Return how the host stands."""
        runner, supervisor, feed = self._runner, self._supervisor, self._feed
        if runner is None or supervisor is None or feed is None:
            return HostStatus(feed=None, day=None, now_ns=self._options.clock())
        day = runner.day
        states = Counter(runner.ended)
        last_ns = None
        if day is not None:
            states.update(day.showroom.states())
            last_ns = day.showroom.ts
        return HostStatus(
            feed=feed.name,
            day=None if day is None else day.day.day,
            now_ns=feed.now(),
            last_frame_ns=last_ns,
            frames=runner.frames,
            latency_p50_ms=runner.latencies.quantile_ms(0.50),
            latency_p99_ms=runner.latencies.quantile_ms(0.99),
            sessions=dict(states),
            storage_trouble=runner.trouble,
            feed_trouble=runner.feed_trouble,
            paused=runner.paused,
            heartbeat_ns=supervisor.heartbeat_ns,
            is_healthy=supervisor.is_healthy,
        )

    def _running(self) -> Runner:
        if self._runner is None:
            raise LiveTradingUnavailable(
                "expected a host that runs a feed, found none; start one with a feed"
            )
        return self._runner

    def _ask(self, task: Task) -> Any:
        """Put a task before the host and return what came of it."""
        if not self._running().inbox.ask(task):
            raise LiveTradingUnavailable("the host takes no more: it stops")
        return task.future.result()
