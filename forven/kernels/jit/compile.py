"""How kernels are compiled and where their machine code is kept between runs."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numba
from numba.core import config

_SOURCES = Path(__file__).resolve().parent.parent


def sources_digest() -> str:
    """Return a digest of every kernel source: numba itself watches only the file it caches."""
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(_SOURCES.rglob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> str:
    """Return the folder of compiled kernels, one per state of their sources."""
    root = os.environ.get("NUMBA_CACHE_DIR")
    if not root:
        home = os.environ.get("FORVEN_HOME") or str(Path.home() / ".forven")
        root = str(Path(home) / "kernels")
    return str(Path(root) / sources_digest())


_CACHE_FOLDER = cache_folder()

inner = numba.njit(nogil=True)
"""Decorates a function that only kernels call: it is compiled into each of them."""


def kernel(signature: object) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Return the decorator of a kernel: typed by `signature`, compiled once, cached on disk."""

    def compiled(function: Callable[..., object]) -> Callable[..., object]:
        former = config.CACHE_DIR
        config.CACHE_DIR = _CACHE_FOLDER
        try:
            return numba.njit(signature, cache=True, nogil=True)(function)
        finally:
            config.CACHE_DIR = former

    return compiled
