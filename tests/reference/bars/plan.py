"""A run's settings and the bars it reads, by name."""

from collections import namedtuple

from forven.kernels import bars_schema as columns

NAMES = sorted(
    (
        name.removeprefix("PLAN_").lower()
        for name in vars(columns)
        if name.startswith("PLAN_") and name != "PLAN_WIDTH"
    ),
    key=lambda name: getattr(columns, f"PLAN_{name.upper()}"),
)
"""Every column of a plan, in order."""

Plan = namedtuple("Plan", NAMES)
"""One run: an integer for each column of its row."""

LONG, SHORT = 1, -1
SIDES = (LONG, SHORT)
"""Long comes before short in each step."""


class Market:
    """The bars of a world as plain lists: prices and ATR in quanta, sums of funding."""

    def __init__(self, bars, funding) -> None:
        self.rows: list[list[int]] = bars.tolist()
        self.open = self.rows[columns.BAR_OPEN]
        self.high = self.rows[columns.BAR_HIGH]
        self.low = self.rows[columns.BAR_LOW]
        self.close = self.rows[columns.BAR_CLOSE]
        self.funding: list[float] = funding[columns.FUNDING_SUM].tolist()
        self.missing: list[float] = funding[columns.FUNDING_MISSING].tolist()
        self.bars = len(self.open)

    def worst(self, sign: int, bar: int) -> int:
        """Return the price of a bar that hurts a side most."""
        return self.low[bar] if sign == LONG else self.high[bar]

    def best(self, sign: int, bar: int) -> int:
        """Return the price of a bar that pleases a side most."""
        return self.high[bar] if sign == LONG else self.low[bar]
