"""Parameters of paths, queries and headers: declared once, for checking and for OpenAPI."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from forven.bots.errors import InvalidField
from forven.bots.services.fields import LIST_LIMIT_MAX
from forven.bots.services.idempotency import KEY_LENGTH_MAX
from forven.engine.documents import shown
from forven.primitives.errors import InvalidInput
from forven.primitives.time import parse_date

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,17}")
_KEY = re.compile(rf"[!-~]{{1,{KEY_LENGTH_MAX}}}")
_QUERY_PARAMETERS_MAX = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter: where it stands, its schema, and how its text is read.

    place    path, query or header
    read     returns the value of a text or raises InvalidField
    default  value where a query parameter is left out
    """

    name: str
    place: str
    about: str
    schema: Mapping[str, Any]
    read: Callable[[str, str], Any]
    default: Any = None
    example: Any = None

    def to_openapi(self) -> dict[str, Any]:
        """Return the parameter object of OpenAPI."""
        schema = dict(self.schema)
        if self.default is not None:
            schema["default"] = self.default
        document = {
            "name": self.name,
            "in": self.place,
            "required": self.place == "path",
            "description": self.about,
            "schema": schema,
        }
        return document if self.example is None else {**document, "example": self.example}


@dataclass(frozen=True, slots=True)
class QueryReader:
    """Reads a query string against the parameters that it may have."""

    parameters: tuple[Parameter, ...] = field(default=())

    def read(self, raw: bytes) -> dict[str, Any]:
        """Return every parameter's value; an unknown one, or one given twice, is refused."""
        values = {parameter.name: parameter.default for parameter in self.parameters}
        if not raw:
            return values
        known = {parameter.name: parameter for parameter in self.parameters}
        given: set[str] = set()
        for name, text in _pairs(raw):
            if name not in known:
                names = ", ".join(known) or "none"
                raise InvalidField(
                    f"{shown(name)}: expected one of the query parameters {names}, "
                    "found another one; remove it"
                )
            if name in given:
                raise InvalidField(f"{name}: expected it once, found it twice; keep one of them")
            given.add(name)
            values[name] = known[name].read(name, text)
        return values


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    """Return the names and texts of a query string."""
    try:
        return parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_QUERY_PARAMETERS_MAX,
        )
    except ValueError:  # UnicodeDecodeError is one
        raise InvalidField(
            f"query: expected at most {_QUERY_PARAMETERS_MAX} parameters in percent-encoded UTF-8, "
            "found another text; encode it"
        ) from None


def identifier(name: str, about: str, place: str = "path") -> Parameter:
    """Return a parameter that is a UUID."""
    return Parameter(
        name=name,
        place=place,
        about=about,
        schema={"type": "string", "format": "uuid"},
        read=_read_uuid,
    )


def whole_in_query(name: str, about: str, least: int, most: int) -> Parameter:
    """Return a query parameter that is a whole number, handed on as its text."""
    return Parameter(
        name=name,
        place="query",
        about=about,
        schema={"type": "integer", "minimum": least, "maximum": most},
        read=lambda name, text: str(_read_whole(name, text, least, most)),
    )


def page_limit(about: str, most: int = LIST_LIMIT_MAX) -> Parameter:
    """Return the query parameter that says how many items a part of a list has at most."""
    return whole_in_query("limit", about, 1, most)


def cursor(about: str, pattern: str) -> Parameter:
    """Return the query parameter that says after which item a part of a list begins."""
    return text("after", about, pattern, place="query")


def whole_in_path(name: str, about: str, least: int, most: int) -> Parameter:
    """Return a path parameter that is a whole number within bounds."""
    return Parameter(
        name=name,
        place="path",
        about=about,
        schema={"type": "integer", "minimum": least, "maximum": most},
        read=lambda name, text: _read_whole(name, text, least, most),
    )


def trading_day(name: str, about: str, place: str = "path") -> Parameter:
    """Return a parameter that is a date as `YYYY-MM-DD`."""
    return Parameter(
        name=name,
        place=place,
        about=about,
        schema={"type": "string", "format": "date"},
        read=_read_day,
        example="2026-03-20",
    )


def text(
    name: str, about: str, pattern: str, example: str | None = None, place: str = "path"
) -> Parameter:
    """Return a parameter that is a text of a form, a regular expression without anchors."""
    form = re.compile(pattern)
    return Parameter(
        name=name,
        place=place,
        about=about,
        schema={"type": "string", "pattern": f"^(?:{pattern})$"},
        read=lambda name, text: _read_text(name, text, form),
        example=example,
    )


IDEMPOTENCY_KEY = Parameter(
    name="Idempotency-Key",
    place="header",
    about=f"A name of your own for this request, 1 to {KEY_LENGTH_MAX} visible ASCII characters. "
    "The same key with the same request gives the first answer again, with "
    "`Idempotent-Replay: true`; with another request it is 409 `idempotency_conflict`.",
    schema={"type": "string", "minLength": 1, "maxLength": KEY_LENGTH_MAX, "pattern": "^[!-~]+$"},
    read=lambda name, text: _read_text(name, text, _KEY),
)


def _read_uuid(name: str, text: str) -> str:
    """Return a UUID in lower case."""
    if _UUID.fullmatch(text) is None:
        raise InvalidField(
            f"{name}: expected a UUID as 8-4-4-4-12 hex digits, found {shown(text)}; "
            "take it from a listing"
        )
    return text.lower()


def _read_whole(name: str, text: str, least: int, most: int) -> int:
    """Return a whole number within bounds."""
    if _WHOLE.fullmatch(text) is None or not least <= int(text) <= most:
        raise InvalidField(
            f"{name}: expected a whole number from {least} to {most}, found {shown(text)}; "
            "write it in digits"
        )
    return int(text)


def _read_day(name: str, text: str) -> str:
    """Return a date in its one spelling."""
    try:
        return parse_date(text).isoformat()
    except InvalidInput:
        raise InvalidField(
            f"{name}: expected a date as YYYY-MM-DD, found {shown(text)}; write it so"
        ) from None


def _read_text(name: str, text: str, form: re.Pattern[str]) -> str:
    """Return a text of the form asked for."""
    if form.fullmatch(text) is None:
        raise InvalidField(
            f"{name}: expected a text like {form.pattern}, found {shown(text)}; write it so"
        )
    return text
