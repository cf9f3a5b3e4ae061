"""The chain in a frame, strike by strike: docs/ENGINE.md section 8, forward and delta."""

import mpmath as mp

from forven.kernels.schema import CALL, MISSING, PUT
from tests.reference.pricing import DIGITS, implied_deviation

Quotes = dict[tuple[int, int], tuple[int, int]]
"""(right, strike) -> (bid, ask), quanta."""


def two_sided(quotes: Quotes, right: int, strike: int) -> int | None:
    """Return bid + ask where there is a bid and the quote is not crossed."""
    bid, ask = quotes.get((right, strike), (MISSING, MISSING))
    return bid + ask if 0 < bid <= ask else None


def forward_and_move(quotes: Quotes) -> tuple[int, int] | None:
    """Return (2 x forward, 2 x straddle) from the strike with the least |call - put|."""
    candidates = []
    for strike in sorted({strike for _, strike in quotes}):
        call, put = two_sided(quotes, CALL, strike), two_sided(quotes, PUT, strike)
        if call is not None and put is not None:
            candidates.append((abs(call - put), strike, call, put))
    if not candidates:
        return None
    _, strike, call, put = min(candidates)
    return 2 * strike + call - put, call + put


def deltas(quotes: Quotes) -> dict[tuple[int, int], int]:
    """Return the unsigned delta in 1e-6 units of every contract that has one."""
    found = forward_and_move(quotes)
    if found is None or found[0] <= 0:
        return {}
    forward2 = found[0]
    result = {}
    for strike in sorted({strike for _, strike in quotes}):
        right = CALL if 2 * strike >= forward2 else PUT
        price = two_sided(quotes, right, strike)
        if price is None:
            continue
        deviation = implied_deviation(price, forward2, 2 * strike, right == CALL)
        if deviation is None:
            continue
        with mp.workdps(DIGITS):
            first = mp.log(mp.mpf(forward2) / (2 * strike)) / deviation + deviation / 2
            call = mp.ncdf(first)
            for side, delta in ((CALL, call), (PUT, 1 - call)):
                if (side, strike) in quotes:
                    result[side, strike] = int(mp.floor(delta * 10**6 + mp.mpf(1) / 2))
    return result
