"""What happened since an event: extremes, and turning points once later bars have shown them."""

from typing import NamedTuple

from forven.primitives.late import LateModule
from forven.strategies.bars.combining import when
from forven.strategies.bars.expressions import Column, Condition
from forven.strategies.bars.indicators.own import Computed
from forven.strategies.bars.indicators.registry import Entry, register
from forven.strategies.bars.indicators.volatility import highest, lowest

events = LateModule("forven.kernels.jit.indicators.events")

_EXTREMES = Computed(events.extremes_since, 2, 2, lambda: 3)

_EXTREMES_ENTRY = register(
    Entry(
        name="extremes_since",
        summary="The greatest and the smallest number since the latest event, its bar included.",
        inputs=("event", "series"),
        outputs=("highest", "lowest"),
        lookback=lambda: 0,
        batch=_EXTREMES.batch,
        stream=_EXTREMES.stream,
        waits=True,
        units="those of the input",
        source="its definition; NaN before the first event",
    )
)


class Turn(NamedTuple):
    """A turning point: `shown` holds at the bar that confirms it; `level` is its number then."""

    shown: Condition
    level: Column


def highest_since(condition: Condition, column: Column) -> Column:
    """Return the greatest number since a condition last held, that bar included."""
    return _EXTREMES_ENTRY.of((when(condition, 1.0, 0.0), column))[0]


def lowest_since(condition: Condition, column: Column) -> Column:
    """Return the smallest number since a condition last held, that bar included."""
    return _EXTREMES_ENTRY.of((when(condition, 1.0, 0.0), column))[1]


def pivot_low(column: Column, bars: int) -> Turn:
    """Return a low below the `bars` numbers before it and not above the `bars` after it.

    It is known only when those after it are, `bars` bars later.
    """
    level = column.ago(bars)
    is_first = level < lowest(column, bars).ago(bars + 1)
    return Turn(is_first & (level <= lowest(column, bars)), level)


def pivot_high(column: Column, bars: int) -> Turn:
    """Return a high above the `bars` numbers before it and not below the `bars` after it."""
    level = column.ago(bars)
    is_first = level > highest(column, bars).ago(bars + 1)
    return Turn(is_first & (level >= highest(column, bars)), level)
