"""Small random market days with everything in them that a rule speaks of.

All chance comes from the `random.Random` handed in, so that a seed alone gives the same day.
"""

from dataclasses import dataclass
from math import exp
from random import Random

import numpy as np

from forven.kernels import schema

SECOND_NS = 1_000_000_000
OPEN_TS = 1_700_000_000 * SECOND_NS


@dataclass
class Market:
    """A day as lists: `quotes[i][t]` is (bid, ask)."""

    ts: list[int]
    arrival: list[int]
    spot: list[int]
    instruments: list[tuple[int, int]]  # strike, right
    quotes: list[list[tuple[int, int]]]
    spacing: int
    close: int
    settlement: int
    multiplier: int

    def session_row(self, capacities: tuple[int, int, int]) -> np.ndarray:
        bounds = [OPEN_TS, self.close, self.settlement, self.multiplier]
        return np.array([*bounds, *capacities], dtype=np.int64)

    def clock(self) -> np.ndarray:
        return np.array([self.ts, self.arrival, self.spot], dtype=np.int64)

    def instrument_rows(self) -> np.ndarray:
        return np.array(self.instruments, dtype=np.int64).reshape(-1, 2)

    def quote_planes(self) -> np.ndarray:
        """Return quotes int32 [3, N, T], the third plane as `schema.QUOTE_MARK2` says."""
        planes = np.empty((3, len(self.instruments), len(self.ts)), dtype=np.int32)
        for i, column in enumerate(self.quotes):
            mark2 = schema.MISSING
            for t, (bid, ask) in enumerate(column):
                is_good = ask != schema.MISSING and bid <= ask
                mark2 = bid + ask if is_good else mark2
                is_plain = (is_good and bid > 0) or mark2 == schema.MISSING
                planes[:, i, t] = bid, ask, mark2 if is_plain else -2 - mark2
        return planes


def market(chance: Random, strikes: int, frames: int) -> Market:
    """Return one day of `frames` frames, the last ones at or after the close."""
    spacing = chance.choice([500, 500, 500, 1000, 2500, 100])
    centre = chance.choice([600_000, 600_000, 450_000, 20_000])
    ladder = [centre + spacing * (k - strikes // 2) for k in range(strikes)]
    if chance.random() < 0.15 and strikes > 3:
        ladder.remove(chance.choice(ladder[1:-1]))
    listed = [(strike, right) for right in (schema.CALL, schema.PUT) for strike in ladder]
    if chance.random() < 0.1 and len(listed) > 4:
        listed.remove(chance.choice(listed))
    ts = times(chance, frames)
    spots = walk(chance, centre, spacing, frames)
    quotes = [column(chance, item, spots, spacing) for item in listed]
    after_close = chance.choice([0, 0, 0, 1, 2])
    close = ts[max(2, frames - 1 - after_close)]
    hidden = chance.randint(1, 6) if chance.random() < 0.2 else 0
    spot = [schema.MISSING] * min(hidden, frames) + spots[hidden:]
    settlement = spots[-1] + chance.choice([0, 0, chance.randint(-spacing, spacing)])
    return Market(
        ts=ts,
        arrival=arrivals(chance, ts),
        spot=spot,
        instruments=listed,
        quotes=quotes,
        spacing=spacing,
        close=close,
        settlement=schema.MISSING if chance.random() < 0.08 else max(0, settlement),
        multiplier=chance.choice([1_000_000, 1_000_000, 1_000_000, 10_000, 2]),
    )


def times(chance: Random, frames: int) -> list[int]:
    """Irregular spacing, from fractions of a second to a minute."""
    pace = chance.choice([SECOND_NS, SECOND_NS, 5 * SECOND_NS, 20 * SECOND_NS])
    now, ts = OPEN_TS + chance.randint(0, 3) * SECOND_NS, []
    for _ in range(frames):
        ts.append(now)
        step = chance.choice([pace, pace, pace // 4, 2 * pace, chance.randint(1, 3 * pace)])
        now += step
    return ts


def arrivals(chance: Random, ts: list[int]) -> list[int]:
    """Mostly as recorded (no delay), sometimes late, in stretches."""
    if chance.random() < 0.6:
        return list(ts)
    late, delays = 0, []
    for _ in ts:
        if chance.random() < 0.25:
            late = chance.choice([0, 0, SECOND_NS // 2, SECOND_NS, 3 * SECOND_NS, 20 * SECOND_NS])
        delays.append(late)
    return [at + delay for at, delay in zip(ts, delays, strict=True)]


def walk(chance: Random, centre: int, spacing: int, frames: int) -> list[int]:
    """The underlying: a walk with drift, and a jump now and then."""
    step = chance.choice([spacing // 20, spacing // 8, spacing // 3])
    drift = chance.choice([0, 0, -step // 2, step // 2])
    level, path = centre + chance.randint(-spacing, spacing), []
    for _ in range(frames):
        level += drift + chance.randint(-step, step)
        if chance.random() < 0.03:
            level += chance.choice([-2, 2]) * spacing
        level = max(spacing, level)
        path.append(level)
    return path


def column(chance: Random, item: tuple[int, int], spots: list[int], spacing: int):
    """One instrument's forward-filled quotes."""
    strike, right = item
    time_value = chance.choice([60, 200, 200, 600, 1500])
    reach = spacing * chance.choice([1, 2, 4])
    grid = chance.choice([5, 5, 5, 1])
    half = chance.choice([2, 3, 5, 5, 10, 10, 30, 120])
    wildness = chance.choice([0.0, 0.02, 0.02, 0.15])
    quote = (schema.MISSING, schema.MISSING)
    quotes = []
    for t, spot in enumerate(spots):
        if (t == 0 and chance.random() < 0.85) or (t > 0 and chance.random() < 0.5):
            inside = spot - strike if right == schema.CALL else strike - spot
            decay = 1.0 - 0.7 * t / len(spots)
            value = max(0, inside) + int(time_value * decay * exp(-abs(inside) / reach))
            quote = quote_around(chance, value, half, grid)
            if chance.random() < wildness:
                quote = wild_quote(chance, quote)
        quotes.append(quote)
    return quotes


def quote_around(chance: Random, value: int, half: int, grid: int) -> tuple[int, int]:
    """A regular quote around a value: at least one grid step wide, the bid may be 0."""
    noise = chance.randint(-half, half) // 2
    bid = max(0, (value - half + noise) // grid * grid)
    ask = max(bid + grid, -(-(value + half + noise) // grid) * grid)
    return bid, ask


def wild_quote(chance: Random, quote: tuple[int, int]) -> tuple[int, int]:
    """Missing, without a bid, crossed, locked or far away."""
    bid, ask = quote
    kind = chance.randint(0, 4)
    if kind == 0:
        return schema.MISSING, schema.MISSING
    if kind == 1:
        return 0, ask
    if kind == 2:
        return ask + chance.randint(1, 20), ask
    if kind == 3:
        return ask, ask
    return bid + 300, ask + 300 + chance.choice([5, 50, 500])
