"""Section 2 of docs/BARS.md: programs on registers, a list of booleans each."""

import math
from typing import NamedTuple

import numpy as np

from forven.kernels import bars_schema as schema

NAMES = {
    code: name.removeprefix("CODE_")
    for name, code in vars(schema).items()
    if name.startswith("CODE_")
}
"""The name of each instruction, by its code."""


class Step(NamedTuple):
    """One instruction: its columns in order."""

    code: int
    out: int
    left: int
    left_lag: int
    right: int
    right_lag: int


class Signals:
    """What programs read: columns, constants and masks over some bars."""

    def __init__(self, columns, constants, masks, bars: int) -> None:
        self.columns: list[list[float]] = columns.tolist()
        self.constants: list[float] = constants.tolist()
        self.masks = [unpacked(words, bars) for words in masks]
        self.bars = bars

    def evaluate(self, steps: list[Step]) -> dict[int, list[bool]]:
        """Return the registers that a program has written at its end."""
        registers: dict[int, list[bool]] = {}
        for step in steps:
            registers[step.out] = [self.bit(step, registers, bar) for bar in range(self.bars)]
        return registers

    def bit(self, step: Step, registers: dict[int, list[bool]], bar: int) -> bool:
        """Return one bit of an instruction."""
        if step.code in (schema.CODE_LT, schema.CODE_LE, schema.CODE_EQ, schema.CODE_CROSS):
            return self.compared(step, bar)
        if step.code == schema.CODE_MASK:
            return self.masks[step.left][bar]
        left = registers[step.left]
        if step.code == schema.CODE_AND:
            return left[bar] and registers[step.right][bar]
        if step.code == schema.CODE_OR:
            return left[bar] or registers[step.right][bar]
        if step.code == schema.CODE_NOT:
            return not left[bar]
        if step.code == schema.CODE_LAG:
            return bar >= step.right and left[bar - step.right]
        # Bars before the first count as false: they spoil ALL and do not help ANY.
        first = bar - step.right + 1
        last = left[max(0, first) : bar + 1]
        if step.code == schema.CODE_ALL:
            return first >= 0 and all(last)
        assert step.code == schema.CODE_ANY
        return any(last)

    def compared(self, step: Step, bar: int) -> bool:
        """Compare two operands; nothing compares with NaN, which is also what lies before bar 0."""
        left = self.operand(step.left, bar - step.left_lag)
        right = self.operand(step.right, bar - step.right_lag)
        if step.code == schema.CODE_LT:
            return left < right
        if step.code == schema.CODE_LE:
            return left <= right
        if step.code == schema.CODE_EQ:
            return left == right
        left_before = self.operand(step.left, bar - 1 - step.left_lag)
        right_before = self.operand(step.right, bar - 1 - step.right_lag)
        return left > right and left_before <= right_before

    def operand(self, number: int, bar: int) -> float:
        """Return a column's value at a bar, or a constant, which is the same at each."""
        if number < 0:
            return self.constants[-1 - number]
        return self.columns[number][bar] if bar >= 0 else math.nan


def unpacked(words, bars: int) -> list[bool]:
    """Return bits: bit i is bit i % 64 of word i // 64."""
    return [bool((int(words[bar // 64]) >> (bar % 64)) & 1) for bar in range(bars)]


def packed(bits: list[bool]) -> list[int]:
    """Return words of bits; those beyond the last bar are 0."""
    words = [0] * ((len(bits) + 63) // 64)
    for bar, bit in enumerate(bits):
        words[bar // 64] |= int(bit) << (bar % 64)
    return words


def steps_of(program: np.ndarray) -> list[Step]:
    """Return a program's instructions."""
    return [Step(*row) for row in program.tolist()]
