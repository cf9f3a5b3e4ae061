"""How the steps of the session kernel are compiled: never as functions that Python could call.

Every level of calls compiles its callees once more, so a step with one caller is written into it
before compilation, up to the few that hold a frame's order together.
"""

import numba

step = numba.njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Decorates a step that is compiled on its own."""

part = numba.njit(nogil=True, inline="always")
"""Decorates a part of the one step that calls it: compiled only with it."""
