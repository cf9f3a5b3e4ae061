"""How many bars pass before a formula is defined: worked out from the formula, never typed."""

from collections.abc import Iterable
from functools import lru_cache

from forven.strategies.bars.expressions import (
    And,
    Arithmetic,
    BarsSince,
    Chosen,
    Column,
    Compare,
    Condition,
    Crosses,
    Earlier,
    Indicator,
    Lagged,
    Latest,
    Not,
    Or,
    Throughout,
    Within,
)
from forven.strategies.bars.formula import Expression
from forven.strategies.bars.indicators.registry import entry_named


def warmup_of(formulas: Iterable[Expression | None]) -> int:
    """Return the first bar at which all of them, and all they are made of, are defined."""
    return max((_warmup(formula) for formula in formulas if formula is not None), default=0)


@lru_cache(maxsize=200_000)
def _warmup(formula: Expression) -> int:
    """Return the first bar at which a formula is defined."""
    match formula:
        case Column():
            return _of_column(formula)
        case Crosses():
            return max(_warmup(formula.above), _warmup(formula.below)) + 1
        case Compare() | And() | Or():
            return max(_warmup(formula.left), _warmup(formula.right))
        case Not():
            return _warmup(formula.condition)
        case Earlier():
            return _warmup(formula.condition) + formula.bars
        case Throughout() | Within():
            return _warmup(formula.condition) + formula.bars - 1
        case Condition():
            return 0
    return 0


def _of_column(column: Column) -> int:
    """Return the first bar at which a column is defined."""
    match column:
        case Indicator():
            entry = entry_named(column.name)
            return warmup_of(column.inputs) + entry.lookback(*column.parameters)
        case Arithmetic():
            return max(_warmup(column.left), _warmup(column.right))
        case Lagged():
            return _warmup(column.column) + column.bars
        case Chosen():
            return max(map(_warmup, (column.condition, column.left, column.right)))
        case Latest():
            return max(_warmup(column.condition), _warmup(column.column))
        case BarsSince():
            return _warmup(column.condition)
    return 0
