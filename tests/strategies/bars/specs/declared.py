"""A small spec of declared rules, and one made of it."""

from typing import Any

CROSS: dict[str, Any] = {
    "name": "cross",
    "rule": "A fast average over a slow one.",
    "params": {"fast": {"default": 2, "low": 2, "high": 50}, "slow": 3},
    "relations": ["fast < slow"],
    "indicators": {
        "quick": {"indicator": "sma", "of": "close", "bars": "fast"},
        "late": {"indicator": "sma", "bars": "slow"},
    },
    "entry_long": ["quick", "crosses_above", "late"],
    "exit_long": ["quick", "<", "late"],
}


def spec(**changes: Any) -> dict[str, Any]:
    """Return the small spec with other fields; None leaves one out."""
    made = {**CROSS, **changes}
    return {name: part for name, part in made.items() if part is not None}


def entry(tree: Any, **changes: Any) -> dict[str, Any]:
    """Return a spec that enters by a tree, with no averages unless they are given."""
    fields = {"indicators": None, "exit_long": None, "params": None, "relations": None}
    return spec(**{**fields, "entry_long": tree, **changes})


def nested(word: str, depth: int) -> Any:
    """Return a tree so many levels deep."""
    tree: Any = ["close", ">", 1]
    for _ in range(depth):
        tree = {word: tree if word in ("not", "starts") else [tree]}
    return tree
