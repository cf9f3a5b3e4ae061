"""Rules as instructions of the bar kernel: registers shared out, common parts worked out once."""

from typing import Any

from forven.kernels.bars_schema import (
    CODE_ALL,
    CODE_AND,
    CODE_ANY,
    CODE_CROSS,
    CODE_EQ,
    CODE_LAG,
    CODE_LE,
    CODE_LT,
    CODE_MASK,
    CODE_NOT,
    CODE_OR,
    REGISTERS_MAX,
)
from forven.strategies.bars.errors import InvalidBarStrategy
from forven.strategies.bars.expressions import (
    And,
    Column,
    Compare,
    Condition,
    Constant,
    Crosses,
    Earlier,
    Handed,
    Lagged,
    Not,
    Or,
    Throughout,
    Within,
)

NO_SIGNAL = -1
_COMPARISONS = {"<": CODE_LT, "<=": CODE_LE, "==": CODE_EQ}
_COUNTED: dict[type, int] = {Earlier: CODE_LAG, Throughout: CODE_ALL, Within: CODE_ANY}
_PAIRS: dict[type, int] = {And: CODE_AND, Or: CODE_OR}
Step = tuple[int, int, int, int, int, int]


class Linker:
    """Programs of many runs over the same columns and constants, each of which is there once."""

    def __init__(self) -> None:
        self.columns: dict[Column, int] = {}
        self.constants: dict[float, int] = {}
        self.steps: list[Step] = []
        self._linked: dict[tuple[Condition | None, ...], tuple[int, ...]] = {}

    def link(self, signals: tuple[Condition | None, ...]) -> tuple[int, ...]:
        """Return where a run's program begins and ends, and the register of each signal."""
        found = self._linked.get(signals)
        if found is None:
            found = self._linked[signals] = self._link(signals)
        return found

    def _link(self, signals: tuple[Condition | None, ...]) -> tuple[int, ...]:
        """Write a run's program."""
        order: list[Condition] = []
        uses: dict[int, int] = {}
        for signal in signals:
            if signal is not None:
                _visit(signal, order, uses)
                uses[id(signal)] += 1  # read at the end, so its register is never free again
        registers: dict[int, int] = {}
        free: list[int] = []
        used = 0
        begin = len(self.steps)
        for condition in order:
            if free:
                out = free.pop()
            else:
                out, used = used, used + 1
            registers[id(condition)] = out
            self.steps.append(self._step(condition, out, registers))
            for part in condition.parts:
                uses[id(part)] -= 1
                if not uses[id(part)]:
                    free.append(registers[id(part)])
        if used > REGISTERS_MAX:
            raise InvalidBarStrategy(
                f"rules: expected conditions that need at most {REGISTERS_MAX} registers, found "
                f"{used}; split long alternatives into several strategies"
            )
        where = [NO_SIGNAL if signal is None else registers[id(signal)] for signal in signals]
        return begin, len(self.steps), *where

    def _step(self, condition: Any, out: int, registers: dict[int, int]) -> Step:
        """Return the instruction of a condition."""
        kind = type(condition)
        if kind is Compare:
            left, left_lag = self._operand(condition.left)
            right, right_lag = self._operand(condition.right)
            return _COMPARISONS[condition.operator], out, left, left_lag, right, right_lag
        if kind is Crosses:
            left, left_lag = self._operand(condition.above)
            right, right_lag = self._operand(condition.below)
            return CODE_CROSS, out, left, left_lag, right, right_lag
        if kind in _PAIRS:
            return (
                _PAIRS[kind],
                out,
                registers[id(condition.left)],
                0,
                registers[id(condition.right)],
                0,
            )
        if kind in _COUNTED:
            return _COUNTED[kind], out, registers[id(condition.condition)], 0, condition.bars, 0
        if kind is Not:
            return CODE_NOT, out, registers[id(condition.condition)], 0, 0, 0
        if kind is Handed:
            return CODE_MASK, out, condition.row, 0, 0, 0
        raise InvalidBarStrategy(f"expected a condition, found {condition!r}")

    def _operand(self, column: Any) -> tuple[int, int]:
        """Return an operand and its lag: a column's row, or a constant's."""
        lag = 0
        if type(column) is Lagged:
            column, lag = column.column, column.bars
        if type(column) is Constant:
            return -1 - self.constants.setdefault(column.number, len(self.constants)), 0
        return self.columns.setdefault(column, len(self.columns)), lag


def _visit(condition: Condition, order: list[Condition], uses: dict[int, int]) -> None:
    """List a condition after those it is made of, each once, and count what reads each.

    uses  by identity: the list keeps the conditions, and equal ones are one object
    """
    key = id(condition)
    if key in uses:
        uses[key] += 1
        return
    uses[key] = 1
    for part in condition.parts:
        _visit(part, order, uses)
    order.append(condition)
