"""Checks of single policy fields, and building a policy from a document's fields."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from forven.engine.documents import join, shown
from forven.primitives.errors import InvalidInput
from forven.primitives.money import decimal_text
from forven.primitives.time import parse_date

T = TypeVar("T")
_DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,9})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
THREADS_MAX = 256


def check_whole(name: str, value: object, least: int, most: int) -> None:
    """Refuse a value that is no whole number from `least` to `most`, both included."""
    if type(value) is not int or not least <= value <= most:
        raise InvalidInput(
            f"{name} must be a whole number from {least} to {most}, was {shown(value)}"
        )


def check_threads(threads: object) -> None:
    """Refuse a number of threads that no run may use."""
    if type(threads) is not int or not 1 <= threads <= THREADS_MAX:
        raise InvalidInput(f"threads: expected 1 to {THREADS_MAX}, found {threads!r}")


def check_flag(name: str, value: object) -> None:
    """Refuse a value that is neither true nor false."""
    if type(value) is not bool:
        raise InvalidInput(f"{name} must be true or false, was {shown(value)}")


def check_text(name: str, value: object, most: int, least: int = 1) -> None:
    """Refuse a value that is no printable text of `least` to `most` characters."""
    if not isinstance(value, str) or not least <= len(value) <= most or not value.isprintable():
        raise InvalidInput(
            f"{name} must be a printable text of {least} to {most} characters, was {shown(value)}"
        )


def check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    """Refuse a value that is none of the choices."""
    if value not in choices:
        raise InvalidInput(f"{name} must be one of {', '.join(choices)}, was {shown(value)}")


def check_part(name: str, value: object, kind: type) -> None:
    """Refuse a value that is not of a policy's class."""
    if not isinstance(value, kind):
        raise InvalidInput(f"{name} must be a {kind.__name__}, was {shown(value)}")


def decimal_units(
    name: str, value: object, scale: int, least: int, most: int, step: int = 1
) -> int:
    """Return a decimal string as an integer of units of 1/`scale`.

    least, most  bounds in units, both included
    step         the value must be a multiple of so many units
    """
    bounds = (
        f"a decimal string from {decimal_text(least, scale, 2)} to {decimal_text(most, scale, 2)}"
        f" in steps of {decimal_text(step, scale, 2)}"
    )
    refused = InvalidInput(f"{name} must be {bounds}, was {shown(value)}")
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise refused
    units = Decimal(value) * scale
    if units != int(units) or not least <= int(units) <= most or int(units) % step:
        raise refused
    return int(units)


def date_of(name: str, value: object) -> date:
    """Return a date written as `YYYY-MM-DD`."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise InvalidInput(f"{name} must be a date as YYYY-MM-DD, was {shown(value)}")
    return parse_date(value)


def built_from(make: Callable[..., T], given: object, path: str) -> T:
    """Return a dataclass made from an object's fields; left-out fields keep their defaults.

    errors  InvalidInput with `path` for an unknown field or one refused by `make`
    """
    known = tuple(field.name for field in fields(make))  # type: ignore[arg-type]
    named = fields_of(given, path, known)
    try:
        return make(**named)
    except InvalidInput as cause:
        raise InvalidInput(f"{path}.{cause}") from None


def fields_of(
    document: object, path: str, names: tuple[str, ...], *, complete: bool = False
) -> dict[str, Any]:
    """Return an object's fields; a document that is no object or has another field is refused.

    complete  every field must be there
    """
    if not isinstance(document, Mapping):
        raise InvalidInput(f"{path or 'document'} must be an object, was {shown(document)}")
    for name in document:
        if name not in names:
            raise InvalidInput(
                f"{join(path, str(name))} is no field of {path or 'the document'}; "
                f"its fields are {', '.join(names)}"
            )
    missing = [name for name in names if name not in document]
    if complete and missing:
        raise InvalidInput(
            f"{join(path, missing[0])} must be given; add it to {path or 'the document'}"
        )
    return dict(document)
