"""How the steps of the session kernel are compiled: never as functions that Python could call.

Every level of calls compiles its callees once more, so a step with one caller is written into it
before compilation, up to the few that hold a frame's order together. Steps borrow their arrays
from the kernel that calls them: they count no references, allocate nothing and return no array.
"""

import numba

step = numba.njit(
    nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False
)
"""Decorates a step that is compiled on its own."""

part = numba.njit(nogil=True, inline="always")
"""Decorates a part of the one step that calls it: compiled only with it."""
