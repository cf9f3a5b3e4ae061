"""What a bot was configured as before each change, and what differs between two versions."""

from collections.abc import Mapping
from typing import Any

from forven.bots.services.spelling import Document
from forven.primitives.money import money_text
from forven.store.bots import BotRow

VERSION_FIELDS = (
    "name",
    "description",
    "strategy_id",
    "strategy_hash",
    "template_id",
    "starting_capital",
    "risk",
    "reprice",
    "config",
)
"""What a version keeps: how a bot is configured, not how it stands."""


def snapshot_of(bot: BotRow) -> Document:
    """Return what a version keeps of a bot."""
    kept = {name: getattr(bot, name) for name in VERSION_FIELDS}
    return {**kept, "starting_capital": money_text(bot.starting_capital)}


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> Document:
    """Return what differs between two snapshots: {field: {from, to}}, nested fields by path."""
    first, second = _flat(before), _flat(after)
    return {
        path: {"from": first.get(path), "to": second.get(path)}
        for path in sorted({*first, *second})
        if first.get(path) != second.get(path)
    }


def _flat(document: Mapping[str, Any], path: str = "") -> Document:
    """Return the fields of nested objects by their path, `reprice.opening.enabled`."""
    found: Document = {}
    for name, value in document.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{path}{name}.")
        else:
            found[f"{path}{name}"] = value
    return found
