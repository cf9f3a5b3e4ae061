"""Good arguments of the bar kernel's functions: one small world in which every array is read."""

import numpy as np

from forven.kernels import bars_schema as layout

BARS = 130
"""Two words of signals, and a third that is not full."""

READ = ("bars", "funding", "columns", "constants", "masks", "program", "plans", "segments")

_PROGRAM = (
    (layout.CODE_CROSS, 0, 0, 0, 1, 2),
    (layout.CODE_LT, 1, 0, 1, -2, 0),
    (layout.CODE_MASK, 2, 1, 0, 0, 0),
    (layout.CODE_OR, 0, 0, 0, 2, 0),
    (layout.CODE_ANY, 3, 2, 0, 3, 0),
)
_RUN = {
    "PROGRAM_END": len(_PROGRAM),
    "EXIT_LONG": 1,
    "ENTER_SHORT": 3,
    "EXIT_SHORT": 0,
    "MODE": layout.MODE_BOTH,
    "SIZING": layout.SIZING_ATR,
    "RISK_PPM": 10_000,
    "ATR_ROW": layout.BAR_ATR_FIRST,
    "ATR_STOP_MILLI": 2_000,
    "KELLY_MILLI": 500,
    "KELLY_LOOKBACK": 5,
    "TARGET_PPM": 40_000,
    "TRAIL_PPM": 30_000,
    "TIME_STOP_BARS": 9,
    "FALLBACK_STOP_PPM": 30_000,
    "LEVERAGE_PPM": 3_000_000,
    "COST_PPM": 650,
    "CAPITAL_MICROS": 10_000_000_000,
    "DETAIL": 1,
}


def read_arguments() -> dict[str, np.ndarray]:
    """Return the arrays that are only read: 130 bars, two runs and two segments."""
    random = np.random.default_rng(5)
    closes = 10_000 + random.integers(-150, 151, BARS).cumsum()
    opens = np.concatenate([[10_000], closes[:-1]])
    highs = np.maximum(opens, closes) + random.integers(0, 90, BARS)
    lows = np.minimum(opens, closes) - random.integers(0, 90, BARS)
    atr = random.integers(50, 200, BARS)
    rates = random.normal(0, 1e-4, BARS)
    missing = np.arange(BARS) % 40 == 0
    funding = np.zeros((layout.FUNDING_ROWS, BARS + 1))
    funding[layout.FUNDING_SUM, 1:] = rates.cumsum()
    funding[layout.FUNDING_MISSING, 1:] = missing.cumsum()
    plans = np.zeros((2, layout.PLAN_WIDTH), np.int64)
    for name, value in _RUN.items():
        plans[:, getattr(layout, f"PLAN_{name}")] = value
    plans[1, layout.PLAN_SIZING] = layout.SIZING_KELLY
    return {
        "bars": np.array([opens, highs, lows, closes, atr]),
        "funding": funding,
        "columns": random.normal(0, 1, (2, BARS)),
        "constants": np.array([0.25, 0.5]),
        "masks": random.integers(0, 2**63, (2, 3), np.uint64) % np.array([2**63, 2**63, 4], "u8"),
        "program": np.array(_PROGRAM, np.int64),
        "plans": plans,
        "segments": np.array([[0, 70], [3, BARS]]),
    }


def sweep_arguments() -> dict[str, object]:
    """Return the arguments of `bars_sweep`."""
    return {
        **read_arguments(),
        "counts": np.zeros((2, 2, layout.COUNT_WIDTH), np.int64),
        "sums": np.zeros((2, 2, layout.SUM_WIDTH)),
        "threads": 1,
    }


def trace_arguments() -> dict[str, object]:
    """Return the arguments of `bars_trace`, with room for all its trades."""
    given = sweep_arguments()
    del given["threads"]
    return {
        **given,
        "trades": np.zeros((200, layout.TRADE_WIDTH), np.int64),
        "trade_values": np.zeros((200, layout.TRADE_VALUES)),
        "values": np.zeros((2, 2, BARS)),
        "signals": np.zeros((2, 4, 3), np.uint64),
    }


def evaluate_arguments() -> dict[str, object]:
    """Return the arguments of `bars_evaluate`."""
    given = read_arguments()
    names = ("columns", "constants", "masks", "program")
    return {**{name: given[name] for name in names}, "registers": np.zeros((4, 3), np.uint64)}
