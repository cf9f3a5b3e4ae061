"""Building blocks of the schemas: decimal strings, moments, days, ids, records and lists."""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

DECIMAL: Schema = {
    "type": "string",
    "pattern": r"^-?[0-9]+(\.[0-9]+)?$",
    "description": "A decimal number as a string.",
}
WHOLE_TEXT: Schema = {
    "type": "string",
    "pattern": "^[0-9]+$",
    "description": "A whole number as a string.",
}
MOMENT: Schema = {
    "type": "string",
    "format": "date-time",
    "description": "RFC 3339, UTC, ending in Z.",
}
DAY: Schema = {"type": "string", "format": "date", "description": "YYYY-MM-DD."}
IDENTIFIER: Schema = {"type": "string", "format": "uuid"}
HASH: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256."}
TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": "number"}
ANYTHING: Schema = {}
OBJECT: Schema = {"type": "object"}


def record(properties: Mapping[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    """Return an object with exactly these fields, all there but the optional ones."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def partial(properties: Mapping[str, Schema]) -> Schema:
    """Return an object that may have these fields and no others, at least one of them."""
    return {**record(properties, optional=tuple(properties)), "minProperties": 1}


def listing(item: Schema) -> Schema:
    """Return an array."""
    return {"type": "array", "items": item}


def choice(*names: str) -> Schema:
    """Return a string that is one of these."""
    return {"type": "string", "enum": list(names)}


def whole(least: int, most: int, default: int | None = None) -> Schema:
    """Return a whole number within bounds."""
    schema: Schema = {"type": "integer", "minimum": least, "maximum": most}
    return schema if default is None else {**schema, "default": default}


def line(most: int) -> Schema:
    """Return a printable text of one line, with something in it that can be seen."""
    unseen = r"\x00-\x1f\x7f"
    pattern = rf"^[^{unseen}]*[^\s{unseen}][^{unseen}]*$"
    return {"type": "string", "minLength": 1, "maxLength": most, "pattern": pattern}


def lines(most: int) -> Schema:
    """Return a printable text, empty maybe, maybe of several lines."""
    return {"type": "string", "maxLength": most, "pattern": r"^[^\x00-\x09\x0b-\x1f\x7f]*$"}


def decimal_input(least: str, most: str, places: int) -> Schema:
    """Return a decimal as requests may write it: a number, or a string read as exactly."""
    about = f"From {least} to {most}, at most {places} decimals."
    number = {"type": "number", "minimum": float(least), "maximum": float(most)}
    string = {"type": "string", "pattern": rf"^[0-9]{{1,12}}(\.[0-9]{{1,{places}}})?$"}
    return {"anyOf": [string, number], "description": about}


def nullable(schema: Schema) -> Schema:
    """Return a schema that null fits too."""
    return {"anyOf": [schema, {"type": "null"}]}


def described(schema: Schema, about: str) -> Schema:
    """Return a schema with its description."""
    return {**schema, "description": about}


def named(name: str) -> Schema:
    """Return a reference to a schema of the registry."""
    return {"$ref": f"#/components/schemas/{name}"}
