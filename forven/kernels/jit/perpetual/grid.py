"""The price grid of perpetuals: significant figures, whole numbers, or one tick everywhere."""

from forven.kernels.jit.perpetual.desk import NOW_FIGURES_END
from forven.kernels.jit.steps import step
from forven.kernels.perpetual_schema import (
    CONTRACT_TICK,
    CONTRACT_WHOLE,
    PRICE_MAX,
)


@step
def tick_at(stream, desk, price):
    """Return the quanta between order prices around a price >= 0."""
    end = desk.now[NOW_FIGURES_END]
    if end == 0:
        return stream.contract[CONTRACT_TICK]
    whole = stream.contract[CONTRACT_WHOLE]
    tick = 1
    while price >= end and tick < whole:
        end *= 10
        tick *= 10
    return min(tick, whole)


@step
def snap_down(stream, desk, price):
    """Return the largest multiple of the tick around a signed price that is at most it."""
    tick = tick_at(stream, desk, abs(price))
    return price // tick * tick


@step
def snap_up(stream, desk, price):
    """Return the smallest multiple of the tick around a signed price that is at least it."""
    tick = tick_at(stream, desk, abs(price))
    return -(-price // tick) * tick


@step
def is_on_grid(stream, desk, price):
    """Return whether an order may carry this price."""
    if price < 1 or price > PRICE_MAX:
        return False
    return price % tick_at(stream, desk, price) == 0
