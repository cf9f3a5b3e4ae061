"""Looks after a host: its heart beats, and every bot that wishes to run has its session."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from forven.bots.errors import CodedError
from forven.bots.events import host_alert
from forven.bots.host_options import HostOptions
from forven.bots.hub import Hub
from forven.bots.inbox import Task
from forven.bots.runner import Runner
from forven.bots.wishes import wishing_bots
from forven.primitives.errors import ForvenError
from forven.store.store import Store

_log = logging.getLogger(__name__)
HEARTBEAT_KEY = "host.heartbeat"
_NANOSECONDS_PER_SECOND = 1_000_000_000


class Supervisor:
    """A thread beside the host's; it asks, the host's thread does.

    heartbeat_ns  wall clock of the last beat; None before the first
    """

    def __init__(self, store: Store, runner: Runner, hub: Hub | None, options: HostOptions) -> None:
        self.heartbeat_ns: int | None = None
        self._store = store
        self._runner = runner
        self._hub = hub
        self._options = options
        self._changed = threading.Condition()
        self._is_woken = False
        self._is_closed = False
        self._was_healthy = True
        self._written_at = float("-inf")
        self._asked: Task | None = None
        self._thread = threading.Thread(target=self._run, name="host-supervisor", daemon=True)

    @property
    def is_healthy(self) -> bool:
        """Whether the host's thread has turned lately and has not given up."""
        silent_ns = time.monotonic_ns() - self._runner.turned_ns
        limit_ns = self._options.unhealthy_s * _NANOSECONDS_PER_SECOND
        return self._runner.gave_up is None and silent_ns < limit_ns

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look at the wishes now; any thread."""
        with self._changed:
            self._is_woken = True
            self._changed.notify_all()

    def close(self, timeout_s: float) -> None:
        """End the thread."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._is_closed:
            self._insistently(self._beat)
            self._insistently(self._look)
            with self._changed:
                if not self._is_woken and not self._is_closed:
                    self._changed.wait(self._options.supervise_s)
                self._is_woken = False

    def _insistently(self, act: Callable[[], None]) -> None:
        """Do something that is done again soon: what hinders it now is told, no more."""
        try:
            act()
        except ForvenError as error:
            _log.warning("the supervisor could not look after the host: %s", error)

    def _beat(self) -> None:
        """Note that the host lives, or tell that it does not."""
        is_healthy = self.is_healthy
        if is_healthy:
            self.heartbeat_ns = self._options.clock()
        if is_healthy != self._was_healthy:
            self._was_healthy = is_healthy
            kind = "host_healthy" if is_healthy else "host_unhealthy"
            if self._hub is not None:
                self._hub.publish([host_alert(self._options.clock(), kind, self._runner.gave_up)])
        if is_healthy and time.monotonic() - self._written_at >= self._options.heartbeat_s:
            with self._store.transaction() as tables:
                tables.settings.put(HEARTBEAT_KEY, {"at_ns": self.heartbeat_ns})
            self._written_at = time.monotonic()

    def _look(self) -> None:
        """Ask for the sessions that bots wish for and do not have, and wait for none of them."""
        runner, day = self._runner, self._runner.day
        if day is None or day.is_closed or runner.paused is not None or runner.trouble is not None:
            return
        if self._asked is not None and not self._asked.future.done():
            return
        with self._store.reading() as tables:
            if not wishing_bots(tables, day.day.day, runner.unopened):
                return
        self._asked = Task(act=runner.open_wished)
        self._asked.future.add_done_callback(_told)
        if not runner.inbox.ask(self._asked):
            self._asked = None


def _told(opened: "Future[Any]") -> None:
    """Log why sessions were not opened; they are asked for again."""
    error = opened.exception()
    if error is not None:
        level = logging.INFO if isinstance(error, CodedError) else logging.WARNING
        _log.log(level, "sessions were not opened: %s", error)
