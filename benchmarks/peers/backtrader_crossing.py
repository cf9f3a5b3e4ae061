"""A feed and a strategy for backtrader, which asks for the module of a class by its name: a script
that is run has none.
"""

import backtrader as bt


class Rows(bt.feed.DataBase):
    """A feed of arrays: no pandas, no text."""

    params = (("rows", None),)

    def start(self):
        super().start()
        self.at = 0

    def _load(self):
        if self.at >= len(self.p.rows[0]):
            return False
        opens, highs, lows, closes, times = self.p.rows
        lines = self.lines
        lines.datetime[0] = times[self.at]
        lines.open[0], lines.high[0] = opens[self.at], highs[self.at]
        lines.low[0], lines.close[0] = lows[self.at], closes[self.at]
        lines.volume[0] = lines.openinterest[0] = 0.0
        self.at += 1
        return True


class Crossing(bt.Strategy):
    """Buys where the entry array says so, leaves where the exit array does."""

    params = (("entries", None), ("exits", None))

    def __init__(self):
        self.fills = []

    def next(self):
        bar = len(self) - 1
        if self.p.entries[bar]:
            self.buy(size=1.0)
        elif self.p.exits[bar] and self.position:
            self.close()

    def notify_order(self, order):
        if order.status == order.Completed:
            self.fills.append(len(self) - 1)
