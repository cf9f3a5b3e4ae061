"""raptorbt on a sweep of crossing averages: `batch_single_backtest`, a chunk of signals a call.

Its documented path for many backtests over the same bars, in parallel on all cores by itself. It
works out an equity curve, drawdowns and some sixty metrics of each; nothing turns that off. Runs
in its own environment and knows nothing of forven.
"""

import sys
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np
import raptorbt

sys.path.insert(0, str(Path(__file__).parent))

from bar_inputs import check_growth, check_trades, read, told

CASH = 10_000.0
WIDTH = 50


def versions():
    """Return what this environment runs."""
    return {name: version(name) for name in ("raptorbt", "numpy")}


def prepare(settings):
    """Return a round over the combinations of the file that the settings name.

    settings  inputs (.npz), trades (the agreement's name)
    """
    inputs = read(settings["inputs"])
    config = raptorbt.BacktestConfig(
        initial_capital=CASH, fees=inputs.cost, slippage=0.0, fill_timing="next_bar_open"
    )
    prices = (inputs.ends_ns, inputs.opens, inputs.highs, inputs.lows, inputs.closes)
    market = (*map(np.ascontiguousarray, prices), np.ones(inputs.count))

    def take():
        runs = len(inputs.pairs)
        seconds, making = 0.0, 0.0
        counts, grown, trades = [], [], []
        for first in range(0, runs, WIDTH):
            start = perf_counter()
            last = min(first + WIDTH, runs)
            entries, exits = (np.ascontiguousarray(one.T) for one in inputs.signals(first, last))
            made = perf_counter()
            items = [
                raptorbt.BatchSingleItem(str(first + at), entries[at], exits[at])
                for at in range(last - first)
            ]
            results = raptorbt.batch_single_backtest(*market, items, config)
            seconds += perf_counter() - made
            making += made - start
            for name, result in results:
                counts.append(result.metrics.total_trades)
                grown.append(result.metrics.end_value / CASH)
                trades += [(int(name), one.entry_idx, one.exit_idx) for one in result.trades()]
        check_trades(inputs, np.array(trades, np.int64).reshape(-1, 3))
        details = {
            "seconds_of_signals": making,
            "return_deviation_max": check_growth(inputs, grown),
        }
        return told(inputs, seconds, counts, settings, details)

    return take
