"""How kernels are compiled: typed in advance, cached on disk, without a global setting changed."""

from collections.abc import Callable
from typing import Any

import numba
from numba.core import config

from forven.kernels.cache import cache_folder

inner = numba.njit(nogil=True)
"""Decorates a function that only kernels call: it is compiled into each of them."""


def kernel(
    signature: object, room: str = "jit"
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the decorator of a kernel: typed by `signature`, compiled once, cached on disk.

    room   whose sources it depends on: a change in them, and only that, compiles it anew
    """

    def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
        former = config.CACHE_DIR
        config.CACHE_DIR = str(cache_folder(room))
        try:
            dispatcher: Callable[..., Any] = numba.njit(signature, cache=True, nogil=True)(function)
        finally:
            config.CACHE_DIR = former
        return dispatcher

    return compiled
