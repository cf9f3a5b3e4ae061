"""Rules as instructions of the bar kernel: registers shared out, common parts worked out once."""

from collections.abc import Sequence

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
        order = _in_order(signals)
        last_use = _last_uses(order, signals)
        registers: dict[Condition, int] = {}
        free: list[int] = []
        used = 0
        begin = len(self.steps)
        for place, condition in enumerate(order):
            if free:
                out = free.pop()
            else:
                out, used = used, used + 1
            registers[condition] = out
            self.steps.append(self._step(condition, out, registers))
            for part in _parts(condition):
                if last_use[part] == place:
                    last_use[part] = -1  # both operands may be the same
                    free.append(registers[part])
        if used > REGISTERS_MAX:
            raise InvalidBarStrategy(
                f"rules: expected conditions that need at most {REGISTERS_MAX} registers, found "
                f"{used}; split long alternatives into several strategies"
            )
        where = (NO_SIGNAL if signal is None else registers[signal] for signal in signals)
        return begin, len(self.steps), *where

    def _step(self, condition: Condition, out: int, registers: dict[Condition, int]) -> Step:
        """Return the instruction of a condition."""
        kind = type(condition)
        if isinstance(condition, Compare):
            left, right = self._operand(condition.left), self._operand(condition.right)
            return _COMPARISONS[condition.operator], out, *left, *right
        if isinstance(condition, Crosses):
            return CODE_CROSS, out, *self._operand(condition.above), *self._operand(condition.below)
        if isinstance(condition, And | Or):
            right_register = registers[condition.right]
            return _PAIRS[kind], out, registers[condition.left], 0, right_register, 0
        if isinstance(condition, Not):
            return CODE_NOT, out, registers[condition.condition], 0, 0, 0
        if isinstance(condition, Earlier | Throughout | Within):
            return _COUNTED[kind], out, registers[condition.condition], 0, condition.bars, 0
        if isinstance(condition, Handed):
            return CODE_MASK, out, condition.row, 0, 0, 0
        raise InvalidBarStrategy(f"expected a condition, found {condition!r}")

    def _operand(self, column: Column) -> tuple[int, int]:
        """Return an operand and its lag: a column's row, or a constant's."""
        lag = 0
        if isinstance(column, Lagged):
            column, lag = column.column, column.bars
        if isinstance(column, Constant):
            return -1 - self.constants.setdefault(column.number, len(self.constants)), 0
        return self.columns.setdefault(column, len(self.columns)), lag


def _parts(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions a condition is made of."""
    if isinstance(condition, And | Or):
        return condition.left, condition.right
    if isinstance(condition, Not | Earlier | Throughout | Within):
        return (condition.condition,)
    return ()


def _in_order(signals: Sequence[Condition | None]) -> list[Condition]:
    """Return all distinct conditions, each after those it is made of."""
    order: dict[Condition, None] = {}
    waiting = [signal for signal in reversed(signals) if signal is not None]
    while waiting:
        condition = waiting[-1]
        if condition in order:
            waiting.pop()
            continue
        missing = [part for part in _parts(condition) if part not in order]
        if missing:
            waiting.extend(reversed(missing))
        else:
            order[condition] = None
            waiting.pop()
    return list(order)


def _last_uses(order: list[Condition], signals: Sequence[Condition | None]) -> dict[Condition, int]:
    """Return the place of the last condition that reads each; a signal is read at the end."""
    uses = dict.fromkeys(order, -1)
    for place, condition in enumerate(order):
        for part in _parts(condition):
            uses[part] = place
    for signal in signals:
        if signal is not None:
            uses[signal] = len(order)
    return uses
