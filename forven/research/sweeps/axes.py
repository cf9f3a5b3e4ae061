"""What a sweep varies: `fast=5:50:5`, `slow=20,50,100` or `mode=long`, read and checked."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Protocol

from forven.primitives.errors import InvalidInput
from forven.strategies.bars.parameters import Value

VALUES_MAX = 10_000_000
"""Of one axis, and of all their combinations."""
_MEND = "write it as in fast=5:50:5 (start, stop, step), fast=5,10,20 or fast=5"


class Varied(Protocol):
    """What an axis goes along: a parameter of a strategy, or a place in its document."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def kind(self) -> str:
        """`int`, `float` or `choice`."""

    def check(self, given: object) -> Value:
        """Return a value that is allowed, or refuse it."""


class Space(Protocol):
    """Where what varies is looked up."""

    def named(self, name: str) -> Varied:
        """Return it by name; errors: InvalidParameter or InvalidInput with the nearest one."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The values one parameter takes, in the order they were said, each once."""

    name: str
    values: tuple[Value, ...]


def read_axes(texts: Iterable[str], space: Space) -> tuple[Axis, ...]:
    """Return the axes of texts as `name=start:stop:step`; errors: InvalidInput, InvalidParameter.

    A stop that lies on the step is included.
    """
    axes: dict[str, Axis] = {}
    for text in texts:
        name, sign, said = text.partition("=")
        name = name.strip()
        if not sign or not name or not said.strip():
            raise InvalidInput(f"grid {text!r}: expected NAME=VALUES, found none; {_MEND}")
        if name in axes:
            raise InvalidInput(f"grid {text!r}: expected {name} once, found it twice")
        axes[name] = read_axis(space.named(name), said.strip())
    return tuple(axes.values())


def read_axis(parameter: Varied, said: str) -> Axis:
    """Return the axis of one parameter from what follows the equals sign."""
    if parameter.kind == "choice":
        words = [word.strip() for word in said.split(",")]
        return _axis(parameter, [parameter.check(word) for word in words])
    if ":" in said:
        return _axis(parameter, _spanned(parameter, said))
    return _axis(parameter, [_number(parameter, text) for text in said.split(",")])


def _axis(parameter: Varied, values: list[Value]) -> Axis:
    return Axis(parameter.name, tuple(dict.fromkeys(values)))


def _spanned(parameter: Varied, said: str) -> list[Value]:
    """Return the values from a start to a stop by a step: decimals, so that 0.1 adds up."""
    parts = said.split(":")
    if len(parts) != 3:
        raise InvalidInput(f"grid {parameter.name}={said}: expected three numbers; {_MEND}")
    start, stop, step = (_decimal(parameter.name, part) for part in parts)
    if step == 0 or (stop - start) * step < 0:
        raise InvalidInput(
            f"grid {parameter.name}={said}: expected a step that leads from {start} to {stop}, "
            f"found {step}"
        )
    count = int((stop - start) // step) + 1
    if count > VALUES_MAX:
        raise InvalidInput(
            f"grid {parameter.name}={said}: expected at most {VALUES_MAX:,} values, "
            f"found {count:,}; take a larger step"
        )
    for end in (start, start + step * (count - 1)):  # refuse before a long list is made
        _checked(parameter, end)
    return [_checked(parameter, start + step * at) for at in range(count)]


def _number(parameter: Varied, text: str) -> Value:
    return _checked(parameter, _decimal(parameter.name, text))


def _checked(parameter: Varied, number: Decimal) -> Value:
    """Return a number of the parameter's kind, inside its bounds."""
    if parameter.kind == "int" and number == number.to_integral_value():
        return parameter.check(int(number))
    return parameter.check(float(number))


def _decimal(name: str, text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) > Decimal("1e15"):
        raise InvalidInput(f"grid {name}: expected a number, found {text.strip()!r}; {_MEND}")
    return number
