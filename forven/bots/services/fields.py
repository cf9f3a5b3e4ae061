"""Reads the fields of a body or a query: each checked, each refusal with its path and its code."""

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from forven.bots.errors import CodedError, InvalidField
from forven.engine.documents import shown
from forven.primitives.errors import InvalidInput
from forven.primitives.time import nanoseconds_of
from forven.strategies.sections import Section

NAME_LENGTH_MAX = 80
DESCRIPTION_LENGTH_MAX = 2_000
LIST_LIMIT_MAX = 10_000
_COUNT = re.compile(r"[0-9]{1,12}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
)


@contextmanager
def refusing_as(error: type[CodedError]) -> Iterator[None]:
    """Turn a refusal met inside the `with` block into `error`; one that has a code keeps it."""
    try:
        yield
    except CodedError:
        raise
    except InvalidInput as cause:
        raise error(str(cause)) from None


def section_of(body: object, names: Sequence[str], path: str = "") -> Section:
    """Return a body's object; unknown fields are refused with the nearest known name."""
    with refusing_as(InvalidField):
        return Section(body, path, names)


def given_fields(body: object, names: Sequence[str], path: str = "") -> dict[str, object]:
    """Return the fields a body names, null ones included; unknown fields are refused."""
    section_of(body, names, path)
    return dict(body) if isinstance(body, Mapping) else {}


def name_of(section: Section, field: str = "name") -> str:
    """Return a name of 1 to 80 printable characters that are not all spaces, trimmed."""
    with refusing_as(InvalidField):
        expected = f"a text of 1 to {NAME_LENGTH_MAX} characters"
        section.needed(field, expected)
        name = section.text(field, NAME_LENGTH_MAX).strip()
        if not name:
            raise InvalidField(f"{section.at(field)}: expected {expected}, found an empty one")
        return name


def description_of(section: Section, field: str = "description") -> str:
    """Return a text of at most 2,000 characters; empty if left out or null."""
    if not section.has(field):
        return ""
    with refusing_as(InvalidField):
        return section.text(field, DESCRIPTION_LENGTH_MAX, lines=True)


def choice_of(section: Section, field: str, choices: Sequence[str]) -> str:
    """Return one of some texts."""
    with refusing_as(InvalidField):
        return section.choice(field, choices)


def uuid_of(value: object, path: str, error: type[CodedError] = InvalidField) -> str:
    """Return a UUID in its one spelling: 36 characters, lower case."""
    try:
        found = str(uuid.UUID(value)) if isinstance(value, str) else ""
    except ValueError:
        found = ""
    if not isinstance(value, str) or value.lower() != found:
        raise error(
            f"{path}: expected a UUID such as 123e4567-e89b-12d3-a456-426614174000, "
            f"found {shown(value)}"
        )
    return found


def limit_of(text: str | None, default: int, most: int = LIST_LIMIT_MAX) -> int:
    """Return how many items a query asks for."""
    if text is None:
        return default
    number = int(text) if _COUNT.fullmatch(text) else 0
    if not 1 <= number <= most:
        raise InvalidField(f"limit: expected a whole number from 1 to {most}, found {shown(text)}")
    return number


def cursor_of(text: str | None) -> int:
    """Return the number after which a query wants to go on; -1 from the start."""
    if text is None:
        return -1
    if not _COUNT.fullmatch(text):
        raise InvalidField(f"after: expected the number of the last item read, found {shown(text)}")
    return int(text)


def moment_of(text: str, path: str) -> int:
    """Return the nanoseconds UTC of an RFC 3339 time with its zone, exact to the nanosecond."""
    found = _MOMENT.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        fraction = (found.group(1) or ".").removeprefix(".").ljust(9, "0")
        whole = datetime.fromisoformat(text.replace(found.group(1) or "", "", 1))
    except ValueError:
        raise InvalidField(
            f"{path}: expected an RFC 3339 time such as 2026-11-20T14:30:00Z, found {shown(text)}"
        ) from None
    return nanoseconds_of(whole) + int(fraction)
