"""Writes until the storage takes it: a full disk or a locked database pauses a host, no more."""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from forven.bots.errors import LiveTradingUnavailable
from forven.bots.host_options import HostOptions
from forven.bots.inbox import Inbox
from forven.primitives.errors import CannotWrite, ForvenError
from forven.store.errors import StoreBusy, StoreUnreachable

_log = logging.getLogger(__name__)
T = TypeVar("T")
PASSING = (CannotWrite, StoreBusy, StoreUnreachable)
"""What may pass by itself, or once an operator has made room."""


class Stopped(ForvenError):
    """The host was told to stop while it waited; the next start goes on from the tape."""


class StorageGuard:
    """Repeats refused writes; what is asked of the host meanwhile is refused at once.

    trouble  why the storage takes nothing just now; None: it does
    """

    def __init__(
        self,
        inbox: Inbox,
        options: HostOptions,
        is_stopping: threading.Event,
        tell: Callable[[str | None], None],
    ) -> None:
        self._inbox = inbox
        self._options = options
        self._is_stopping = is_stopping
        self._tell = tell
        self.trouble: str | None = None

    def insist(self, write: Callable[[], T]) -> T:
        """Return what `write` returns, once it is not refused any more; it must bear repeating.

        errors  Stopped; whatever `write` raises that does not pass by itself
        """
        wait_s = self._options.retry_s
        while True:
            try:
                done = write()
            except PASSING as refused:
                self._set(str(refused))
            else:
                self._set(None)
                return done
            if self._is_stopping.is_set():
                raise Stopped(f"the host was told to stop while it waited: {self.trouble}")
            self._refuse_for(wait_s)
            wait_s = min(2 * wait_s, self._options.retry_max_s)

    def _refuse_for(self, seconds: float) -> None:
        """Wait a while; tasks that come meanwhile are refused."""
        tasks, _ = self._inbox.take(seconds, 0)
        for task in tasks:
            task.future.set_exception(LiveTradingUnavailable(unstored(self.trouble)))
        if tasks:
            self._is_stopping.wait(seconds)

    def _set(self, trouble: str | None) -> None:
        if (trouble is None) != (self.trouble is None):
            if trouble is None:
                _log.warning("the storage takes what is written again")
            else:
                _log.error("nothing can be written, the sessions wait: %s", trouble)
            self.trouble = trouble
            self._tell(trouble)
        self.trouble = trouble


def unstored(trouble: object) -> str:
    """Return why nothing is taken in while the storage takes nothing."""
    return f"what the host writes cannot be stored: {trouble}"
