"""How a host stands: what its operators look at."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class HostStatus:
    """A host at one moment.

    feed, day        the feed's name; its trading day, None before the first and after the last
    now_ns           the feed's clock                last_frame_ns  of the last committed frame
    frames           of the day so far               latency_*      from the feed to the commit
    sessions         how many are in each state, those of the day that are over included
    storage_trouble  why nothing can be written just now; None: all is well
    feed_trouble     why the feed delivers no more; None: it does
    paused           why no session is opened and no frame is taken; None: the host goes on
    heartbeat_ns     wall clock of the loop's last turn; None before it ran
    is_healthy       it turned lately and did not give up
    """

    feed: str | None
    day: date | None
    now_ns: int
    last_frame_ns: int | None = None
    frames: int = 0
    latency_p50_ms: float | None = None
    latency_p99_ms: float | None = None
    sessions: dict[str, int] = field(default_factory=dict)
    storage_trouble: str | None = None
    feed_trouble: str | None = None
    paused: str | None = None
    heartbeat_ns: int | None = None
    is_healthy: bool = True

    @property
    def now(self) -> int:
        """The feed's clock, nanoseconds UTC."""
        return self.now_ns
