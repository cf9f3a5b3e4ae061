"""Series for any entry of the registry, and settings inside its bounds."""

import numpy as np

from forven.market.bars.synthetic import random_bars
from forven.strategies.bars.evaluation import clock

BARS = random_bars(1_500, 5)
SHARES = {"lower": 0.97, "upper": 1.03}


def inputs_of(entry, bars=BARS):
    """Return a series for each of its inputs."""
    close = bars.floats("close")
    made = []
    for name in entry.inputs:
        if name == "day":
            made.append(clock(bars.ends_ns, "day"))
        elif name == "event":
            made.append((close > bars.floats("open") * 1.004).astype(float))
        elif name in SHARES:
            made.append(close * SHARES[name])
        else:
            made.append(close if name == "series" else bars.floats(name))
    return [np.ascontiguousarray(series) for series in made]


def settings_of(entry, random):
    """Return random settings inside its bounds, periods below 20 bars."""
    return [
        int(random.integers(int(setting.low), 20))
        if setting.is_whole
        else float(random.uniform(max(setting.low, 0.01), min(setting.high, 3.0)))
        for setting in entry.settings
    ]
