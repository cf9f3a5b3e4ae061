"""Records to the values of their table's columns, and many keys to statements of some."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

_KEYS_MAX = 400
"""Keys in one statement: SQLite takes 999 values in its oldest builds, two a key at most here."""


def values_of(record: Any) -> dict[str, Any]:
    """Return a dataclass's fields by name, one level deep."""
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def batched(keys: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield keys in runs that one statement may name."""
    for start in range(0, len(keys), _KEYS_MAX):
        yield keys[start : start + _KEYS_MAX]
