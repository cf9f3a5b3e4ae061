"""How long this process has been running: the start of the interpreter, and all imports."""

import time
from pathlib import Path

_STAT = Path("/proc/self/stat")
_START_FIELD = 19
"""Place of `starttime` after the name in brackets, proc_pid_stat(5)."""

_NS_PER_TICK = 10_000_000
"""Linux counts it in hundredths of a second, whatever its own clock does: USER_HZ is 100."""


def process_age_ns(stat: Path = _STAT) -> int | None:
    """Return how long ago the process began, to a hundredth of a second.

    None where the system does not tell: only Linux keeps it in a file.
    """
    try:
        ticks = int(stat.read_text("ascii", "replace").rpartition(")")[2].split()[_START_FIELD])
        now_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    except (OSError, AttributeError, ValueError, IndexError):
        return None
    return max(0, now_ns - ticks * _NS_PER_TICK)
