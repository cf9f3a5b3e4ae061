"""vectorbt on a sweep of crossing averages: boolean signals in, a record of each order out.

Its fastest path by measuring: `portfolio.dispatch.simulate_from_signals`, the function below
`Portfolio.from_signals`, without stops, with scalars instead of broadcast settings, a chunk of
columns at a time. The chunk's width is tuned before the first round. Signals are made beforehand;
how long that takes is told beside. With `way` "portfolio" it is `Portfolio.from_signals` as users
call it, with the total return and the number of trades. Runs in its own environment and knows
nothing of forven.
"""

import sys
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np
import vectorbt as vbt
from vectorbt.portfolio import dispatch

sys.path.insert(0, str(Path(__file__).parent))

from bar_inputs import check_growth, check_trades, read, told

CASH = 10_000.0
WIDTHS = (10, 25, 50)
TRIED = 3
"""Stretches of columns, and tries of each, to tune the width of a chunk by."""
BUY = 0


def versions():
    """Return what this environment runs."""
    return {name: version(name) for name in ("vectorbt", "vectorbt-rust", "numba", "numpy")}


class Simulated:
    """The combinations of a file in chunks of columns by one engine.

    settings  inputs, trades, engine (`rust` or `numba`), way (`simulate` or `portfolio`)
    """

    def __init__(self, settings):
        self.inputs = read(settings["inputs"])
        self.settings = settings
        self.engine = settings["engine"]
        opens, closes = self.inputs.opens, self.inputs.closes
        self.close = np.ascontiguousarray(closes[:, None])
        self.price = np.append(opens[1:], closes[-1])[:, None].copy()
        self.width = self.tuned()

    def tuned(self):
        """Return the width of a chunk that is fastest, each tried on several stretches."""
        runs = len(self.inputs.pairs)
        widths = sorted({min(width, runs) for width in WIDTHS})
        self.simulate(*self.inputs.signals(0, 1))  # compiled and loaded
        seconds = {}
        for width in widths:
            firsts = sorted({(runs - width) * at // (TRIED - 1) for at in range(TRIED)})
            best = [self.least_seconds(first, width) for first in firsts]
            seconds[width] = sum(best) / len(best) / width
        return min(seconds, key=seconds.get)

    def least_seconds(self, first, width):
        """Return the least seconds of some tries of one chunk."""
        signals = self.inputs.signals(first, first + width)
        times = []
        for _ in range(TRIED):
            start = perf_counter()
            self.simulate(*signals)
            times.append(perf_counter() - start)
        return min(times)

    def simulate(self, entries, exits):
        """Return what one chunk gives: order records, or ending values and numbers of trades."""
        if self.settings["way"] == "portfolio":
            portfolio = vbt.Portfolio.from_signals(
                self.close,
                entries,
                exits,
                price=self.price,
                fees=self.inputs.cost,
                init_cash=CASH,
                freq="1h",
                engine=self.engine,
            )
            grown = 1.0 + np.atleast_1d(portfolio.total_return())
            return portfolio, grown, np.atleast_1d(portfolio.trades.count())
        width = entries.shape[1]
        orders, _ = dispatch.simulate_from_signals(
            entries.shape,
            np.ones(width, np.int64),
            np.full(width, CASH),
            np.zeros(entries.shape, np.int64),
            long_entries=entries,
            long_exits=exits,
            price=self.price,
            fees=np.asarray(self.inputs.cost),
            close=self.close,
            use_stops=False,
            max_orders=int(entries.sum() + exits.sum()),
            engine=self.engine,
        )
        return orders

    def round(self):
        """Simulate all combinations once; look at what came out between the chunks, untimed."""
        seconds, making = 0.0, 0.0
        counts, grown, trades = [], [], []
        runs = len(self.inputs.pairs)
        for first in range(0, runs, self.width):
            start = perf_counter()
            signals = self.inputs.signals(first, min(first + self.width, runs))
            made = perf_counter()
            part = self.simulate(*signals)
            seconds += perf_counter() - made
            making += made - start
            if self.settings["way"] == "portfolio":
                portfolio, own, count = part
                orders = portfolio.orders.values
            else:
                orders = part
                own, count = self.ending(orders, first), None
            found = self.trades(orders, first)
            width = signals[0].shape[1]
            counts.append(np.bincount(found[:, 0] - first, minlength=width))
            if count is not None and (count != counts[-1]).any():
                raise RuntimeError("expected as many trades as orders say, found others")
            grown.append(own)
            trades.append(found)
        check_trades(self.inputs, np.concatenate(trades))
        details = {
            "columns_a_chunk": self.width,
            "seconds_of_signals": making,
            "return_deviation_max": check_growth(self.inputs, np.concatenate(grown)),
        }
        return told(self.inputs, seconds, np.concatenate(counts), self.settings, details)

    def trades(self, orders, first):
        """Return (T, 3) trades of order records: an entry and the exit after it."""
        bars, columns = orders["idx"] + 1, orders["col"] + first
        is_buy = orders["side"] == BUY
        follows = np.append(columns[1:] == columns[:-1], False)
        leaving = np.where(follows, np.append(bars[1:], 0), self.inputs.count - 1)
        return np.stack([columns[is_buy], bars[is_buy], leaving[is_buy]], axis=1)

    def ending(self, orders, first):
        """Return (k,) what one unit became by the sizes, prices and fees of order records."""
        width = min(self.width, len(self.inputs.pairs) - first)
        sign = np.where(orders["side"] == BUY, 1.0, -1.0)
        columns, size = orders["col"], orders["size"]
        paid = sign * size * orders["price"] + orders["fees"]
        cash = CASH - np.bincount(columns, paid, width)
        is_open = np.append(columns[1:] != columns[:-1], True) & (sign > 0)
        held = np.bincount(columns[is_open], size[is_open], width)
        return (cash + held * self.inputs.closes[-1]) / CASH


def prepare(settings):
    """Return a round over the combinations of the file that the settings name."""
    return Simulated(settings).round
