"""Where compiled kernels are kept, and whether one is there; knows this without loading numba."""

import hashlib
import os
from importlib.metadata import version
from pathlib import Path

_HERE = Path(__file__).resolve().parent


def sources_digest() -> str:
    """Return a digest of every kernel source: numba itself watches only the file it caches."""
    digest = hashlib.sha256(version("numba").encode())
    for path in [*sorted(_HERE.glob("*schema.py")), *sorted((_HERE / "jit").glob("*.py"))]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Return the folder of compiled kernels, one per state of their sources."""
    root = os.environ.get("NUMBA_CACHE_DIR")
    if not root:
        home = os.environ.get("FORVEN_HOME") or str(Path.home() / ".forven")
        root = str(Path(home) / "kernels")
    return Path(root) / sources_digest()


def are_compiled(kernels: tuple[str, ...]) -> bool:
    """Return whether all these kernels, as in `session.advance`, have been compiled before."""
    folder = cache_folder()
    return all(any(folder.glob(f"*/{kernel}-*.nbc")) for kernel in kernels)
