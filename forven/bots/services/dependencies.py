"""What the services are made of: the store, the host, the clock and where ids come from."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from forven.bots.live_view import LiveView
from forven.store.store import Store


class HostStanding(Protocol):
    """What the services look at of a host's status."""

    @property
    def feed(self) -> str | None:
        """Name of the feed; None if the host has none."""

    @property
    def day(self) -> date | None:
        """The feed's trading day; None before the first and after the last."""

    @property
    def heartbeat_ns(self) -> int | None:
        """When the host was last seen at work, wall clock; None before it was."""

    @property
    def now(self) -> int:
        """The feed's clock, nanoseconds UTC."""


class HostSurface(Protocol):
    """What the services ask of a host; all of it from any thread."""

    @property
    def changes(self) -> int:
        """A number that rises whenever `status` or `live` would show something new."""

    def pause(self, reason: str) -> None:
        """Open no session and hold the feed's clock, until `resume`."""

    def resume(self) -> None:
        """End a pause."""

    def open_session(self, bot_id: str) -> object:
        """Open today's session of a bot; returns its row once it is durable."""

    def cancel_all(self, session_id: str) -> None:
        """Cancel every pending order; returns once the command is durable."""

    def stop_session(self, session_id: str) -> None:
        """Stop a session; returns once the command is durable."""

    def live(self, session_id: str) -> LiveView | None:
        """Return a session as it stands in memory; None if the host does not run it."""

    def status(self) -> HostStanding:
        """Return how the host stands."""


class FeedDays:
    """The feed's day, for which a host's whole status is asked only when it has changed."""

    def __init__(self, host: HostSurface) -> None:
        self._host = host
        self._known: tuple[int, date | None] | None = None

    def today(self) -> date | None:
        """Return the feed's trading day; None before the first and after the last."""
        changes, known = self._host.changes, self._known
        if known is None or known[0] != changes:
            known = self._known = (changes, self._host.status().day)
        return known[1]


def new_uuid() -> str:
    """Return a random UUID in its one spelling."""
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """Handed to every service.

    clock   wall clock, nanoseconds UTC: when rows were made; never decides what a bot does
    new_id  a fresh UUID each time
    """

    store: Store
    host: HostSurface
    clock: Callable[[], int]
    new_id: Callable[[], str] = new_uuid
