"""What `served.py` runs to measure forven itself: every workload by its name, on one backend."""

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from forven import __version__
from forven.kernels import backend
from forven.research.workloads.fleet import Fleet
from forven.research.workloads.option_day import OptionDay
from forven.research.workloads.pipeline import Pipeline
from forven.research.workloads.quote_stream import Quotes
from forven.research.workloads.served import Round
from forven.research.workloads.start import Start
from forven.research.workloads.taken import Workload

WORKLOADS: dict[str, Callable[[dict[str, Any]], Workload]] = {
    "option_day": OptionDay,
    "fleet": Fleet,
    "quote_stream": Quotes,
    "pipeline": Pipeline,
    "start": Start,
}
_VERSIONED = ("numpy", "numba", "llvmlite", "pyarrow", "forven-engine")


def versions() -> dict[str, str]:
    """Return the backend and the versions of what is installed."""
    found = {"backend": backend.NAME, "forven": __version__}
    for name in _VERSIONED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def prepare(settings: dict[str, Any]) -> Round:
    """Return a round of the workload that the settings name."""
    workload = WORKLOADS[settings["workload"]](settings)
    return lambda: workload.round().as_dict()
