"""Examples written by hand, a bar a line: for cases whose numbers a reader can work out."""

from dataclasses import dataclass, field

import numpy as np

from forven.kernels import bars_schema as schema
from tests.reference.bars.comparison import Outcome
from tests.reference.bars.scenarios import Scenario, plan_row
from tests.reference.bars.signals import packed

_ROWS = ("ENTER_LONG", "EXIT_LONG", "ENTER_SHORT", "EXIT_SHORT")
_PLAN = {
    "PROGRAM_BEGIN": 0,
    "PROGRAM_END": 4,
    "ENTER_LONG": 0,
    "EXIT_LONG": 1,
    "ENTER_SHORT": 2,
    "EXIT_SHORT": 3,
    "MODE": schema.MODE_BOTH,
    "SIZING": schema.SIZING_FULL,
    "FIXED_SIZE_MICROS": 1,
    "RISK_PPM": 10_000,
    "ATR_ROW": -1,
    "ATR_STOP_MILLI": 2_000,
    "KELLY_MILLI": 500,
    "KELLY_LOOKBACK": 100,
    "FALLBACK_STOP_PPM": 30_000,
    "LEVERAGE_PPM": 1_000_000,
    "CAPITAL_MICROS": 1_000_000_000,
    "DETAIL": 1,
}


@dataclass
class Example:
    """One run over one segment by hand: capital 1,000, whole size, no costs, leverage 1.

    bars      (open, high, low, close) or one price for all four
    signals   by name, the bars at which each is set: `enter_long=[0]` fills at the open of bar 1
    rates     funding rate times hours of each bar; None is missing, and so are all not given
    """

    bars: list
    enter_long: list[int] = field(default_factory=list)
    exit_long: list[int] = field(default_factory=list)
    enter_short: list[int] = field(default_factory=list)
    exit_short: list[int] = field(default_factory=list)
    atr: list[int] | None = None
    rates: list[float | None] | None = None
    segment: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        self.plan = dict(_PLAN)

    def set(self, **cells: int) -> "Example":
        """Set columns of the plan by name: `set(STOP_PPM=20_000)`."""
        self.plan |= cells
        return self

    def scenario(self) -> Scenario:
        count = len(self.bars)
        prices = [bar if isinstance(bar, tuple) else (bar,) * 4 for bar in self.bars]
        rows = [list(row) for row in zip(*prices, strict=True)]
        if self.atr is not None:
            rows.append(self.atr)
        signals = [self.enter_long, self.exit_long, self.enter_short, self.exit_short]
        program = [[schema.CODE_MASK, row, row, 0, 0, 0] for row in range(len(_ROWS))]
        return Scenario(
            bars=np.array(rows, dtype=np.int64),
            funding=self.funding(),
            columns=np.zeros((0, count)),
            constants=np.zeros(0),
            masks=np.array([words(bars, count) for bars in signals], dtype=np.uint64),
            program=np.array(program, dtype=np.int64),
            plans=plan_row(self.plan).reshape(1, -1),
            segments=np.array([self.segment or (0, count)], dtype=np.int64),
        )

    def funding(self) -> np.ndarray:
        rows = np.zeros((schema.FUNDING_ROWS, len(self.bars) + 1))
        for bar, rate in enumerate(self.rates or [0.0] * len(self.bars)):
            rows[schema.FUNDING_SUM, bar + 1] = rows[schema.FUNDING_SUM, bar] + (rate or 0.0)
            rows[schema.FUNDING_MISSING, bar + 1] = rows[schema.FUNDING_MISSING, bar]
            rows[schema.FUNDING_MISSING, bar + 1] += rate is None
        return rows


def words(bars: list[int], count: int) -> list[int]:
    return packed([bar in bars for bar in range(count)])


class Told:
    """What came of one run over one segment, to be asked by name."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome

    @property
    def fills(self) -> list[tuple[int, ...]]:
        """Return (sign, entry bar, entry price, exit bar, exit price) of each trade."""
        columns = [
            schema.TRADE_SIGN,
            schema.TRADE_ENTRY_BAR,
            schema.TRADE_ENTRY_PRICE,
            schema.TRADE_EXIT_BAR,
            schema.TRADE_EXIT_PRICE,
        ]
        return [tuple(row) for row in self.outcome.trades[:, columns].tolist()]

    def of_trades(self, name: str) -> list:
        """Return one column of all trades: `of_trades("SIZE_PPM")`, `of_trades("PNL")`."""
        column = getattr(schema, f"TRADE_{name}")
        is_number = name in ("BASE", "GROSS", "DRAG", "FUNDING", "RETURN", "PNL")
        rows = self.outcome.trade_values if is_number else self.outcome.trades
        return rows[:, column].tolist()

    @property
    def reasons(self) -> list[int]:
        return self.of_trades("REASON")

    @property
    def sizes(self) -> list[int]:
        return self.of_trades("SIZE_PPM")

    @property
    def values(self) -> list[float]:
        return self.outcome.values[0, 0].tolist()

    def count(self, name: str, side: int = 1) -> int:
        """Return a count by name; of a side where `side` is -1 for the short one."""
        further = schema.SIDE_COUNTS if side == -1 else 0
        return int(self.outcome.counts[0, 0, getattr(schema, f"COUNT_{name}") + further])

    def exits(self, reason: int) -> int:
        return int(self.outcome.counts[0, 0, schema.COUNT_EXITS_FIRST + reason])

    def sum(self, name: str, side: int = 1) -> float:
        """Return a sum by name; of a side where `side` is -1 for the short one."""
        further = schema.SIDE_SUMS if side == -1 else 0
        return float(self.outcome.sums[0, 0, getattr(schema, f"SUM_{name}") + further])
