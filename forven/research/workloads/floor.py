"""What `served.py` runs as the memory floor: the least any engine must do, reading quotes once."""

from importlib.metadata import version
from typing import Any

import numpy as np

from forven.primitives.identifiers import bytes_hash
from forven.research.workloads.inputs import chosen_legs
from forven.research.workloads.option_day import day_bots, run_bots
from forven.research.workloads.scanning import floor_bytes, floor_sums
from forven.research.workloads.served import Round
from forven.research.workloads.taken import Taken, timed


class MemoryFloor:
    """The legs that each bot chose, read over every frame from the open to before the close.

    settings  as in `day_bots`
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self.work = []
        for bots in day_bots(settings):
            legs = chosen_legs(run_bots(bots, 1))
            whole = np.tile([0, bots.day.frame_count - 1], (len(legs), 1)).astype(np.int64)
            self.work.append((bots.day.quotes, legs, whole))

    def round(self) -> Taken:
        """Read everything once."""
        seconds, sums = timed(lambda: [floor_sums(*one) for one in self.work])
        read_bytes = sum(floor_bytes(legs, frames) for _, legs, frames in self.work)
        return Taken(
            seconds=seconds,
            units=sum(len(legs) for _, legs, _ in self.work),
            digest=bytes_hash(one.astype("<i8").tobytes() for one in sums),
            details={"gigabytes_per_second": read_bytes / seconds / 1e9},
        )


def versions() -> dict[str, str]:
    """Return what this floor runs on."""
    return {"numba": version("numba"), "numpy": version("numpy")}


def prepare(settings: dict[str, Any]) -> Round:
    """Return a round of the floor."""
    floor = MemoryFloor(settings)
    return lambda: floor.round().as_dict()
