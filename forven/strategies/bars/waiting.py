"""Which columns wait for an event, and may be undefined for a while after the warm-up."""

from functools import lru_cache

from forven.market.bars.columns import PRICE_NAMES
from forven.strategies.bars.expressions import (
    Arithmetic,
    BarsSince,
    Chosen,
    Column,
    Indicator,
    Lagged,
    Latest,
    Source,
)
from forven.strategies.bars.indicators.registry import entry_named

_ALWAYS_THERE = (*PRICE_NAMES, "day", "hour", "weekday")


@lru_cache(maxsize=100_000)
def waits(column: Column) -> bool:
    """Return whether a column may be undefined after its warm-up.

    So may volume and enrichment, that a source may lack, the latest of an event, a quotient (of
    0 by 0), a root, and what is made of them.
    """
    match column:
        case Latest() | BarsSince():
            return True
        case Source():
            return column.name not in _ALWAYS_THERE
        case Indicator():
            return entry_named(column.name).waits or any(map(waits, column.inputs))
        case Arithmetic():
            is_partial = column.operator in ("/", "sqrt")
            return is_partial or waits(column.left) or waits(column.right)
        case Lagged():
            return waits(column.column)
        case Chosen():
            return waits(column.left) or waits(column.right)
    return False
