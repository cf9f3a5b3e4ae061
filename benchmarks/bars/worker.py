"""What `served.py` runs to measure forven over bars, on one backend."""

from collections.abc import Callable
from typing import Any

from benchmarks.bars.scanning import Scan
from benchmarks.bars.sweeping import Kernel, Sweep, Whole
from forven.research.workloads.served import Round
from forven.research.workloads.taken import Workload
from forven.research.workloads.worker import versions

WORK: dict[str, Callable[[dict[str, Any]], Workload]] = {
    "sweep": Sweep,
    "kernel": Kernel,
    "whole": Whole,
    "scan": Scan,
}
__all__ = ["WORK", "prepare", "versions"]


def prepare(settings: dict[str, Any]) -> Round:
    """Return a round of what the settings name."""
    work = WORK[settings["work"]](settings)
    return lambda: work.round().as_dict()
