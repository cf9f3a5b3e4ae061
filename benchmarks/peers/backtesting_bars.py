"""backtesting.py on some crossings of averages: a strategy in Python, called bar by bar.

Its fastest documented path: indicators handed in as finished arrays, orders at the next open,
`exclusive_orders` off, one `Backtest.run` a combination. Whole units are bought with the cash,
which is large, so that their rounding is small beside it. Runs in its own environment and knows
nothing of forven.
"""

import sys
import warnings
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
from backtesting import Backtest, Strategy

sys.path.insert(0, str(Path(__file__).parent))

from bar_inputs import check_trades, read, told

CASH = 1e12
SHARE = 0.999
"""Of the cash that an order takes: its fee and the gap to the next open must be left."""


def versions():
    """Return what this environment runs."""
    return {name: version(name) for name in ("backtesting", "numpy", "pandas")}


class Crossing(Strategy):
    """Buys where the entry array says so, leaves where the exit array does."""

    entries = None
    exits = None

    def init(self):
        self.enter = self.I(lambda: self.entries, plot=False)
        self.leave = self.I(lambda: self.exits, plot=False)

    def next(self):
        if self.enter[-1]:
            self.buy(size=SHARE)
        elif self.leave[-1] and self.position:
            self.position.close()


def prepare(settings):
    """Return a round over the combinations of the file that the settings name.

    settings  inputs (.npz), trades (the agreement's name)
    """
    warnings.filterwarnings("ignore")
    inputs = read(settings["inputs"])
    names = ("Open", "High", "Low", "Close")
    prices = (inputs.opens, inputs.highs, inputs.lows, inputs.closes)
    frame = pd.DataFrame(
        dict(zip(names, prices, strict=True)), index=pd.to_datetime(inputs.ends_ns)
    )
    entries, exits = (one.astype(float) for one in inputs.signals(0, len(inputs.pairs)))

    def take():
        start = perf_counter()
        found = []
        for run in range(len(inputs.pairs)):
            backtest = Backtest(
                frame,
                Crossing,
                cash=CASH,
                commission=inputs.cost,
                exclusive_orders=False,
                finalize_trades=True,
            )
            found.append(backtest.run(entries=entries[:, run], exits=exits[:, run]))
        seconds = perf_counter() - start
        trades = [
            (run, int(entry), int(leaving))
            for run, result in enumerate(found)
            for entry, leaving in zip(
                result["_trades"]["EntryBar"], result["_trades"]["ExitBar"], strict=True
            )
        ]
        check_trades(inputs, np.array(trades, np.int64).reshape(-1, 3))
        return told(inputs, seconds, [len(one["_trades"]) for one in found], settings, {})

    return take
