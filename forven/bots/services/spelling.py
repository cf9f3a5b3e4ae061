"""Spells rows of the store as the documents that readers get."""

from typing import Any, NamedTuple

from forven.primitives.money import money_text
from forven.primitives.time import rfc3339

Document = dict[str, Any]
Documents = list[Document]


class Page(NamedTuple):
    """A part of a growing list; `next_after` is the cursor of the next part, None at the end."""

    items: Documents
    next_after: str | None


def moment(ns: int | None) -> str | None:
    """Return a time as RFC 3339 UTC, None where there is none."""
    return None if ns is None else rfc3339(ns)


def money(micros: int | None) -> str | None:
    """Return an amount as a decimal string, None where there is none."""
    return None if micros is None else money_text(micros)
