"""Reads a saved program of either kind back as the strategy it was saved from."""

from collections.abc import Mapping
from pathlib import Path

from forven.engine.documents import read_document
from forven.primitives.errors import InvalidStrategy
from forven.strategies.script import source as script
from forven.strategies.script.source import ScriptStrategy, read_script
from forven.strategies.structured import KIND as STRUCTURED
from forven.strategies.structured import StructuredStrategy, parse_strategy

KINDS = (STRUCTURED, script.KIND)
Strategy = StructuredStrategy | ScriptStrategy


def read_program(kind: str, document: object) -> Strategy:
    """Return the strategy of a program of a kind, `structured` or `script`.

    document  a structured document (JSON text or values), the text of a script as
              `program_text` gives it, a script's document with `source`, or a file's Path
    errors    InvalidStrategy for another kind, and as `parse_strategy` and `read_script`
    """
    if kind == STRUCTURED:
        return parse_strategy(document)
    if kind != script.KIND:
        raise InvalidStrategy(
            f"kind: expected {' or '.join(KINDS)}, found {str(kind)[:40]!r}; write one of them"
        )
    if isinstance(document, str):
        return read_script({"source": document})
    return read_script(document)


def named(strategy: Strategy, name: str, description: str = "") -> Strategy:
    """Return the same program under another name and description; its hash stays the same."""
    return read_program(
        strategy.kind, {**strategy.to_json(), "name": name, "description": description}
    )


def kind_of(document: object) -> str:
    """Return the kind of a document: one with `source` is a script, all others are structured."""
    if isinstance(document, Path):
        return script.KIND if document.suffix == ".py" else STRUCTURED
    values = document if isinstance(document, Mapping) else read_document(document, InvalidStrategy)
    return script.KIND if isinstance(values, Mapping) and "source" in values else STRUCTURED
