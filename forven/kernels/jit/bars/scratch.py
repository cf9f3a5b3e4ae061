"""How the kernel's parts are compiled, and what they keep between them while a run goes on."""

import numba

inlined = numba.njit(
    nogil=True,
    error_model="numpy",
    forceinline=True,
    no_cpython_wrapper=True,
    no_cfunc_wrapper=True,
    _nrt=False,
)
"""Decorates what is small or stands in a loop: written into its callers by LLVM."""

LONG, SHORT = 0, 1

# sides[2, SIDE_WIDTH] int64: what each direction is doing.
(
    SIDE_IS_HELD,
    SIDE_ENTER_NEXT,  # bar of the next entry while flat, or the segment's end
    SIDE_ENTRY_BAR,
    SIDE_ENTRY_PRICE,
    SIDE_SIZE_PPM,
    SIDE_EXIT_BAR,
    SIDE_EXIT_PRICE,
    SIDE_EXIT_REASON,
    SIDE_EXIT_STAGE,
) = range(9)
SIDE_WIDTH = 9

# When in its bar a position ends.
STAGE_OPEN, STAGE_INSIDE, STAGE_END = range(3)

# account[ACCOUNT_WIDTH] float64: the bases stand side by side.
(
    ACCOUNT_EQUITY,
    ACCOUNT_CLOSED_PEAK,
    ACCOUNT_FORMER,
    ACCOUNT_PEAK,
    ACCOUNT_BASE,
) = range(5)
ACCOUNT_WIDTH = 6

# ledger[LEDGER_WIDTH] int64.
LEDGER_RUN, LEDGER_SEGMENT, LEDGER_CLOSED, LEDGER_ROWS = range(4)
LEDGER_WIDTH = 4

NEVER_BELOW = -(2**62)
"""A level that no price can lie at or below, seen from a long position."""
NEVER_ABOVE = 2**62
