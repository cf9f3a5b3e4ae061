"""What a strategy may read of the bars while it writes its rules: names, not numbers."""

from dataclasses import dataclass

from forven.market.bars.columns import ENRICHMENT, PRICE_NAMES
from forven.market.bars.timeframes import timeframe_of
from forven.strategies.bars.errors import InvalidBarStrategy, proposal
from forven.strategies.bars.expressions import Column, Source

CLOCK = ("day", "hour", "weekday", "bar_of_day")
"""Numbers of the clock: the day since 1970, its hour, its weekday (Monday is 0), all UTC and of
the bar's last nanosecond, and the bar's place in its day, NaN in the first, which may be a part."""
OPEN, HIGH, LOW, CLOSE, VOLUME = map(Source, (*PRICE_NAMES, "volume"))
DAY, HOUR, WEEKDAY, BAR_OF_DAY = map(Source, CLOCK)
TYPICAL = (HIGH + LOW + CLOSE) / 3.0
MEDIAN = (HIGH + LOW) / 2.0


@dataclass(frozen=True, slots=True)
class Market:
    """The columns of bars of one timeframe, by name.

    timeframe   "1m", "5m", "15m", "1h", "4h", "1d" or "1w"
    needs       the enrichment columns a strategy declared: the only ones it may read
    """

    timeframe: str = "1h"
    needs: tuple[str, ...] = tuple(ENRICHMENT)

    def __post_init__(self) -> None:
        timeframe_of(self.timeframe)

    @property
    def open(self) -> Column:
        """The first price of the bar."""
        return OPEN

    @property
    def high(self) -> Column:
        """The highest price of the bar."""
        return HIGH

    @property
    def low(self) -> Column:
        """The lowest price of the bar."""
        return LOW

    @property
    def close(self) -> Column:
        """The last price of the bar."""
        return CLOSE

    @property
    def volume(self) -> Column:
        """What was traded in the bar, in base units."""
        return VOLUME

    @property
    def typical(self) -> Column:
        """The mean of high, low and close."""
        return TYPICAL

    @property
    def median(self) -> Column:
        """The middle between high and low."""
        return MEDIAN

    @property
    def day(self) -> Column:
        """The number of the bar's UTC day since 1970-01-01."""
        return DAY

    @property
    def hour(self) -> Column:
        """The UTC hour the bar ends in, 0 to 23; a bar that ends at a full hour: the one before."""
        return HOUR

    @property
    def weekday(self) -> Column:
        """The bar's weekday, Monday is 0."""
        return WEEKDAY

    @property
    def bar_of_day(self) -> Column:
        """How many bars of its day came before it; NaN in the first day, whose begin is unknown."""
        return BAR_OF_DAY

    def column(self, name: str) -> Column:
        """Return an enrichment column that the strategy declared as one of its needs."""
        if name not in self.needs:
            raise InvalidBarStrategy(
                f"column {name!r}: expected a name in needs=({', '.join(map(repr, self.needs))}); "
                f"{proposal(name, ENRICHMENT)} Declare what the strategy reads"
            )
        return Source(name)

    def bars_in(self, hours: float) -> int:
        """Return how many bars a time of so many hours has, at least one."""
        return max(1, round(hours / timeframe_of(self.timeframe).hours))
