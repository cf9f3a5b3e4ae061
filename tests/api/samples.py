"""Documents that fit a schema: the least one that a service could have made."""

from typing import Any

from api.schemas.registry import SCHEMAS

_BY_FORMAT = {
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
    "date": "2026-03-20",
    "date-time": "2026-03-20T14:30:00Z",
}
_BY_PATTERN = {
    r"^-?[0-9]+(\.[0-9]+)?$": "1.00",
    "^[0-9]+$": "1",
    "^[0-9a-f]{64}$": "a" * 64,
}


def sample(name: str) -> Any:
    """Return a document of a named schema."""
    return sample_of(SCHEMAS[name])


def sample_of(schema: dict[str, Any]) -> Any:
    """Return a document of a schema."""
    if "$ref" in schema:
        return sample(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return sample_of(schema["anyOf"][0]) if _is_flat(schema["anyOf"][0]) else None
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    if kind == "object":
        fields = schema.get("properties", {})
        return {name: sample_of(fields[name]) for name in schema.get("required", fields)}
    if kind == "array":
        return [sample_of(schema["items"])]
    if kind == "string":
        return _BY_FORMAT.get(schema.get("format", "")) or _BY_PATTERN.get(
            schema.get("pattern", ""), schema.get("examples", ["text"])[0]
        )
    return {"integer": schema.get("minimum", 0), "number": 0.5, "boolean": True, "null": None}[kind]


def _is_flat(schema: dict[str, Any]) -> bool:
    """Whether a nullable schema is filled: objects below objects stay null."""
    return "$ref" not in schema
