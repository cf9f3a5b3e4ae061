"""Section 7 of docs/BARS.md: the counts and sums of one run over one segment."""

import math

from forven.kernels import bars_schema as schema
from tests.reference.bars.plan import LONG
from tests.reference.bars.profit import Trade


class Tallies:
    """Counts and sums, filled trade by trade and bar by bar."""

    def __init__(self, capital: float, has_detail: bool) -> None:
        self.counts = [0] * schema.COUNT_WIDTH
        self.sums = [0.0] * schema.SUM_WIDTH
        self.sums[schema.SUM_EQUITY] = capital
        self.closed_peak = capital
        self.former = self.peak = capital
        self.has_detail = has_detail

    def count_trade(self, trade: Trade) -> None:
        """Count a trade that has a size; a shadow is only counted as one."""
        if trade.is_shadow:
            self.counts[schema.COUNT_SHADOWS] += 1
            return
        side = 0 if trade.sign == LONG else schema.SIDE_COUNTS
        self.counts[side + schema.COUNT_TRADES] += 1
        if trade.share > 0.0:
            self.counts[side + schema.COUNT_WINS] += 1
        elif trade.share < 0.0:
            self.counts[side + schema.COUNT_LOSSES] += 1
        else:
            self.counts[side + schema.COUNT_BREAKEVEN] += 1
        self.counts[side + schema.COUNT_BARS_HELD] += trade.bars_held
        self.counts[side + schema.COUNT_FUNDING_INCOMPLETE] += int(trade.missing > 0)
        self.counts[schema.COUNT_EXITS_FIRST + trade.reason] += 1
        self.counts[schema.COUNT_OPEN_AT_END] += int(trade.is_open_at_end)
        self.add_trade(trade, is_first=self.counts[side + schema.COUNT_TRADES] == 1)

    def add_trade(self, trade: Trade, is_first: bool) -> None:
        side = 0 if trade.sign == LONG else schema.SIDE_SUMS
        r, base, f = trade.share, trade.position.base, trade.position.size / 1e6

        def add(column: int, number: float) -> None:
            self.sums[side + column] = self.sums[side + column] + number

        if trade.pnl > 0.0:
            add(schema.SUM_GAINS, trade.pnl)
        if trade.pnl < 0.0:
            add(schema.SUM_LOSSES, -trade.pnl)
        add(schema.SUM_RETURNS, r)
        add(schema.SUM_SQUARES, r * r)
        if r < 0.0:
            add(schema.SUM_DOWNSIDE, r * r)
        add(schema.SUM_DRAG, base * trade.drag * f)
        add(schema.SUM_FUNDING, base * trade.funding * f)
        if is_first or r > self.sums[side + schema.SUM_BEST]:
            self.sums[side + schema.SUM_BEST] = r
        if is_first or r < self.sums[side + schema.SUM_WORST]:
            self.sums[side + schema.SUM_WORST] = r

    def take_equity(self, equity: float) -> None:
        """Take the equity realised after a trade."""
        self.sums[schema.SUM_EQUITY] = equity
        if equity > self.closed_peak:
            self.closed_peak = equity
        self.greatest(schema.SUM_CLOSED_DRAWDOWN, (self.closed_peak - equity) / self.closed_peak)

    def take_bar(self, value: float, trough: float) -> None:
        """Take the value and the trough of a bar, neither below 0."""
        if self.has_detail:
            change = value / self.former - 1.0 if self.former != 0.0 else 0.0
            self.sums[schema.SUM_BAR_RETURNS] += change
            self.sums[schema.SUM_BAR_SQUARES] += change * change
            if change < 0.0:
                self.sums[schema.SUM_BAR_DOWNSIDE] += change * change
            self.greatest(schema.SUM_MAX_DRAWDOWN, (self.peak - min(trough, value)) / self.peak)
        self.former = value
        self.peak = max(self.peak, value)

    def greatest(self, column: int, number: float) -> None:
        self.sums[column] = max(self.sums[column], number)

    def row_of_sums(self) -> list[float]:
        """Return the sums; those of bars are NaN without detail."""
        row = list(self.sums)
        if not self.has_detail:
            for column in (
                schema.SUM_BAR_RETURNS,
                schema.SUM_BAR_SQUARES,
                schema.SUM_BAR_DOWNSIDE,
                schema.SUM_MAX_DRAWDOWN,
            ):
                row[column] = math.nan
        return row
