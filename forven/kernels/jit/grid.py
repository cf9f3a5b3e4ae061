"""The price grid of option orders inside the session kernel; integers only, floors downwards."""

from forven.kernels.jit.compile import inner

FINE_STEP = 5
"""Quanta between order prices: always for several legs, up to `FINE_LIMIT` for one."""
COARSE_STEP = 10
FINE_LIMIT = 300
"""Quanta up to and including which a one-leg order moves in fine steps, on either side of 0."""


@inner
def increment(leg_count, mid2):
    """Return the increment of an order in quanta, from its leg count and its mid in half quanta."""
    if leg_count == 1 and abs(mid2) > 2 * FINE_LIMIT:
        return COARSE_STEP
    return FINE_STEP


@inner
def grid_step(price, leg_count):
    """Return the step of the grid around a price in quanta."""
    if leg_count == 1 and abs(price) > FINE_LIMIT:
        return COARSE_STEP
    return FINE_STEP


@inner
def snap_down(price, leg_count):
    """Return the largest grid price <= `price`; a one-leg -301 goes to -310."""
    step = grid_step(price, leg_count)
    return price // step * step


@inner
def snap_up(price, leg_count):
    """Return the smallest grid price >= `price`; a one-leg -301 goes to -300."""
    step = grid_step(price, leg_count)
    return -(-price // step) * step


@inner
def is_on_grid(price, leg_count):
    """Return whether an order of `leg_count` legs may carry this price."""
    return price % grid_step(price, leg_count) == 0
