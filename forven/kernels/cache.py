"""Where compiled kernels are kept, and whether one is there; knows this without loading numba."""

import hashlib
import os
from importlib.util import find_spec
from pathlib import Path

from forven.primitives.errors import BackendUnavailable

_HERE = Path(__file__).resolve().parent
_COMPILING = ("jit/compile.py", "jit/steps.py")
_BORROWED = {
    "perpetual": ("schema.py", *_COMPILING, "perpetual_schema.py"),
    "bars": (*_COMPILING, "bars_schema.py"),
    "indicators": ("jit/compile.py",),
}
"""What a room's kernels read beside their own folder."""


def sources_of(room: str) -> list[Path]:
    """Return the sources of a room of kernels, `jit` or a folder of it, in a fixed order."""
    jit = _HERE / "jit"
    if room == "jit":
        others = {_HERE / f"{folder.name}_schema.py" for folder in jit.iterdir()}
        return [*sorted(set(_HERE.glob("*schema.py")) - others), *sorted(jit.glob("*.py"))]
    borrowed = [_HERE / name for name in _BORROWED[room]]
    return [*borrowed, *sorted((jit / room).rglob("*.py"))]


def sources_digest(room: str = "jit") -> str:
    """Return a digest of a room's sources: numba itself watches only the file it caches."""
    digest = hashlib.sha256()
    for path in [_numba_version(), *sources_of(room)]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder(room: str = "jit") -> Path:
    """Return the folder of a room's compiled kernels, one per state of their sources."""
    root = os.environ.get("NUMBA_CACHE_DIR")
    if not root:
        home = os.environ.get("FORVEN_HOME") or str(Path.home() / ".forven")
        root = str(Path(home) / "kernels")
    return Path(root) / sources_digest(room)


def _numba_version() -> Path:
    """Return the file that holds numba's version; asking for it by name would load much more."""
    found = find_spec("numba")
    if found is None or found.origin is None:
        raise BackendUnavailable("expected numba to be installed, found none; install forven again")
    return Path(found.origin).parent / "_version.py"


def are_compiled(kernels: tuple[str, ...], room: str = "jit") -> bool:
    """Return whether all these kernels, as in `session.advance`, have been compiled before."""
    if not kernels:
        return True
    folder = cache_folder(room)
    return all(any(folder.glob(f"*/{kernel}-*.nbc")) for kernel in kernels)
