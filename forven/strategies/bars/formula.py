"""The base of all formulas: values that never change, and equal ones are one object.

Equal formulas are one object while it is remembered, so comparing and hashing them is cheap.
"""

from inspect import get_annotations
from typing import Any, ClassVar, NoReturn

from forven.strategies.bars.errors import InvalidBarStrategy

_KNOWN_MAX = 500_000
_known: dict[tuple[Any, ...], "Expression"] = {}


class Expression:
    """A formula: a value that never changes, equal to another of the same shape."""

    __slots__ = ("_hash",)
    _hash: int
    names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.names += tuple(get_annotations(cls))

    def __new__(cls, *fields: Any) -> Any:
        """Return the formula with these fields, the one that is there if it is remembered."""
        key = (cls, *fields)
        found = _known.get(key)
        if found is not None:
            return found
        made = object.__new__(cls)
        for name, value in zip(cls.names, fields, strict=True):
            object.__setattr__(made, name, value)
        object.__setattr__(made, "_hash", hash(key))
        if len(_known) >= _KNOWN_MAX:
            _known.clear()  # formulas stay equal by their fields; only memory is given back
        _known[key] = made
        return made

    def __init__(self, *fields: Any) -> None:
        """Do nothing: `__new__` made it, or had it already."""

    @property
    def fields(self) -> tuple[Any, ...]:
        """Return what it was made of."""
        return tuple(getattr(self, name) for name in self.names)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Expression)
            and type(self) is type(other)
            and self._hash == other._hash
            and self.fields == other.fields
        )

    def __hash__(self) -> int:
        return self._hash

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise InvalidBarStrategy(f"{self!r}: a formula never changes, found {name} = {value!r}")

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return type(self), self.fields

    def __bool__(self) -> NoReturn:
        raise InvalidBarStrategy(
            f"{self!r} is a formula, neither true nor false: combine conditions with & | ~ instead "
            "of and, or, not; write a < b < c as (a < b) & (b < c)"
        )
