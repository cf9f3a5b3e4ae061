"""The indicators declared rules may name: each one of `writing` that takes bars or a column."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args, get_origin

from forven.strategies.bars import writing
from forven.strategies.bars.errors import proposal
from forven.strategies.bars.expressions import Column
from forven.strategies.bars.formula import Expression
from forven.strategies.bars.market import Market
from forven.strategies.bars.specs.shapes import trouble

_NOT_INDICATORS = ("root",)
_INPUTS = {"market": Market, "column": Column}


@dataclass(frozen=True, slots=True)
class Formula:
    """An indicator as a function: of the market or of a column, with settings by name."""

    name: str
    function: Callable[..., Any]
    takes_column: bool
    settings: dict[str, inspect.Parameter]

    def checked(self, given: dict[str, Any], where: str) -> dict[str, Any]:
        """Return settings by name, whole where they count bars; errors: InvalidBarStrategy."""
        for name in given:
            if name not in self.settings:
                expected = f"a setting of {self.name} ({proposal(name, self.settings)})"
                raise trouble(where, expected, name)
        for name, setting in self.settings.items():
            if setting.default is inspect.Parameter.empty and name not in given:
                raise trouble(where, f"the setting {name!r} of {self.name}", ", ".join(given))
        return {name: self._number(name, value, where) for name, value in given.items()}

    def _number(self, name: str, value: Any, where: str) -> int | float:
        """Return a setting of the kind that the function asks for."""
        if not _is_whole(self.settings[name].annotation):
            return float(value)
        if not isinstance(value, int):
            raise trouble(f"{where}.{name}", "a whole number", value)
        return value

    def outputs(self, inputs: Market | Column, settings: dict[str, Any]) -> dict[str, Expression]:
        """Return what it makes by name; "" is the name of the only one."""
        made = self.function(inputs, **settings)
        if isinstance(made, Expression):
            return {"": made}
        return {name: getattr(made, name) for name in made._fields}


def _is_whole(annotation: Any) -> bool:
    """Return whether a setting counts bars: int, or int or none."""
    return annotation is int or int in get_args(annotation)


@cache
def indicators() -> dict[str, Formula]:
    """Return the indicators by name."""
    found: dict[str, Formula] = {}
    for name, function in vars(writing).items():
        if not inspect.isfunction(function) or name in _NOT_INDICATORS:
            continue
        first, *others = inspect.signature(function).parameters.values()
        if first.annotation is _INPUTS.get(first.name) and all(map(_is_setting, others)):
            settings = {other.name: other for other in others}
            found[name] = Formula(name, function, first.name == "column", settings)
    return found


def _is_setting(parameter: inspect.Parameter) -> bool:
    """Return whether a function's parameter is a number, or a number or none."""
    annotation = parameter.annotation
    kinds = get_args(annotation) if get_origin(annotation) is not None else (annotation,)
    return all(kind in (int, float, type(None)) for kind in get_args(annotation) or kinds)
