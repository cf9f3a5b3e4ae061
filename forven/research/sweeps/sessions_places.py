"""What a sweep may vary of a structured strategy: single values of its document, by their paths."""

import math
import re
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from forven.primitives.errors import InvalidInput
from forven.strategies.bars.errors import proposal
from forven.strategies.bars.parameters import Value

Document = dict[str, Any]
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_WORDS = ("time",)
"""Fields that hold a text even where they are left out."""


@dataclass(frozen=True, slots=True)
class Place:
    """One value of a document; kind is `int`, `float` (a decimal string there) or `choice`."""

    name: str
    kind: str

    def check(self, given: object) -> Value:
        """Return a value of the kind; whether it is allowed there is for the compiler to say."""
        if self.kind == "choice":
            return str(given)
        number: Any = given
        if not math.isfinite(number) or (self.kind == "int" and number != int(number)):
            what = "a whole number" if self.kind == "int" else "a number"
            raise InvalidInput(f"grid {self.name}: expected {what}, found {given!r}")
        return int(number) if self.kind == "int" else float(number)


class Places:
    """The places of a strategy's canonical document, as `legs.0.strike.value`."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def named(self, path: str) -> Place:
        """Return one place; errors: InvalidInput with the nearest name."""
        found: Any = self._document
        walked: list[str] = []
        for part in steps_of(path):
            known = _parts(found)
            if part not in known:
                raise InvalidInput(_unknown(path, part, walked, known))
            walked.append(part)
            found = found[_key(found, part)]
        if isinstance(found, dict | list):
            inside = ", ".join(f"{path}.{part}" for part in _parts(found)) or "nothing"
            raise InvalidInput(f"grid {path}: expected a single value, found {inside}")
        return Place(path, _kind(walked[-1], found))


def steps_of(path: str) -> list[str]:
    """Return the steps of a path; `legs[0]` is `legs.0`."""
    return re.sub(r"\[(\w+)\]", r".\1", path).split(".")


def document_with(document: Document, values: dict[str, Value]) -> Document:
    """Return a document with some values in their places."""
    changed = deepcopy(document)
    for path, value in values.items():
        *before, last = steps_of(path)
        holder: Any = changed
        for part in before:
            holder = holder[_key(holder, part)]
        holder[_key(holder, last)] = _written(value)
    return changed


def _written(value: Value) -> Value:
    """Return a value as a document has it: fractions as decimal strings."""
    return format(Decimal(repr(value)).normalize(), "f") if isinstance(value, float) else value


def _kind(name: str, value: object) -> str:
    """Return the kind of a value."""
    if isinstance(value, int):
        return "int"
    if value is None:
        return "choice" if name in _WORDS else "float"
    return "float" if _DECIMAL.fullmatch(str(value)) else "choice"


def _parts(value: Any) -> list[str]:
    """Return the names, or numbers, of what lies in a value."""
    if isinstance(value, dict):
        return list(value)
    return [str(number) for number in range(len(value))] if isinstance(value, list) else []


def _key(holder: Any, part: str) -> Any:
    """Return a step as its holder takes it."""
    return int(part) if isinstance(holder, list) else part


def _unknown(path: str, part: str, walked: list[str], known: list[str]) -> str:
    """Return what is wrong with a step of a path."""
    where = ".".join(walked) or "the strategy"
    if not known:
        return f"grid {path}: expected a path that ends at {where}, which is a single value"
    near = proposal(part, known)
    mend = f"as in {'.'.join([*walked, 'strike', 'value'])}; " if "strike" in known else ""
    return f"grid {path}: {where} has no {part!r}; {mend}{near}"
