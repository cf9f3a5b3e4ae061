"""The backends that this environment has: numba always, Rust where its extension is installed."""

import importlib
from functools import cache
from types import ModuleType

from forven.kernels import backend


@cache
def has_rust() -> bool:
    """Whether an extension of forven's own version is installed."""
    return backend.extension_trouble() is None


@cache
def installed_sides(part: str) -> dict[str, ModuleType]:
    """Return a part of the kernels by the name of each backend."""
    names = ["numba", "rust"] if has_rust() else ["numba"]
    return {name: importlib.import_module(f"forven.kernels.{name}_side.{part}") for name in names}
