"""One trading day of ticks as readers and the synthetic market hand it to the catalog."""

from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTicks:
    """The expiring chain of one trading day and its underlying, sorted and in our schema.

    quotes      `schema.QUOTES`: option quotes of the contracts that expire on `day`
    prints      `schema.PRINTS`: the underlying's values
    settlement  official settlement value in quanta, or None: the last print at or before the
                close stands in and is marked as estimated
    counts      rows left out or mended while reading, by kind
    """

    day: date
    underlying: str
    quotes: pa.Table
    prints: pa.Table
    settlement: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
