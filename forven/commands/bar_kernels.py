"""Loads the kernel of bars for a command, and says so where numba has to compile it first."""

from forven.commands.progress import compiling
from forven.kernels import backend
from forven.kernels.cache import are_compiled

_KERNEL, _ROOM = "runs.run_plans", "bars"


def load_bar_kernels() -> None:
    """Load the kernel of bars; errors: BackendUnavailable."""
    if backend.NAME == "rust" or are_compiled((_KERNEL,), _ROOM):
        return
    with compiling():
        backend.load("bars")
