"""Random bars with gaps, flat stretches, ties, ATR rows, and funding with rates missing."""

from random import Random

import numpy as np

from forven.kernels import bars_schema as schema

KINDS = ("usual", "usual", "usual", "wild", "tiny", "ties", "huge", "still", "spiky")
_START = {"usual": 60_000, "wild": 25_000, "tiny": 9, "ties": 1_000, "huge": 499_000_000_000}
_STEP = {
    "usual": 0.012,
    "wild": 0.06,
    "tiny": 0.15,
    "ties": 0.01,
    "huge": 0.01,
    "still": 0.0005,
    "spiky": 0.01,
}


def bars(chance: Random, count: int, atr_rows: int) -> np.ndarray:
    """Return prices and ATR rows over `count` bars."""
    kind = chance.choice(KINDS)
    prices = walk(chance, kind, count)
    rows = [[bar[row] for bar in prices] for row in range(schema.BAR_ATR_FIRST)]
    rows += [average_ranges(chance, prices) for _ in range(atr_rows)]
    return np.array(rows, dtype=np.int64)


def walk(chance: Random, kind: str, count: int) -> list[tuple[int, int, int, int]]:
    """Return (open, high, low, close) of each bar."""
    price, step = _START.get(kind, 60_000), _STEP[kind]
    is_flat = False
    found = []
    for _ in range(count):
        if chance.random() < 0.06:
            is_flat = not is_flat and kind != "huge"
        move = 0.0 if is_flat else step
        opened = price if chance.random() < 0.6 else moved(chance, kind, price, move)
        if chance.random() < 0.03:
            opened = jumped(chance, kind, opened)
        closed = moved(chance, kind, opened, move)
        if chance.random() < 0.02:
            closed = jumped(chance, kind, closed)
        ends = (opened, closed)
        high = max(*ends, moved(chance, kind, max(ends), move / 2), opened)
        low = min(*ends, moved(chance, kind, min(ends), move / 2), opened)
        if chance.random() < (0.1 if kind == "spiky" else 0.01):
            high, low = spiked(chance, kind, high, low)
        found.append((opened, high, low, closed))
        price = closed
    return found


def moved(chance: Random, kind: str, price: int, step: float) -> int:
    """Return a price a random step away; ties lie on a coarse grid."""
    further = price * (1.0 + step * chance.uniform(-1.7, 1.7))
    if kind == "ties":
        further = 10 * round(further / 10)
    return clamped(round(further))


def jumped(chance: Random, kind: str, price: int) -> int:
    """Return a price after a shock; tiny ones stay tiny, so that money stays finite."""
    further = clamped(round(price * chance.choice([0.5, 0.7, 0.85, 0.93, 1.07, 1.2, 1.5, 1.9])))
    return min(further, 20) if kind == "tiny" else further


def spiked(chance: Random, kind: str, high: int, low: int) -> tuple[int, int]:
    """Return a high or a low far out, from which the bar comes back."""
    if chance.random() < 0.6:
        further = clamped(round(high * chance.choice([1.3, 2.1, 3.0])))
        return max(high, min(further, 20) if kind == "tiny" else further), low
    return high, min(low, clamped(round(low * chance.choice([0.4, 0.7, 0.9]))))


def clamped(price: int) -> int:
    return min(max(price, 1), schema.PRICE_MAX)


def average_ranges(chance: Random, prices: list[tuple[int, int, int, int]]) -> list[int]:
    """Return smoothed ranges; those of the first bars, and some others, are not defined."""
    average, found = 0.0, []
    undefined = chance.choice([0, 1, 5, 14])
    for bar, (_, high, low, _) in enumerate(prices):
        average += (high - low - average) / 7
        is_known = bar >= undefined and chance.random() < 0.95
        found.append(
            round(average) if is_known else chance.choice([-1, -1, 0, -(2**63), schema.PRICE_MAX])
        )
    return found


def funding(chance: Random, count: int) -> np.ndarray:
    """Return sums of rates before each bar and of missing ones."""
    hours = chance.choice([0.25, 1.0, 4.0, 24.0])
    size = chance.choice([0.0, 1e-5, 1e-5, 1e-4, 1e-3])
    missing = chance.choice([0.0, 0.0, 0.02, 0.3, 1.0])
    rows = np.zeros((schema.FUNDING_ROWS, count + 1), dtype=np.float64)
    for bar in range(count):
        is_missing = chance.random() < missing
        rate = 0.0 if is_missing else chance.gauss(size / 2, size) * hours
        rows[schema.FUNDING_SUM, bar + 1] = rows[schema.FUNDING_SUM, bar] + rate
        rows[schema.FUNDING_MISSING, bar + 1] = rows[schema.FUNDING_MISSING, bar] + is_missing
    return rows
