"""Formulas over bars: columns of numbers, and conditions on them that hold or do not.

`a == b` asks whether two formulas are the same; `a.equals(b)` is the condition.
"""

import math

from forven.strategies.bars.errors import InvalidBarStrategy
from forven.strategies.bars.formula import Expression

LAG_MAX = 100_000


class Condition(Expression):
    """A formula that holds or does not hold at each bar."""

    __slots__ = ()

    @property
    def parts(self) -> tuple["Condition", ...]:
        """Return the conditions it is made of; columns are none."""
        return ()

    def __and__(self, other: "Condition") -> "Condition":
        return And(self, as_condition(other))

    def __or__(self, other: "Condition") -> "Condition":
        return Or(self, as_condition(other))

    def __invert__(self) -> "Condition":
        return self.condition if isinstance(self, Not) else Not(self)

    def ago(self, bars: int) -> "Condition":
        """Return whether it held `bars` bars before; it did not before the first."""
        return Earlier(self, _bars(bars, 0)) if bars else self

    def for_bars(self, bars: int) -> "Condition":
        """Return whether it holds at this bar and held at the `bars - 1` before."""
        return Throughout(self, _bars(bars, 1)) if bars != 1 else self

    def within(self, bars: int) -> "Condition":
        """Return whether it holds at this bar or held at one of the `bars - 1` before."""
        return Within(self, _bars(bars, 1)) if bars != 1 else self

    def starts(self) -> "Condition":
        """Return whether it holds at this bar and did not at the one before."""
        return And(self, Not(Earlier(self, 1)))


class Column(Expression):
    """A formula that has a number at each bar, NaN where it is not defined."""

    __slots__ = ()

    def __add__(self, other: "Operand") -> "Column":
        return Arithmetic("+", self, as_column(other))

    def __radd__(self, other: float) -> "Column":
        return Arithmetic("+", as_column(other), self)

    def __sub__(self, other: "Operand") -> "Column":
        return Arithmetic("-", self, as_column(other))

    def __rsub__(self, other: float) -> "Column":
        return Arithmetic("-", as_column(other), self)

    def __mul__(self, other: "Operand") -> "Column":
        return Arithmetic("*", self, as_column(other))

    def __rmul__(self, other: float) -> "Column":
        return Arithmetic("*", as_column(other), self)

    def __truediv__(self, other: "Operand") -> "Column":
        return Arithmetic("/", self, as_column(other))

    def __rtruediv__(self, other: float) -> "Column":
        return Arithmetic("/", as_column(other), self)

    def __neg__(self) -> "Column":
        return Arithmetic("-", Constant(0.0), self)

    def __abs__(self) -> "Column":
        return Arithmetic("max", self, -self)

    def __lt__(self, other: "Operand") -> Condition:
        return Compare("<", self, as_column(other))

    def __le__(self, other: "Operand") -> Condition:
        return Compare("<=", self, as_column(other))

    def __gt__(self, other: "Operand") -> Condition:
        return Compare("<", as_column(other), self)

    def __ge__(self, other: "Operand") -> Condition:
        return Compare("<=", as_column(other), self)

    def equals(self, other: "Operand") -> Condition:
        """Return whether both numbers are the same; `==` compares the formulas instead."""
        return Compare("==", self, as_column(other))

    def crosses_above(self, other: "Operand") -> Condition:
        """Return whether it is above at this bar and was not at the one before."""
        return Crosses(self, as_column(other))

    def crosses_below(self, other: "Operand") -> Condition:
        """Return whether it is below at this bar and was not at the one before."""
        return Crosses(as_column(other), self)

    def between(self, low: "Operand", high: "Operand") -> Condition:
        """Return whether it lies between two numbers, both included."""
        return (self >= low) & (self <= high)

    def rises(self, bars: int = 1) -> Condition:
        """Return whether it is above its number `bars` bars before."""
        return self > self.ago(bars)

    def falls(self, bars: int = 1) -> Condition:
        """Return whether it is below its number `bars` bars before."""
        return self < self.ago(bars)

    def change(self, bars: int = 1) -> "Column":
        """Return by how much it is above its number `bars` bars before."""
        return self - self.ago(bars)

    def ago(self, bars: int) -> "Column":
        """Return its number `bars` bars before; NaN before the first."""
        if not bars:
            return self
        if isinstance(self, Lagged):
            return Lagged(self.column, _bars(self.bars + bars, 0))
        return self if isinstance(self, Constant) else Lagged(self, _bars(bars, 0))


Operand = Column | float


class Source(Column):
    """A column of the bars themselves: a price, the volume, the day, or an enrichment column."""

    __slots__ = ("name",)
    name: str

    def __repr__(self) -> str:
        return self.name


class Constant(Column):
    """The same number at each bar."""

    __slots__ = ("number",)
    number: float

    def __repr__(self) -> str:
        return f"{self.number:g}"


class Indicator(Column):
    """An output of an entry of the registry, of some inputs, with some parameters."""

    __slots__ = ("inputs", "name", "output", "parameters")
    name: str
    inputs: tuple[Column, ...]
    parameters: tuple[float, ...]
    output: str

    def __repr__(self) -> str:
        given = ", ".join([*map(repr, self.inputs), *(f"{number:g}" for number in self.parameters)])
        return f"{self.name}({given})" + (f".{self.output}" if self.output != self.name else "")


class Arithmetic(Column):
    """Two columns combined bar by bar; NaN where the result is not finite."""

    __slots__ = ("left", "operator", "right")
    operator: str
    left: Column
    right: Column

    def __repr__(self) -> str:
        if self.operator == "sqrt":
            return f"root({self.left!r})"
        if self.operator in ("min", "max"):
            return f"{self.operator}({self.left!r}, {self.right!r})"
        return f"({self.left!r} {self.operator} {self.right!r})"


class Lagged(Column):
    """A column some bars before."""

    __slots__ = ("bars", "column")
    column: Column
    bars: int

    def __repr__(self) -> str:
        return f"{self.column!r}.ago({self.bars})"


class Chosen(Column):
    """One column where a condition holds, another where it does not."""

    __slots__ = ("condition", "left", "right")
    condition: Condition
    left: Column
    right: Column

    def __repr__(self) -> str:
        return f"when({self.condition!r}, {self.left!r}, {self.right!r})"


class Latest(Column):
    """A column's number at the latest bar at which a condition held; NaN before the first."""

    __slots__ = ("column", "condition")
    condition: Condition
    column: Column

    def __repr__(self) -> str:
        return f"latest({self.condition!r}, {self.column!r})"


class BarsSince(Column):
    """How many bars ago a condition last held, 0 at that bar; NaN before the first."""

    __slots__ = ("condition",)
    condition: Condition

    def __repr__(self) -> str:
        return f"bars_since({self.condition!r})"


class Compare(Condition):
    """`<`, `<=` or `==` of two columns; it does not hold where one is NaN."""

    __slots__ = ("left", "operator", "right")
    operator: str
    left: Column
    right: Column

    def __repr__(self) -> str:
        return f"{self.left!r} {self.operator} {self.right!r}"


class Crosses(Condition):
    """The first is above the second at this bar, and was not at the bar before."""

    __slots__ = ("above", "below")
    above: Column
    below: Column

    def __repr__(self) -> str:
        return f"{self.above!r} crosses above {self.below!r}"


class And(Condition):
    """Both hold."""

    __slots__ = ("left", "right")
    left: Condition
    right: Condition

    @property
    def parts(self) -> tuple[Condition, ...]:
        """Return both."""
        return self.left, self.right

    def __repr__(self) -> str:
        return f"({self.left!r} & {self.right!r})"


class Or(Condition):
    """One of them holds, or both."""

    __slots__ = ("left", "right")
    left: Condition
    right: Condition

    @property
    def parts(self) -> tuple[Condition, ...]:
        """Return both."""
        return self.left, self.right

    def __repr__(self) -> str:
        return f"({self.left!r} | {self.right!r})"


class Not(Condition):
    """It does not hold."""

    __slots__ = ("condition",)
    condition: Condition

    @property
    def parts(self) -> tuple[Condition, ...]:
        """Return the one it is about."""
        return (self.condition,)

    def __repr__(self) -> str:
        return f"~({self.condition!r})"


class _Counted(Condition):
    """A condition looked at over some bars."""

    __slots__ = ()
    condition: Condition
    bars: int

    @property
    def parts(self) -> tuple[Condition, ...]:
        """Return the one it is about."""
        return (self.condition,)


class Earlier(_Counted):
    """It held some bars before."""

    __slots__ = ("bars", "condition")

    def __repr__(self) -> str:
        return f"({self.condition!r}).ago({self.bars})"


class Throughout(_Counted):
    """It held in all of the last bars, this one included."""

    __slots__ = ("bars", "condition")

    def __repr__(self) -> str:
        return f"({self.condition!r}).for_bars({self.bars})"


class Within(_Counted):
    """It held in one of the last bars, this one included."""

    __slots__ = ("bars", "condition")

    def __repr__(self) -> str:
        return f"({self.condition!r}).within({self.bars})"


class Handed(Condition):
    """A row of bits that a function worked out, by its number."""

    __slots__ = ("row",)
    row: int

    def __repr__(self) -> str:
        return f"signal {self.row}"


def as_column(value: object) -> Column:
    """Return a column as it is and a finite number as a constant one."""
    if isinstance(value, Column):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidBarStrategy(f"expected a column or a number, found {value!r}")
    if not math.isfinite(value):
        raise InvalidBarStrategy(f"expected a finite number, found {value!r}")
    return Constant(float(value) + 0.0)


def as_condition(value: object) -> Condition:
    """Return a condition as it is; anything else is refused."""
    if not isinstance(value, Condition):
        raise InvalidBarStrategy(
            f"expected a condition as in `fast > slow`, found {value!r} "
            "(`a == b` compares formulas: the condition is a.equals(b))"
        )
    return value


def _bars(bars: int, least: int) -> int:
    """Return a number of bars after a look at it."""
    if isinstance(bars, bool) or not isinstance(bars, int) or not least <= bars <= LAG_MAX:
        raise InvalidBarStrategy(
            f"expected a number of bars from {least} to {LAG_MAX}, found {bars!r}"
        )
    return bars
