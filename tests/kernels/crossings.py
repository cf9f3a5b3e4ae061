"""Crossings of moving averages over a random walk: many runs on few columns, as in a sweep."""

from itertools import product

import numpy as np

from forven.kernels import bars_schema as schema
from forven.kernels.bars_arrays import BarArrays

FAST = (3, 5, 8, 13, 21)
SLOW = (20, 34, 55, 89)


def average(values, bars):
    """Return the mean of the last so many values, NaN before there are as many."""
    sums = np.cumsum(np.concatenate(([0.0], values)))
    means = np.full(len(values), np.nan)
    means[bars - 1 :] = (sums[bars:] - sums[:-bars]) / bars
    return means


def walk(count, seed):
    """Return bars of a random walk, with rows of average ranges, and funding with gaps."""
    chance = np.random.default_rng(seed)
    close = np.exp(np.cumsum(chance.normal(0, 0.01, count))) * 50_000
    opened = np.concatenate(([50_000.0], close[:-1])) * np.exp(chance.normal(0, 0.001, count))
    high = np.maximum(opened, close) * (1 + np.abs(chance.normal(0, 0.005, count)))
    low = np.minimum(opened, close) * (1 - np.abs(chance.normal(0, 0.005, count)))
    bars = np.array([opened, high, low, close, close * 0.01]).astype(np.int64)
    bars[1] = bars[:4].max(axis=0)
    bars[2] = bars[:4].min(axis=0)
    funding = np.zeros((2, count + 1))
    funding[0, 1:] = np.cumsum(chance.normal(0, 1e-5, count))
    funding[1, 1:] = np.cumsum(chance.random(count) < 0.01)
    return bars, funding


def plan_of(first, **settings):
    """Return a plan whose two crossings are instructions `first` and the one after it."""
    row = np.zeros(schema.PLAN_WIDTH, np.int64)
    row[schema.PLAN_PROGRAM_BEGIN], row[schema.PLAN_PROGRAM_END] = first, first + 2
    row[schema.PLAN_EXIT_LONG] = row[schema.PLAN_ENTER_SHORT] = 1
    defaults = {
        "MODE": schema.MODE_LONG,
        "ATR_ROW": schema.BAR_ATR_FIRST,
        "KELLY_LOOKBACK": 20,
        "FALLBACK_STOP_PPM": 30_000,
        "LEVERAGE_PPM": schema.UNIT_PPM,
        "COST_PPM": 650,
        "CAPITAL_MICROS": 10**10,
    }
    for name, value in {**defaults, **settings}.items():
        row[getattr(schema, f"PLAN_{name}")] = value
    return row


def crossings(count=3_000, seed=1, **settings):
    """Return a run for each pair of averages, over a train and a test segment."""
    bars, funding = walk(count, seed)
    close = bars[schema.BAR_CLOSE].astype(float)
    program, plans = [], []
    for fast, slow in product(range(len(FAST)), range(len(FAST), len(FAST) + len(SLOW))):
        plans.append(plan_of(len(program), **settings))
        program.append([schema.CODE_CROSS, 0, fast, 0, slow, 0])
        program.append([schema.CODE_CROSS, 1, slow, 0, fast, 0])
    cut = count * 7 // 10
    return BarArrays(
        bars=bars,
        funding=funding,
        columns=np.array([average(close, bars) for bars in FAST + SLOW]),
        constants=np.zeros(0),
        masks=np.zeros((0, (count + 63) // 64), np.uint64),
        program=np.array(program, np.int64),
        plans=np.array(plans, np.int64),
        segments=np.array([[max(SLOW), cut], [cut, count]], np.int64),
    )
