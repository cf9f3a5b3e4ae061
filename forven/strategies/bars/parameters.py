"""The parameters of a strategy: what may be set, within which bounds, and what a run was given."""

import keyword
import math
import numbers
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from forven.strategies.bars.errors import InvalidBarStrategy, InvalidParameter, proposal

Value = int | float | str
LEVERAGE_MAX = 125.0
_SPACE_STEPS = 8
_CHECKED_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number a strategy can be given: whole where its default is an int.

    step   what a grid goes by where none is said      space   (low, high) of an ordinary search,
           by default half to twice the default, inside the bounds
    """

    name: str
    default: Any
    low: float
    high: float
    step: float | None = None
    space: tuple[float, float] | None = None
    about: str = ""

    def __post_init__(self) -> None:
        _check_name(self.name)
        for bound in (self.low, self.high, *(self.space or ())):
            if isinstance(bound, bool) or not isinstance(bound, numbers.Real):
                raise InvalidBarStrategy(
                    f"parameter {self.name}: expected numbers as bounds, found {bound!r}"
                )
        object.__setattr__(self, "default", self.check(self.default))
        low, high = self.searched
        if not self.low <= low <= high <= self.high:
            raise InvalidBarStrategy(
                f"parameter {self.name}: expected its space inside {self.low:g} to {self.high:g}, "
                f"found {low:g} to {high:g}"
            )

    @property
    def kind(self) -> str:
        """Return "int" or "float"."""
        return "int" if isinstance(self.default, numbers.Integral) else "float"

    @property
    def searched(self) -> tuple[float, float]:
        """Return the bounds of an ordinary search."""
        if self.space is not None:
            return self.space
        ends = sorted((self.default / 2, self.default * 2))
        low, high = (min(max(end, self.low), self.high) for end in ends)
        return (math.floor(low), math.floor(high)) if self.kind == "int" else (low, high)

    @property
    def step_searched(self) -> float:
        """Return the step of an ordinary search."""
        if self.step is not None:
            return self.step
        low, high = self.searched
        step = (high - low) / _SPACE_STEPS
        return max(1, round(step)) if self.kind == "int" else step or 1.0

    def check(self, given: object) -> Value:
        """Return a value of the right kind; errors: InvalidParameter."""
        expected = f"parameter {self.name}: expected {self.text()}"
        if isinstance(given, bool) or not isinstance(given, numbers.Real):
            raise InvalidParameter(f"{expected}, found {given!r}")
        if self.kind == "int" and not isinstance(given, numbers.Integral):
            raise InvalidParameter(f"{expected}, found {given!r}")
        number: Any = given
        value = int(number) if self.kind == "int" else float(number)
        if not self.low <= value <= self.high:  # NaN is refused here
            raise InvalidParameter(f"{expected}, found {given!r}")
        return value

    def text(self) -> str:
        """Return what is accepted, in words."""
        what = "a whole number" if self.kind == "int" else "a number"
        return f"{what} from {self.low:g} to {self.high:g}"


@dataclass(frozen=True, slots=True)
class Choice:
    """A word a strategy can be given: one of a few."""

    name: str
    default: str
    options: tuple[str, ...]
    about: str = ""

    def __post_init__(self) -> None:
        _check_name(self.name)
        words: object = self.options
        if isinstance(words, str) or not all(isinstance(word, str) for word in self.options):
            raise InvalidBarStrategy(
                f"parameter {self.name}: expected options as in ('state', 'flip'), found {words!r}"
            )
        self.check(self.default)

    @property
    def kind(self) -> str:
        """Return "choice"."""
        return "choice"

    def check(self, given: object) -> Value:
        """Return the word; errors: InvalidParameter."""
        if not isinstance(given, str) or given not in self.options:
            raise InvalidParameter(
                f"parameter {self.name}: expected {self.text()}, found {given!r}"
            )
        return given

    def text(self) -> str:
        """Return what is accepted, in words."""
        return f"one of {', '.join(self.options)}"


AnyParameter = Parameter | Choice


def leverage(default: float) -> Parameter:
    """Return the parameter for a strategy's default leverage; a run's explicit one overrides it."""
    return Parameter(
        "leverage", float(default), 1.0, LEVERAGE_MAX, 1.0, (1.0, max(3.0, float(default)))
    )


class Parameters(SimpleNamespace):
    """What a run was given, complete, checked and never changed: `p.fast`."""

    def __setattr__(self, name: str, value: object) -> None:
        raise InvalidParameter(
            f"parameter {name!r}: expected it as it was given, found {value!r} assigned to it; "
            f"use a name of your own, as in {name} = ..."
        )

    def __delattr__(self, name: str) -> None:
        raise InvalidParameter(f"parameter {name!r}: expected it as it was given, found it deleted")

    def __getattr__(self, name: str) -> Any:
        raise InvalidParameter(f"parameter {name!r} is not declared; {proposal(name, vars(self))}")

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(vars(self).items()))

    def as_document(self) -> dict[str, Value]:
        """Return the parameters by name."""
        return dict(vars(self))


def _check_name(name: object) -> None:
    """Refuse what cannot be read as `p.name`."""
    good = isinstance(name, str) and name.isidentifier() and not keyword.iskeyword(name)
    if not good or str(name).startswith("_") or hasattr(Parameters, str(name)):
        raise InvalidBarStrategy(f"expected a parameter's name as in fast, found {name!r}")


@dataclass(frozen=True, slots=True)
class Relation:
    """An order that two parameters must keep: `fast < slow`, `low <= high`."""

    left: str
    operator: str
    right: str

    @classmethod
    def parse(cls, text: str, names: Iterable[str]) -> "Relation":
        """Read a relation of two of these names; errors: InvalidBarStrategy."""
        words = text.split()
        if len(words) != 3 or words[1] not in ("<", "<="):
            raise InvalidBarStrategy(f"expected a relation as in 'fast < slow', found {text!r}")
        known = list(names)
        for name in (words[0], words[2]):
            if name not in known:
                raise InvalidBarStrategy(f"relation {text!r}: {name}: {proposal(name, known)}")
        return cls(*words)

    def __str__(self) -> str:
        return f"{self.left} {self.operator} {self.right}"

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Return whether values keep it."""
        left, right = values[self.left], values[self.right]
        return bool(left < right if self.operator == "<" else left <= right)


@dataclass(frozen=True, slots=True)
class ParameterSpace:
    """All parameters of a strategy, and the relations between them."""

    parameters: tuple[AnyParameter, ...]
    relations: tuple[Relation, ...]
    _checked: dict[tuple[str, type, Any], Value] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        names = [parameter.name for parameter in self.parameters]
        if len(set(names)) != len(names):
            raise InvalidBarStrategy(f"expected each parameter once, found {', '.join(names)}")
        self.resolve({})

    def __iter__(self) -> Iterator[AnyParameter]:
        return iter(self.parameters)

    @property
    def defaults(self) -> dict[str, Value]:
        """Return every parameter's default."""
        return {parameter.name: parameter.default for parameter in self.parameters}

    def named(self, name: str) -> AnyParameter:
        """Return one parameter; errors: InvalidParameter with the nearest name."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        known = [parameter.name for parameter in self.parameters]
        raise InvalidParameter(f"parameter {name!r} is unknown; {proposal(name, known)}")

    def broken(self, values: Mapping[str, Any]) -> str | None:
        """Return the relation that complete values break, in words; None where all are kept."""
        for relation in self.relations:
            if not relation.holds(values):
                found = f"{values[relation.left]} and {values[relation.right]}"
                return f"parameters: expected {relation}, found {found}"
        return None

    def _check(self, name: str, value: Any) -> Value:
        """Return a value after a look at it; a grid asks for few of them very often."""
        key = (name, type(value), value)
        try:
            found = self._checked.get(key)
        except TypeError:  # a value that cannot be looked up is no good one
            return self.named(name).check(value)
        if found is None:
            found = self.named(name).check(value)
            if len(self._checked) < _CHECKED_MAX:
                self._checked[key] = found
        return found

    def resolve(self, given: Mapping[str, Any]) -> Parameters:
        """Return given values over the defaults, all checked; errors: InvalidParameter."""
        values = self.defaults
        for name, value in given.items():
            values[name] = self._check(name, value)
        trouble = self.broken(values) if self.relations else None
        if trouble is not None:
            raise InvalidParameter(trouble)
        return Parameters(**values)
