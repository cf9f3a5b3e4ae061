"""What one round of a workload gives: its seconds, how much it did, and a digest of what it did."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any, Protocol, TypeVar

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One round.

    units       bot-days, bot-frames, updates or days that were done
    digest      SHA-256 of what was computed: the same in each round and on each backend
    agreements  digests of parts that others compute too; whoever has a part must agree on it
    """

    seconds: float
    units: float
    digest: str
    agreements: dict[str, str] = field(default_factory=dict)
    details: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the round as a JSON document."""
        return asdict(self)


class Workload(Protocol):
    """Something that is made ready once and then measured round by round."""

    def round(self) -> Taken:
        """Do the work once."""


def timed(work: Callable[[], _Result]) -> tuple[float, _Result]:
    """Return the seconds of some work, and what it returns."""
    start = perf_counter()
    result = work()
    return perf_counter() - start, result
