"""Formulas bar by bar, as a live bot sees them: each step takes one bar and nothing later.

The numbers are those of `evaluation.py` over the whole series, but for the last bits of what
TA-Lib sums differently (the registry says of which indicators).
"""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from forven.strategies.bars.errors import InvalidBarStrategy, MissingColumns, proposal
from forven.strategies.bars.expressions import (
    And,
    Arithmetic,
    BarsSince,
    Chosen,
    Compare,
    Constant,
    Crosses,
    Earlier,
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
from forven.strategies.bars.indicators.registry import Stream, entry_named

NAN = math.nan


class Stepping:
    """Formulas that are worked out one bar at a time; what they keep is here."""

    def __init__(self, formulas: Sequence[Expression]) -> None:
        self.formulas = tuple(formulas)
        self._kept: dict[Any, Any] = {}
        self._found: dict[Any, Any] = {}
        self._bar: Mapping[str, float] = {}
        self._count = -1

    def step(self, bar: Mapping[str, float]) -> tuple[float | bool, ...]:
        """Take a bar's numbers by name; return each formula's number, or whether it holds."""
        self._bar = bar
        self._count += 1
        self._found = {}
        return tuple(self._of(formula) for formula in self.formulas)

    def _of(self, formula: Any) -> Any:
        """Return a formula at this bar; each distinct part is stepped once a bar."""
        if formula not in self._found:
            self._found[formula] = self._step(formula)
        return self._found[formula]

    def _step(self, formula: Any) -> Any:
        """Step a formula."""
        match formula:
            case Source():
                return self._source(formula.name)
            case Constant():
                return formula.number
            case Indicator():
                return self._indicator(formula)
            case Arithmetic():
                return combined(formula.operator, self._of(formula.left), self._of(formula.right))
            case Lagged():
                return self._earlier(formula, self._of(formula.column), NAN)
            case Chosen() | Latest() | BarsSince():
                return self._by_condition(formula)
        return self._holds(formula)

    def _by_condition(self, formula: Any) -> float:
        """Step a number that depends on a condition."""
        holds = self._of(formula.condition)
        if isinstance(formula, Chosen):
            left, right = self._of(formula.left), self._of(formula.right)
            return float(left if holds else right)
        if isinstance(formula, Latest):
            number = self._of(formula.column)
            if holds:
                self._kept[formula] = number
            return float(self._kept.get(formula, NAN))
        if holds:
            self._kept[formula] = self._count
        return float(self._count - self._kept[formula]) if formula in self._kept else NAN

    def _holds(self, formula: Any) -> bool:
        """Step a condition."""
        match formula:
            case Compare():
                left, right = self._of(formula.left), self._of(formula.right)
                if formula.operator == "<":
                    return bool(left < right)
                return bool(left <= right if formula.operator == "<=" else left == right)
            case Crosses():
                above, below = self._of(formula.above), self._of(formula.below)
                former = self._kept.get(formula, False)
                self._kept[formula] = above <= below
                return bool(former and above > below)
            case And():
                left, right = self._of(formula.left), self._of(formula.right)
                return bool(left and right)
            case Or():
                left, right = self._of(formula.left), self._of(formula.right)
                return bool(left or right)
            case Not():
                return not self._of(formula.condition)
            case Earlier():
                return bool(self._earlier(formula, self._of(formula.condition), False))
            case Throughout() | Within():
                room = self._kept.setdefault(formula, deque(maxlen=formula.bars))
                room.append(self._of(formula.condition))
                is_full = len(room) == formula.bars
                return is_full and all(room) if isinstance(formula, Throughout) else any(room)
        raise InvalidBarStrategy(f"expected a formula over bars alone, found {formula!r}")

    def _earlier(self, formula: Any, now: Any, before: Any) -> Any:
        """Return what something was some bars before."""
        room = self._kept.setdefault(formula, deque(maxlen=formula.bars + 1))
        room.append(now)
        return room[0] if len(room) > formula.bars else before

    def _indicator(self, formula: Indicator) -> float:
        """Return one output of an indicator, whose stream steps once a bar."""
        key = (formula.name, formula.inputs, formula.parameters)
        entry = entry_named(formula.name)
        if key not in self._found:
            if key not in self._kept:
                self._kept[key] = Stream(entry, formula.parameters)
            self._found[key] = self._kept[key].step(*(self._of(one) for one in formula.inputs))
        return float(self._found[key][entry.columns.index(formula.output)])

    def _source(self, name: str) -> float:
        """Return a number of the bar; errors: MissingColumns."""
        if name not in self._bar:
            raise MissingColumns(f"expected a bar with {name}; {proposal(name, self._bar)}")
        number = float(self._bar[name])
        return number if math.isfinite(number) else NAN


def combined(operator: str, left: float, right: float) -> float:
    """Return two numbers combined; NaN where the result is not finite."""
    if left != left or right != right:
        return NAN
    match operator:
        case "+":
            made = left + right
        case "-":
            made = left - right
        case "*":
            made = left * right
        case "/":
            made = left / right if right != 0.0 else NAN
        case "sqrt":
            made = math.sqrt(left) if left >= 0.0 else NAN
        case "min":
            made = min(left, right)
        case _:
            made = max(left, right)
    return made if math.isfinite(made) else NAN
