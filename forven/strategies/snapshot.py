"""What a saved program is, shown to a reader: its one spelling, and what it does in sentences."""

from typing import Any

from forven.strategies.description import describe, warnings
from forven.strategies.saved import Strategy
from forven.strategies.structured import StructuredStrategy


def snapshot_of(strategy: Strategy) -> dict[str, Any]:
    """Return {source_hash, kind, says, warnings} with `config` or, of a script, its `source`."""
    content: dict[str, Any]
    if isinstance(strategy, StructuredStrategy):
        content = {
            "says": describe(strategy),
            "warnings": warnings(strategy),
            "config": strategy.program(),
        }
    else:
        content = {
            "says": [f"Runs the class {strategy.class_name} of a script."],
            "warnings": [],
            "source": strategy.source,
        }
    return {"source_hash": strategy.hash, "kind": strategy.kind, **content}
