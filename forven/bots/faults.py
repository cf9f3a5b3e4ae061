"""Where a host kills itself when a test asks for it: a seam to prove that nothing is lost.

`FORVEN_FAULT=POINT` or `FORVEN_FAULT=POINT:NTH` in the environment ends the process, as SIGKILL
does, when it comes to that point for the first or the n-th time. Without it nothing happens.
"""

import os
import signal
from collections.abc import Mapping

from forven.primitives.errors import InvalidInput

VARIABLE = "FORVEN_FAULT"
POINTS = (
    "before_tape",
    "after_tape",
    "before_commit",
    "after_commit",
    "before_acknowledge",
    "after_acknowledge",
    "before_settle",
    "after_settle",
)


class Faults:
    """Counts how often a host comes to each point.

    point  None: never     nth  from 1
    """

    def __init__(self, point: str | None = None, nth: int = 1) -> None:
        if point is not None and (point not in POINTS or nth < 1):
            raise InvalidInput(
                f"{VARIABLE}: expected one of {', '.join(POINTS)}, alone or with :N from 1 on, "
                f"found {point}:{nth}"
            )
        self._point = point
        self._left = nth

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Faults":
        """Return the fault that an environment asks for, none if it does not."""
        text = environment.get(VARIABLE, "")
        if not text:
            return cls()
        point, _, nth = text.partition(":")
        return cls(point, int(nth) if nth.isascii() and nth.isdigit() else 0 if nth else 1)

    def reach(self, point: str) -> None:
        """End the process if it was asked to end here."""
        if point != self._point:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
