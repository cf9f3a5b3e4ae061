"""What a bot decided and what came of it, as the bot-factory family shows it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forven.bots.services.spelling import Document
from forven.engine.journal import events
from forven.kernels import schema
from forven.primitives.money import money_text, price_text
from forven.primitives.time import rfc3339

_ACTIONS = {
    schema.EVENT_ORDER_PLACED: "trade",
    schema.EVENT_ORDER_FILLED: "trade",
    schema.EVENT_ORDER_REJECTED: "blocked",
    schema.EVENT_COMMAND_REFUSED: "blocked",
    schema.EVENT_ENTRY_SKIPPED: "pass",
    schema.EVENT_EXIT_SIGNAL: "trade",
    schema.EVENT_HALT: "blocked",
    schema.EVENT_ENTRIES_PAUSED: "paused",
    schema.EVENT_STRATEGY_ERROR: "error",
    schema.EVENT_STOPPED: "paused",
}
"""The action of each event that is a decision or answers one; others are none."""
_LOG_ACTIONS = {"log": "observation", "signal": "observation", "error": "error"}
_PRICES = frozenset({"price", "net", "natural"})
_MONEY = frozenset({"fees", "slippage", "cash", "loss", "net_liquidation_value"})
_UNSAID = frozenset({"sequence", "ts", "event", "order"})


def journal_decisions(
    rows: NDArray[np.int64], session_id: str, bot_id: str
) -> list[tuple[int, int, Document]]:
    """Return (ts, order within it, document) of the events of a journal that are decisions."""
    kinds = rows[:, schema.JOURNAL_KIND]
    chosen = rows[np.isin(kinds, list(_ACTIONS))]
    found = []
    for row, event in zip(chosen.tolist(), events(chosen), strict=True):
        ts, sequence = row[schema.JOURNAL_TS], row[schema.JOURNAL_SEQUENCE]
        data = {name: _spelled(name, value) for name, value in event.items() if name not in _UNSAID}
        if row[schema.JOURNAL_ORDER] != schema.MISSING:
            data["order"] = row[schema.JOURNAL_ORDER]
        document = {
            "id": f"{session_id}:journal:{sequence}",
            "bot_id": bot_id,
            "session_id": session_id,
            "timestamp": rfc3339(ts),
            "event_trigger": str(event["event"]),
            "reasoning": _sentence(str(event["event"]), data),
            "action_type": _ACTIONS[row[schema.JOURNAL_KIND]],
            "action_data": data,
            "verbosity_level": "standard",
        }
        found.append((ts, sequence, document))
    return found


def log_decisions(
    entries: Sequence[Document], times_ns: Sequence[int], session_id: str, bot_id: str
) -> list[tuple[int, int, Document]]:
    """Return (ts, order within it, document) of a decision log's entries."""
    return [
        (
            ts,
            entry["sequence"],
            {
                "id": f"{session_id}:log:{entry['sequence']}",
                "bot_id": bot_id,
                "session_id": session_id,
                "timestamp": entry["datetime"],
                "event_trigger": entry["kind"],
                "reasoning": entry["message"],
                "action_type": _LOG_ACTIONS.get(entry["kind"], "observation"),
                "action_data": entry["data"],
                "verbosity_level": "standard",
            },
        )
        for ts, entry in zip(times_ns, entries, strict=True)
    ]


def _spelled(name: str, value: int | str) -> int | str:
    """Return a field of an event as documents spell it."""
    if not isinstance(value, int):
        return value
    if name in _PRICES:
        return price_text(value)
    return money_text(value) if name in _MONEY else value


def _sentence(event: str, data: Document) -> str:
    """Return an event in words: its name, then its fields."""
    said = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in data.items())
    return f"{event.replace('_', ' ')}: {said}" if said else event.replace("_", " ")
