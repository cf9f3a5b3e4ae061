"""The shapes of a declared rule: plain, finite, of modest size, and known field by field."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from forven.strategies.bars.errors import InvalidBarStrategy, proposal

DEPTH_MAX = 40
PARTS_MAX = 2_000
TEXT_MAX = 400
_WHOLE_MAX = 2**53


def trouble(where: str, expected: str, found: object) -> InvalidBarStrategy:
    """Return the error for a place of the spec: what was expected there, what was found."""
    shown = repr(found)
    if len(shown) > 80:
        shown = shown[:77] + "..."
    return InvalidBarStrategy(f"rules: {where}: expected {expected}, found {shown}")


def plain(spec: object) -> dict[str, Any]:
    """Return a copy of a spec that nobody else changes; errors: InvalidBarStrategy.

    Refused: what JSON has no word for, numbers that are not finite, and more than PARTS_MAX parts
    or DEPTH_MAX levels.
    """
    if not isinstance(spec, Mapping):
        raise trouble("spec", "an object with entry_long or entry_short", type(spec).__name__)
    copied: dict[str, Any] = _copied(spec, "spec", 0, [0])
    return copied


def _copied(part: object, where: str, depth: int, seen: list[int]) -> Any:
    """Return a copy of a part."""
    seen[0] += 1
    if seen[0] > PARTS_MAX:
        raise InvalidBarStrategy(f"rules: expected at most {PARTS_MAX} parts, found more")
    if depth > DEPTH_MAX:
        raise InvalidBarStrategy(f"rules: expected at most {DEPTH_MAX} levels, found more")
    if isinstance(part, Mapping):
        return {
            text(key, where): _copied(inner, _inside(where, key), depth + 1, seen)
            for key, inner in part.items()
        }
    if isinstance(part, list | tuple):
        return [
            _copied(inner, f"{where}[{place}]", depth + 1, seen) for place, inner in enumerate(part)
        ]
    if isinstance(part, str):
        return text(part, where)
    return number(part, where)


def _inside(where: str, key: object) -> str:
    """Return the name of a place inside another."""
    return str(key) if where == "spec" else f"{where}.{key}"


def text(found: object, where: str) -> str:
    """Return a text of modest length."""
    if not isinstance(found, str):
        raise trouble(where, "a text", found)
    if len(found) > TEXT_MAX:
        raise trouble(where, f"a text of at most {TEXT_MAX} characters", found)
    return found


def number(found: object, where: str) -> int | float:
    """Return a finite number; true and false are none."""
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise trouble(where, "a finite number, a text, a list or an object", found)
    if (isinstance(found, int) and abs(found) > _WHOLE_MAX) or not math.isfinite(found):
        raise trouble(where, "a finite number", found)
    return found


def fields(found: object, where: str, known: Iterable[str]) -> dict[str, Any]:
    """Return an object whose fields are all known."""
    if not isinstance(found, dict):
        raise trouble(where, "an object", found)
    names = list(known)
    for name in found:
        if name not in names:
            raise InvalidBarStrategy(f"rules: {where}: {name!r}: {proposal(name, names)}")
    return found


def texts(found: object, where: str) -> list[str]:
    """Return a list of texts."""
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise trouble(where, "a list of texts", found)
    return found


def items(found: object, where: str, least: int = 1) -> list[Any]:
    """Return a list with so many items or more."""
    if not isinstance(found, list) or len(found) < least:
        raise trouble(where, f"a list of {least} or more", found)
    return found


def required(found: dict[str, Any], name: str, where: str) -> Any:
    """Return a field that must be there."""
    if name not in found:
        raise trouble(where, f"the field {name!r}", ", ".join(found) or "none")
    return found[name]
