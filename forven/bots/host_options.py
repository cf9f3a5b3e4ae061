"""How a host runs: its clock, its pace and what tests may ask of it."""

import os
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from forven.bots.faults import Faults


def random_session_id(_bot_id: str, _day: date) -> str:
    """Return a fresh UUID."""
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True, kw_only=True)
class HostOptions:
    """The options of a host.

    clock          wall clock in ns UTC: it stamps rows and heartbeats and decides nothing
    session_id     makes the id of a bot's session of a day
    window_frames  frames taken in one step where the feed is ahead
    queue_frames   frames that wait before the feed is made to wait
    heartbeat_s    between two heartbeats written down      unhealthy_s  a turn of the loop may last
    supervise_s    between two looks at the bots' wishes
    retry_s        before a refused write is tried again, doubled each time up to `retry_max_s`
    """

    clock: Callable[[], int] = time.time_ns
    session_id: Callable[[str, date], str] = random_session_id
    window_frames: int = 64
    queue_frames: int = 128
    heartbeat_s: float = 15.0
    unhealthy_s: float = 180.0
    supervise_s: float = 5.0
    retry_s: float = 0.05
    retry_max_s: float = 2.0
    faults: Faults = field(default_factory=lambda: Faults.of(os.environ))
