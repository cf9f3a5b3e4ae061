"""Formulas worked out over bars with numpy: columns for the kernel, conditions for checks."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from forven.market.bars.bars import Bars
from forven.market.bars.columns import PRICE_NAMES
from forven.strategies.bars.errors import InvalidBarStrategy, MissingColumns, proposal
from forven.strategies.bars.expressions import (
    And,
    Arithmetic,
    BarsSince,
    Chosen,
    Column,
    Compare,
    Condition,
    Constant,
    Crosses,
    Earlier,
    Handed,
    Indicator,
    Lagged,
    Latest,
    Not,
    Or,
    Source,
    Throughout,
    Within,
)
from forven.strategies.bars.formula import Expression
from forven.strategies.bars.indicators.registry import Series, entry_named
from forven.strategies.bars.market import CLOCK

Bits = npt.NDArray[np.bool_]
_HOUR_NS = 3_600_000_000_000
_DAY_HOURS = 24
_MONDAY = 3  # 1970-01-01 was a Thursday


class Evaluation:
    """Formulas over one set of bars; each distinct subexpression is worked out once."""

    def __init__(self, bars: Bars) -> None:
        self.bars = bars
        self.count = len(bars.ends_ns)
        self._columns: dict[Column, Series] = {}
        self._conditions: dict[Condition, Bits] = {}
        self._indicators: dict[tuple[object, ...], tuple[Series, ...]] = {}

    def column(self, column: Column) -> Series:
        """Return a column's numbers."""
        found = self._columns.get(column)
        if found is None:
            found = self._columns[column] = self._column(column)
        return found

    def fill(self, columns: Sequence[Column], out: Series) -> None:
        """Write columns, (C, n); what no later one needs is forgotten on the way."""
        needed = [parts_of(column) for column in columns]
        left = Counter(part for parts in needed for part in parts)
        for row, column in enumerate(columns):
            out[row] = self.column(column)
            for part in needed[row]:
                left[part] -= 1
                if not left[part]:
                    self._forget(part)

    def _forget(self, part: Expression) -> None:
        """Give the memory of a subexpression back."""
        if isinstance(part, Column):
            self._columns.pop(part, None)
        if isinstance(part, Condition):
            self._conditions.pop(part, None)
        if isinstance(part, Indicator):
            self._indicators.pop((part.name, part.inputs, part.parameters), None)

    def condition(self, condition: Condition) -> Bits:
        """Return whether a condition holds at each bar."""
        found = self._conditions.get(condition)
        if found is None:
            found = self._conditions[condition] = self._condition(condition)
        return found

    def _column(self, column: Column) -> Series:
        """Work out a column."""
        match column:
            case Source():
                return self._source(column.name)
            case Constant():
                return np.full(self.count, column.number)
            case Indicator():
                return self._indicator(column)
            case Arithmetic():
                return _combined(
                    column.operator, self.column(column.left), self.column(column.right)
                )
            case Lagged():
                return _shifted(self.column(column.column), column.bars)
            case Chosen():
                chosen = self.condition(column.condition)
                return np.where(chosen, self.column(column.left), self.column(column.right))
            case Latest():
                places = _latest_places(self.condition(column.condition))
                return np.where(places < 0, np.nan, self.column(column.column)[places])
            case BarsSince():
                places = _latest_places(self.condition(column.condition))
                return np.where(places < 0, np.nan, np.arange(self.count) - places)
        raise _unknown(column)

    def _indicator(self, column: Indicator) -> Series:
        """Return one output of an indicator; the others are kept for their turn."""
        entry = entry_named(column.name)
        key = (column.name, column.inputs, column.parameters)
        outputs = self._indicators.get(key)
        if outputs is None:
            inputs = [self.column(one) for one in column.inputs]
            outputs = self._indicators[key] = entry.compute(inputs, column.parameters)
        return outputs[entry.columns.index(column.output)]

    def _source(self, name: str) -> Series:
        """Return a column of the bars; errors: MissingColumns."""
        if name in PRICE_NAMES:
            return self.bars.floats(name)
        if name in CLOCK:
            return clock(self.bars.ends_ns, name)
        found = self.bars.volume if name == "volume" else self.bars.columns.get(name)
        if found is None:
            raise MissingColumns(
                f"expected bars with the column {name}, found none; "
                f"{proposal(name, self.bars.columns)} Import bars that have it"
            )
        if not np.isfinite(found).any():
            raise MissingColumns(f"expected numbers in the column {name}, found none at any bar")
        return np.where(np.isinf(found), np.nan, found)

    def _condition(self, condition: Condition) -> Bits:
        """Work out a condition."""
        match condition:
            case Compare():
                left, right = self.column(condition.left), self.column(condition.right)
                if condition.operator == "<":
                    return left < right
                return left <= right if condition.operator == "<=" else left == right
            case Crosses():
                above, below = self.column(condition.above), self.column(condition.below)
                former = np.zeros(self.count, bool)
                former[1:] = above[:-1] <= below[:-1]
                return (above > below) & former
            case And():
                return self.condition(condition.left) & self.condition(condition.right)
            case Or():
                return self.condition(condition.left) | self.condition(condition.right)
            case Not():
                return ~self.condition(condition.condition)
            case Earlier():
                return _shifted_bits(self.condition(condition.condition), condition.bars)
            case Throughout() | Within():
                return _windowed(condition, self.condition(condition.condition))
        raise _unknown(condition)


def parts_of(formula: Expression) -> set[Expression]:
    """Return a formula and all that it is made of."""
    found: set[Expression] = set()
    waiting = [formula]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            for field in one.fields:
                inner = field if isinstance(field, tuple) else (field,)
                waiting.extend(part for part in inner if isinstance(part, Expression))
    return found


def _unknown(formula: Expression) -> InvalidBarStrategy:
    """Return the error for a formula that cannot be worked out over bars alone."""
    if isinstance(formula, Handed):
        return InvalidBarStrategy(f"{formula!r}: expected its bits to be handed in, found none")
    return InvalidBarStrategy(f"expected a formula, found {formula!r}")


def _combined(operator: str, left: Series, right: Series) -> Series:
    """Return two columns combined; NaN where the result is not finite."""
    with np.errstate(all="ignore"):
        match operator:
            case "+":
                made = left + right
            case "-":
                made = left - right
            case "*":
                made = left * right
            case "/":
                made = left / right
            case "sqrt":
                made = np.sqrt(left)
            case "min":
                made = np.minimum(left, right)
            case "max":
                made = np.maximum(left, right)
            case _:
                raise InvalidBarStrategy(f"expected an operator, found {operator!r}")
    made[np.isinf(made)] = np.nan
    return made


def _shifted(series: Series, bars: int) -> Series:
    """Return a column some bars later."""
    made = np.full(series.size, np.nan)
    if bars < series.size:
        made[bars:] = series[: series.size - bars]
    return made


def _shifted_bits(bits: Bits, bars: int) -> Bits:
    """Return bits some bars later, false before."""
    made = np.zeros(bits.size, bool)
    if bars < bits.size:
        made[bars:] = bits[: bits.size - bars]
    return made


def _windowed(condition: Throughout | Within, bits: Bits) -> Bits:
    """Return whether all (or any) of the last bits are set."""
    total = np.concatenate(([0], np.cumsum(bits)))
    first = np.maximum(np.arange(1, bits.size + 1) - condition.bars, 0)
    held = total[1:] - total[first]
    return held == condition.bars if isinstance(condition, Throughout) else held > 0


def _latest_places(bits: Bits) -> npt.NDArray[np.int64]:
    """Return the latest bar at which a bit was set, -1 before the first."""
    places = np.where(bits, np.arange(bits.size), -1)
    return np.maximum.accumulate(places) if bits.size else places


def clock(ends_ns: npt.NDArray[np.int64], name: str) -> Series:
    """Return a number of the clock for each bar, of its last nanosecond in UTC."""
    hours = (np.asarray(ends_ns) - 1) // _HOUR_NS
    days = hours // _DAY_HOURS
    if name == "hour":
        return (hours % _DAY_HOURS).astype(np.float64)
    if name == "weekday":
        return ((days + _MONDAY) % 7).astype(np.float64)
    if name == "day":
        return days.astype(np.float64)
    begins = _latest_places(np.diff(days, prepend=days[:1]) != 0)
    return np.where(begins < 0, np.nan, np.arange(days.size) - begins)
