"""backtrader on some crossings of averages: a strategy in Python, called bar by bar.

Its documented path for speed: `runonce` and data preloaded, no observers, no statistics but a count
of trades; signals handed in as arrays. One unit of the contract is traded with ample cash, so that
trades compare but returns do not. Runs in its own environment and knows nothing of forven.
"""

import sys
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import backtrader as bt
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from backtrader_crossing import Crossing, Rows
from bar_inputs import check_trades, read, told

CASH = 1e9
START = datetime(2020, 1, 1, tzinfo=UTC)


def versions():
    """Return what this environment runs."""
    return {name: version(name) for name in ("backtrader", "numpy")}


def prepare(settings):
    """Return a round over the combinations of the file that the settings name.

    settings  inputs (.npz), trades (the agreement's name)
    """
    inputs = read(settings["inputs"])
    times = [bt.date2num(START + timedelta(hours=bar)) for bar in range(inputs.count)]
    prices = (inputs.opens, inputs.highs, inputs.lows, inputs.closes)
    rows = (*(one.tolist() for one in prices), times)
    entries, exits = (one.T.tolist() for one in inputs.signals(0, len(inputs.pairs)))

    def take():
        start = perf_counter()
        fills = []
        for run in range(len(inputs.pairs)):
            cerebro = bt.Cerebro(stdstats=False, runonce=True, preload=True)
            cerebro.adddata(Rows(rows=rows))
            cerebro.addstrategy(Crossing, entries=entries[run], exits=exits[run])
            cerebro.broker.setcash(CASH)
            cerebro.broker.setcommission(commission=inputs.cost)
            fills.append(cerebro.run()[0].fills)
        seconds = perf_counter() - start
        trades = []
        for run, bars in enumerate(fills):
            ended = [*bars, inputs.count - 1] if len(bars) % 2 else bars
            trades += [(run, *ended[at : at + 2]) for at in range(0, len(ended), 2)]
        check_trades(inputs, np.array(trades, np.int64).reshape(-1, 3))
        counts = [(len(bars) + 1) // 2 for bars in fills]
        return told(inputs, seconds, counts, settings, {})

    return take
