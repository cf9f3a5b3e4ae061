"""Random columns, masks and programs of all instructions."""

from dataclasses import dataclass
from random import Random

import numpy as np

from forven.kernels import bars_schema as schema
from tests.reference.bars.signals import Step, packed

COMPARISONS = (schema.CODE_LT, schema.CODE_LE, schema.CODE_EQ, schema.CODE_CROSS)
_LEVELS = (0.0, -0.0, 0.25, 0.5, 1.0, float("inf"))


@dataclass(frozen=True)
class Room:
    """What a program may name."""

    bars: int
    columns: int
    constants: int
    masks: int
    registers: int


def columns(chance: Random, closes: list[int], count: int) -> np.ndarray:
    """Return series over the bars: prices, averages, chance, few levels; some values are NaN."""
    makers = [prices, average, noise, steps]
    rows = [chance.choice(makers)(chance, closes) for _ in range(count)]
    for row in rows:
        missing = chance.choice([0.0, 0.0, 0.05, 0.4])
        for bar in range(len(row)):
            if chance.random() < missing:
                row[bar] = float("nan")
    return np.array(rows, dtype=np.float64).reshape(count, len(closes))


def prices(chance: Random, closes: list[int]) -> list[float]:
    return [close / closes[0] for close in closes]


def average(chance: Random, closes: list[int]) -> list[float]:
    """Return a moving average in units of the first close; NaN until it is defined."""
    length = chance.choice([2, 3, 5, 20])
    found = []
    for bar in range(len(closes)):
        last = closes[max(0, bar - length + 1) : bar + 1]
        is_defined = bar + 1 >= length
        found.append(sum(last) / length / closes[0] if is_defined else float("nan"))
    return found


def noise(chance: Random, closes: list[int]) -> list[float]:
    return [chance.random() for _ in closes]


def steps(chance: Random, closes: list[int]) -> list[float]:
    """Return values that are often equal to each other and to constants, infinite ones too."""
    return [chance.choice(_LEVELS) for _ in closes]


def constants(chance: Random, count: int) -> np.ndarray:
    found = [chance.choice([*_LEVELS, 1.0, 0.8, 0.2, chance.random()]) for _ in range(count)]
    return np.array(found, dtype=np.float64)


def masks(chance: Random, count: int, bars: int) -> np.ndarray:
    """Return rows of bits of very different density."""
    rows = []
    for _ in range(count):
        density = chance.choice([0.0, 0.05, 0.2, 0.5, 0.9, 1.0])
        words = packed([chance.random() < density for _ in range(bars)])
        if chance.random() < 0.3:  # bits beyond the last bar, which nothing may look at
            words[-1] |= 2**64 - 2 ** ((bars - 1) % 64 + 1)
        rows.append(words)
    return np.array(rows, dtype=np.uint64).reshape(count, (bars + 63) // 64)


def program(chance: Random, room: Room) -> list[Step]:
    """Return a program that reads no register before it has written it."""
    length = chance.choice([1, 2, 4, 8, 12, 20])
    written: list[int] = []
    found = []
    for number in range(length):
        step = leaf(chance, room, number) if number < 2 else any_step(chance, room, written, number)
        found.append(step)
        written.append(step.out)
    return found


def any_step(chance: Random, room: Room, written: list[int], number: int) -> Step:
    if chance.random() < 0.35:
        return leaf(chance, room, number)
    out = out_of(chance, room, number)
    left, right = chance.choice(written), chance.choice(written)
    code = chance.choice(
        [
            schema.CODE_AND,
            schema.CODE_OR,
            schema.CODE_NOT,
            schema.CODE_LAG,
            schema.CODE_ALL,
            schema.CODE_ANY,
        ]
    )
    if code in (schema.CODE_AND, schema.CODE_OR):
        return Step(code, out, left, 0, right, 0)
    if code == schema.CODE_NOT:
        return Step(code, out, left, 0, 0, 0)
    return Step(code, out, left, 0, span(chance, room, code), 0)


def span(chance: Random, room: Room, code: int) -> int:
    """Return how many bars LAG, ALL and ANY look back; words and their edges among them."""
    least = 0 if code == schema.CODE_LAG else 1
    bars = chance.choice(
        [0, 1, 1, 2, 3, 5, 63, 64, 65, 128, room.bars - 1, room.bars, 1_000, 2**31]
    )
    return max(least, bars)


def leaf(chance: Random, room: Room, number: int) -> Step:
    """Return a comparison or a mask."""
    out = out_of(chance, room, number)
    if room.masks and chance.random() < 0.4:
        return Step(schema.CODE_MASK, out, chance.randrange(room.masks), 0, 0, 0)
    left, left_lag = operand(chance, room)
    right, right_lag = operand(chance, room)
    return Step(chance.choice(COMPARISONS), out, left, left_lag, right, right_lag)


def out_of(chance: Random, room: Room, number: int) -> int:
    """Return the register to write: mostly a new one, and often one that is there already."""
    return number % room.registers if chance.random() < 0.7 else chance.randrange(room.registers)


def operand(chance: Random, room: Room) -> tuple[int, int]:
    """Return a column with its lag, or a constant."""
    if chance.random() < 0.35 or not room.columns:
        return -1 - chance.randrange(room.constants), 0
    lag = chance.choice([0, 0, 0, 0, 1, 1, 2, 7, 63, 64, 65, room.bars, 2**31])
    return chance.randrange(room.columns), lag
