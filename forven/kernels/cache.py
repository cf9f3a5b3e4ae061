"""Where compiled kernels are kept, and whether one is there; knows this without loading numba."""

import hashlib
import os
from importlib.util import find_spec
from pathlib import Path

from forven.primitives.errors import BackendUnavailable

_HERE = Path(__file__).resolve().parent


def sources_digest() -> str:
    """Return a digest of every kernel source: numba itself watches only the file it caches."""
    digest = hashlib.sha256()
    for path in [_numba_version(), _HERE / "schema.py", *sorted((_HERE / "jit").glob("*.py"))]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Return the folder of compiled kernels, one per state of their sources."""
    root = os.environ.get("NUMBA_CACHE_DIR")
    if not root:
        home = os.environ.get("FORVEN_HOME") or str(Path.home() / ".forven")
        root = str(Path(home) / "kernels")
    return Path(root) / sources_digest()


def _numba_version() -> Path:
    """Return the file that holds numba's version; asking for it by name would load much more."""
    found = find_spec("numba")
    if found is None or found.origin is None:
        raise BackendUnavailable("expected numba to be installed, found none; install forven again")
    return Path(found.origin).parent / "_version.py"


def are_compiled(kernels: tuple[str, ...]) -> bool:
    """Return whether all these kernels, as in `session.advance`, have been compiled before."""
    if not kernels:
        return True
    folder = cache_folder()
    return all(any(folder.glob(f"*/{kernel}-*.nbc")) for kernel in kernels)
