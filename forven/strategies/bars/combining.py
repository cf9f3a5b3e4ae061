"""Formulas made of others where no operator says it: extremes, choices, events, several at once."""

from itertools import combinations

from forven.strategies.bars.errors import InvalidBarStrategy
from forven.strategies.bars.expressions import (
    Arithmetic,
    BarsSince,
    Chosen,
    Column,
    Condition,
    Latest,
    Operand,
    as_column,
    as_condition,
)


def minimum(left: Operand, right: Operand) -> Column:
    """Return the smaller of two numbers at each bar."""
    return Arithmetic("min", as_column(left), as_column(right))


def maximum(left: Operand, right: Operand) -> Column:
    """Return the greater of two numbers at each bar."""
    return Arithmetic("max", as_column(left), as_column(right))


def root(column: Column) -> Column:
    """Return the square root; NaN below zero."""
    return Arithmetic("sqrt", as_column(column), as_column(column))


def when(condition: Condition, chosen: Operand, otherwise: Operand) -> Column:
    """Return one number where a condition holds, another where it does not."""
    return Chosen(as_condition(condition), as_column(chosen), as_column(otherwise))


def latest(condition: Condition, column: Operand) -> Column:
    """Return a column's number at the latest bar at which a condition held, this one included."""
    return Latest(as_condition(condition), as_column(column))


def bars_since(condition: Condition) -> Column:
    """Return how many bars ago a condition last held: 0 where it holds, NaN before the first."""
    return BarsSince(as_condition(condition))


def all_of(first: Condition, *others: Condition) -> Condition:
    """Return whether all of them hold."""
    for other in others:
        first = first & other
    return as_condition(first)


def any_of(first: Condition, *others: Condition) -> Condition:
    """Return whether one of them holds."""
    for other in others:
        first = first | other
    return as_condition(first)


def at_least(count: int, *conditions: Condition) -> Condition:
    """Return whether at least `count` of them hold, `count` from 1 to their number."""
    if not 1 <= count <= len(conditions):
        raise InvalidBarStrategy(
            f"at_least: expected a count from 1 to {len(conditions)}, found {count}"
        )
    return any_of(*(all_of(*chosen) for chosen in combinations(conditions, count)))
