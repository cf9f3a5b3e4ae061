"""The journal of a session: its digest, and its rows as named events."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forven.kernels import schema
from forven.primitives.identifiers import bytes_hash

Rows = NDArray[np.int64]

FIELDS: dict[int, tuple[str, ...]] = {
    schema.EVENT_ORDER_PLACED: ("kind", "price", "quantity", "legs", "block", "origin"),
    schema.EVENT_ORDER_LEG: ("leg", "instrument", "ratio", "effect"),
    schema.EVENT_ORDER_REJECTED: ("reason", "stage"),
    schema.EVENT_ORDER_FILLED: ("net", "quantity", "fees", "slippage", "cash", "natural"),
    schema.EVENT_LEG_FILLED: ("leg", "instrument", "change", "value", "fee", "position"),
    schema.EVENT_ORDER_CANCELED: ("reason",),
    schema.EVENT_ORDER_EXPIRED: (),
    schema.EVENT_ORDER_REPLACED: ("old_price", "price", "concession", "peg", "target", "reason"),
    schema.EVENT_COMMAND_REFUSED: ("command", "reason"),
    schema.EVENT_ENTRY_SKIPPED: ("entry", "reason", "leg"),
    schema.EVENT_EXIT_SIGNAL: ("entry", "reason", "profit2"),
    schema.EVENT_HALT: ("reason", "loss", "net_liquidation_value"),
    schema.EVENT_ENTRIES_PAUSED: ("errors",),
    schema.EVENT_STRATEGY_ERROR: ("errors",),
    schema.EVENT_STOPPED: (),
    schema.EVENT_SETTLED: ("instrument", "quantity", "intrinsic", "cash", "fee"),
    schema.EVENT_SESSION_ENDED: ("status", "cash", "max_drawdown", "fees", "slippage", "fills"),
}
"""What A, B, ... of a row hold, by its kind."""


def code_name(prefix: str, code: int) -> str:
    """Return the lower-case name of a code of the schema: `("REASON", 23)` is `profit_target`."""
    return NAMES[prefix].get(code, str(code))


def _names(prefix: str) -> dict[int, str]:
    """Return the names of the schema's codes that begin with `prefix`, by code."""
    return {
        value: name.removeprefix(f"{prefix}_").lower()
        for name, value in vars(schema).items()
        if name.startswith(f"{prefix}_") and isinstance(value, int) and name != "STATUS_ENDED"
    }


NAMES = {
    prefix: _names(prefix)
    for prefix in ("EVENT", "REASON", "STATUS", "ORIGIN", "EFFECT", "METHOD", "BLOCK")
}
"""The lower-case names of the schema's codes, by prefix and code."""

COMMAND_KINDS = {
    schema.COMMAND_PLACE: "place",
    schema.COMMAND_CANCEL: "cancel",
    schema.COMMAND_CANCEL_ALL: "cancel_all",
    schema.COMMAND_REPLACE: "replace",
    schema.COMMAND_STOP: "stop",
    schema.COMMAND_ERROR: "error",
}
ORDER_KINDS = {
    schema.ORDER_MARKET: "market",
    schema.ORDER_LIMIT: "limit",
    schema.ORDER_STOP: "stop",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What the rows of a kernel's journal say.

    events  the name of each kind          fields  what A, B, ... hold, by kind; empty: nothing
    codes   the names of a field's values, by field; a field that is not here stays a number
    """

    events: Mapping[int, str]
    fields: Mapping[int, tuple[str, ...]]
    codes: Mapping[str, Mapping[int, str]]


SESSION = Wording(
    events=NAMES["EVENT"],
    fields=FIELDS,
    codes={
        "kind": ORDER_KINDS,
        "command": COMMAND_KINDS,
        "reason": NAMES["REASON"],
        "status": NAMES["STATUS"],
        "origin": NAMES["ORIGIN"],
        "effect": NAMES["EFFECT"],
        "block": NAMES["BLOCK"],
    },
)
"""The journal of a session on an option chain."""


def digest(rows: Rows) -> str:
    """Return the SHA-256 of one session's rows, without the bot column.

    rows  (n, JOURNAL_WIDTH) int64 in journal order
    """
    return bytes_hash([np.ascontiguousarray(rows[:, 1:]).astype("<i8", copy=False).tobytes()])


def events(rows: Rows, wording: Wording = SESSION) -> Iterator[dict[str, int | str]]:
    """Yield each row as an event: `ts`, `event`, `order`, and the fields its kind has.

    Prices stay quanta, money stays micros, instruments stay indices; codes become names.
    """
    for row in rows.tolist():
        kind = row[schema.JOURNAL_KIND]
        event: dict[str, int | str] = {
            "sequence": row[schema.JOURNAL_SEQUENCE],
            "ts": row[schema.JOURNAL_TS],
            "event": wording.events.get(kind, str(kind)),
            "order": row[schema.JOURNAL_ORDER],
        }
        for name, value in zip(wording.fields[kind], row[schema.JOURNAL_A :], strict=False):
            if name:
                names = wording.codes.get(name)
                event[name] = value if names is None else names.get(value, str(value))
        yield event
