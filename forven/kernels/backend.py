"""The door to the kernels: which implementation runs, chosen once, when this module is imported."""

import importlib
import os

from forven.primitives.errors import BackendUnavailable

CHOICES = ("auto", "numba")


def chosen_backend(wanted: str) -> str:
    """Return the backend that `FORVEN_BACKEND` asks for; errors: BackendUnavailable."""
    if wanted not in CHOICES:
        raise BackendUnavailable(
            f"FORVEN_BACKEND: expected one of {', '.join(CHOICES)}, found {wanted!r}; "
            "unset it, or set it to one of these"
        )
    return "numba"


NAME = chosen_backend(os.environ.get("FORVEN_BACKEND", "auto"))
"""The backend in use, said in every result."""

_session = importlib.import_module("forven.kernels.jit.session")
advance = _session.advance
frame_rows_max = _session.frame_rows_max
