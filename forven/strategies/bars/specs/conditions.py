"""Conditions of declared rules. `not` is never true of a number that is missing.

A negation is carried inward: not (a < b) is a >= b, and both are false where a or b is NaN.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from forven.strategies.bars.combining import all_of, any_of, at_least
from forven.strategies.bars.evaluation import parts_of
from forven.strategies.bars.expressions import Column, Compare, Condition, Constant, Crosses
from forven.strategies.bars.specs import shapes
from forven.strategies.bars.specs.columns import Names
from forven.strategies.bars.specs.nesting import look_at_depth

CHOSEN_MAX = 8
_OPPOSITES = {">": "<=", "<": ">=", ">=": "<", "<=": ">", "==": "!=", "!=": "=="}
_COMPARED: dict[str, Callable[[Column, Column], Condition]] = {
    ">": Column.__gt__,
    ">=": Column.__ge__,
    "<": Column.__lt__,
    "<=": Column.__le__,
    "==": Column.equals,
    "!=": lambda left, right: (left < right) | (left > right),
}
_CROSSED: dict[str, Callable[[Column, Column], Condition]] = {
    "crosses_above": Column.crosses_above,
    "crosses_below": Column.crosses_below,
}
_FORMS = (
    "[a, '>', b], a name, or an object with all, any, not, starts, or with of and one of "
    "at_least, within, for_bars, ago"
)


def is_defined(column: Column) -> Condition:
    """Return whether a column has a number: NaN is not even equal to itself."""
    return column.equals(column)


@dataclass(frozen=True, slots=True)
class Trees:
    """Conditions written as trees, with the names of one writing."""

    names: Names
    _known: dict[tuple[str, bool], Condition] = field(default_factory=dict)

    def rule(self, tree: object, where: str) -> Condition:
        """Return the condition of a whole tree; errors: InvalidBarStrategy."""
        found = self.condition(tree, where)
        look_at_depth(found, where)
        return found

    def condition(self, tree: object, where: str, wanted: bool = True) -> Condition:
        """Return the condition that a tree holds, or that it does not (`wanted` is false)."""
        found = self._known.get((where, wanted))  # `starts` asks for both: once is enough
        if found is None:
            found = self._known[where, wanted] = self._condition(tree, where, wanted)
        return found

    def _condition(self, tree: object, where: str, wanted: bool) -> Condition:
        """Work a condition out."""
        if isinstance(tree, list):
            return self._comparison(tree, where, wanted)
        if isinstance(tree, str):
            return self._named(tree, where, wanted)
        if not isinstance(tree, dict):
            raise shapes.trouble(where, _FORMS, tree)
        if len(tree) == 1:
            return self._joined(tree, where, wanted)
        return self._counted(tree, where, wanted)

    def _comparison(self, tree: list[Any], where: str, wanted: bool) -> Condition:
        """Return `[a, ">", b]` or its opposite."""
        if len(tree) != 3 or not isinstance(tree[1], str):
            raise shapes.trouble(where, "[a, operator, b]", tree)
        operator = tree[1]
        left, right = (self.names.column(tree[place], f"{where}[{place}]") for place in (0, 2))
        if operator in _CROSSED:
            crossed = _CROSSED[operator](left, right)
            return crossed if wanted else negated(crossed)
        if operator not in _COMPARED:
            expected = f"one of {', '.join((*_COMPARED, *_CROSSED))}"
            raise shapes.trouble(f"{where}[1]", expected, operator)
        return _COMPARED[operator if wanted else _OPPOSITES[operator]](left, right)

    def _named(self, name: str, where: str, wanted: bool) -> Condition:
        """Return an output that is a condition, as `squeeze.on`."""
        found = self.names.named(name, where)
        if not isinstance(found, Condition):
            raise shapes.trouble(where, "a condition, as [a, '>', b]", name)
        return found if wanted else negated(found)

    def _joined(self, tree: dict[str, Any], where: str, wanted: bool) -> Condition:
        """Return all, any, not or starts."""
        word, inner = next(iter(tree.items()))
        place = f"{where}.{word}"
        match word:
            case "not":
                return self.condition(inner, place, not wanted)
            case "starts":
                now, before = self._both(inner, place)
                return now & before.ago(1) if wanted else before | now.ago(1)
            case "all" | "any":
                conditions = [
                    self.condition(one, f"{place}[{number}]", wanted)
                    for number, one in enumerate(shapes.items(inner, place))
                ]
                return _halved(all_of if (word == "all") == wanted else any_of, conditions)
        raise shapes.trouble(where, _FORMS, tree)

    def _both(self, tree: object, where: str) -> tuple[Condition, Condition]:
        """Return that a tree holds, and that it does not."""
        return self.condition(tree, where), self.condition(tree, where, wanted=False)

    def _counted(self, tree: dict[str, Any], where: str, wanted: bool) -> Condition:
        """Return within, for_bars, ago or at_least, of a tree or of several."""
        if len(tree) != 2 or "of" not in tree:
            raise shapes.trouble(where, _FORMS, tree)
        word = next(name for name in tree if name != "of")
        if word == "at_least":
            return self._at_least(tree, where, wanted)
        if word not in ("within", "for_bars", "ago"):
            raise shapes.trouble(where, _FORMS, tree)
        bars = self.names.bars(tree[word], f"{where}.{word}", 0 if word == "ago" else 1)
        inner = self.condition(tree["of"], f"{where}.of", wanted)
        if word == "ago":
            return inner.ago(bars)
        return inner.within(bars) if (word == "within") == wanted else inner.for_bars(bars)

    def _at_least(self, tree: dict[str, Any], where: str, wanted: bool) -> Condition:
        """Return that so many of some trees hold; not so: that the rest of them do not."""
        trees = shapes.items(tree["of"], f"{where}.of")
        if len(trees) > CHOSEN_MAX:
            raise shapes.trouble(f"{where}.of", f"at most {CHOSEN_MAX} conditions", len(trees))
        count = self.names.bars(tree["at_least"], f"{where}.at_least", 1)
        if count > len(trees):
            raise shapes.trouble(f"{where}.at_least", f"1 to {len(trees)}", count)
        inner = [
            self.condition(one, f"{where}.of[{number}]", wanted) for number, one in enumerate(trees)
        ]
        return at_least(count if wanted else len(trees) - count + 1, *inner)


def _halved(join: Callable[..., Condition], conditions: list[Condition]) -> Condition:
    """Return many conditions joined in halves, so that a long list is not nested deep."""
    if len(conditions) == 1:
        return conditions[0]
    middle = len(conditions) // 2
    return join(_halved(join, conditions[:middle]), _halved(join, conditions[middle:]))


def negated(condition: Condition) -> Condition:
    """Return that a condition does not hold while all that it compares is defined."""
    known: dict[Condition, None] = {}
    for part in sorted(parts_of(condition), key=repr):
        if isinstance(part, Compare):
            known.update(dict.fromkeys(_defined(part.left, part.right)))
        if isinstance(part, Crosses):
            columns = part.above, part.below
            known.update(dict.fromkeys(_defined(*columns, *(one.ago(1) for one in columns))))
    return all_of(~condition, *known)


def _defined(*columns: Column) -> list[Condition]:
    """Return that columns are defined; constants always are."""
    return [is_defined(one) for one in columns if not isinstance(one, Constant)]
