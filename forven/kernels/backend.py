"""The door to the kernels: which implementation runs, chosen once, when this module is imported.

A backend has one module a part, in `numba_side/` and `rust_side/`: the same names, arguments and
results, bit for bit. A part is loaded when something of it is first called, so that nothing of
numba is imported where Rust serves, and nothing compiled that is not run. A new kernel is a part
more: its name below and a module on each side.
"""

import importlib
import os
from types import ModuleType
from typing import NamedTuple

from forven.kernels.cache import are_compiled
from forven.primitives.errors import BackendUnavailable
from forven.primitives.late import LateModule
from forven.primitives.version import __version__

CHOICES = ("auto", "rust", "numba")
PARTS = ("session", "frames", "pricing", "perpetual", "bars")
EXTENSION = "forven_engine"
_BESIDE = {"session": ("session", "frames", "pricing")}
"""What runs beside the kernels of a part: sessions build frames and price options."""

_MEND = "run `make rust`, or unset FORVEN_BACKEND to go on with numba"


class Choice(NamedTuple):
    """A backend, and what it is instead of if the extension was left aside."""

    name: str
    note: str = ""


def choose(wanted: str) -> Choice:
    """Return the backend that `FORVEN_BACKEND` asks for; errors: BackendUnavailable."""
    if wanted not in CHOICES:
        raise BackendUnavailable(
            f"FORVEN_BACKEND: expected one of {', '.join(CHOICES)}, found {wanted!r}; "
            "unset it, or set it to one of these"
        )
    if wanted == "numba":
        return Choice("numba")
    found = extension_trouble()
    if found is None:
        return Choice("rust")
    if wanted == "rust":
        raise BackendUnavailable(
            f"FORVEN_BACKEND=rust: expected the extension forven-engine {__version__}, "
            f"found {found or 'none'}; {_MEND}"
        )
    return Choice("numba", f"forven-engine left aside: {found}" if found else "")


def extension_trouble() -> str | None:
    """Return why the extension cannot serve: its other version, its error; nothing: not there.

    None where it can. Its version must be forven's own, as both are built from one state.
    """
    try:
        extension = importlib.import_module(EXTENSION)
    except ModuleNotFoundError as error:
        return "" if error.name == EXTENSION else str(error)
    except Exception as error:  # noqa: BLE001 - whatever a broken extension raises
        return f"one that does not load ({type(error).__name__}: {error})"
    found = getattr(extension, "__version__", "no version")
    return None if found == __version__ else f"version {found} (forven is {__version__})"


NAME, NOTE = choose(os.environ.get("FORVEN_BACKEND", "auto"))
DESCRIPTION = f"{NAME} ({NOTE})" if NOTE else NAME
"""The backend in use, said in every result."""
DISTRIBUTION = "forven-engine" if NAME == "rust" else "numba"
"""The package whose version says which kernels ran."""


def load(part: str) -> ModuleType:
    """Return a part of the backend in use; the names in it are the same on both sides."""
    return importlib.import_module(f"forven.kernels.{NAME}_side.{part}")


def part(name: str) -> LateModule:
    """Return a part of the backend in use that is loaded when something of it is first called."""
    return LateModule(f"forven.kernels.{NAME}_side.{name}")


def parts_behind(kernels: tuple[str, ...]) -> tuple[str, ...]:
    """Return the parts that work asks for which names these kernels, as in `session.advance`."""
    named = [kernel.partition(".")[0] for kernel in kernels]
    known = [name for name in named if name in PARTS]
    return tuple(dict.fromkeys(part for name in known for part in _BESIDE.get(name, (name,))))


def await_compiling(kernels: tuple[str, ...]) -> bool:
    """Return whether numba has to compile any of these kernels first, as in `session.advance`.

    What Rust serves is compiled already; the rest, as the synthetic market, is numba's always.
    """
    served = PARTS if NAME == "rust" else ()
    left = tuple(kernel for kernel in kernels if kernel.partition(".")[0] not in served)
    return not are_compiled(left)
