"""Averages that begin anew with each day."""

from forven.primitives.late import LateModule
from forven.strategies.bars.expressions import Column
from forven.strategies.bars.indicators.own import Computed
from forven.strategies.bars.indicators.registry import Entry, register
from forven.strategies.bars.market import Market

anchored = LateModule("forven.kernels.jit.indicators.anchored")

_DAY_VWAP = Computed(anchored.day_vwap, 3, 1, lambda: 5)

_DAY_VWAP_ENTRY = register(
    Entry(
        name="day_vwap",
        summary="The mean of the numbers of the UTC day so far, weighed by volume.",
        inputs=("series", "volume", "day"),
        lookback=lambda: 0,
        batch=_DAY_VWAP.batch,
        stream=_DAY_VWAP.stream,
        waits=True,
        units="those of the input",
        source="Berkowitz, Logue and Noser, The Journal of Finance 3/1988; NaN until a whole day "
        "has begun",
    )
)


def day_vwap(market: Market) -> Column:
    """Return the mean of the typical price weighed by volume, over the UTC day so far."""
    return _DAY_VWAP_ENTRY.one((market.typical, market.volume, market.day))
