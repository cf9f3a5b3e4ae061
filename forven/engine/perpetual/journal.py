"""The journal of a session on a perpetual in words: the same event may hold other fields here."""

from collections.abc import Iterator

from forven.engine import journal
from forven.engine.journal import Rows, Wording
from forven.kernels import perpetual_schema as layout
from forven.kernels import schema

FIELDS: dict[int, tuple[str, ...]] = {
    schema.EVENT_ORDER_PLACED: ("kind", "price", "lots", "side", "flags", "origin"),
    schema.EVENT_ORDER_REJECTED: ("reason",),
    schema.EVENT_ORDER_FILLED: ("price", "lots", "fee", "liquidity", "cash", "position"),
    schema.EVENT_ORDER_CANCELED: ("reason", "lots"),
    schema.EVENT_ORDER_EXPIRED: ("", "lots"),
    schema.EVENT_ORDER_REPLACED: ("old_price", "price", "concession", "", "ahead", "reason"),
    schema.EVENT_COMMAND_REFUSED: ("command", "reason"),
    layout.EVENT_TRIGGERED: ("mark2", "trigger"),
    layout.EVENT_FUNDING: ("rate", "oracle", "position", "paid", "cash"),
    layout.EVENT_LIQUIDATION: ("equity", "maintenance", "position", "mark2", "lots", "stage"),
    schema.EVENT_HALT: ("reason", "loss", "equity"),
    schema.EVENT_STOPPED: (),
    schema.EVENT_SESSION_ENDED: ("status", "equity", "max_drawdown", "fees", "funding", "fills"),
}
"""What A, B, ... of a row hold, by its kind; empty: nothing."""

_FLAGS = {
    layout.FLAG_POST_ONLY: "post_only",
    layout.FLAG_REDUCE_ONLY: "reduce_only",
    layout.FLAG_IMMEDIATE: "immediate",
    layout.FLAG_PEGGED: "pegged",
}


def _names(prefix: str) -> dict[int, str]:
    """Return the names of both schemas' codes that begin with `prefix`, by code."""
    own = {
        value: name.removeprefix(f"{prefix}_").lower()
        for name, value in vars(layout).items()
        if name.startswith(f"{prefix}_") and isinstance(value, int)
    }
    return {**journal.NAMES.get(prefix, {}), **own}


def _flag_names() -> dict[int, str]:
    """Return the spelling of each set of flags: `post_only+pegged`; none is empty."""
    return {
        flags: "+".join(name for flag, name in _FLAGS.items() if flags & flag)
        for flags in range(2 * max(_FLAGS))
    }


WORDING = Wording(
    events=_names("EVENT"),
    fields=FIELDS,
    codes={
        "kind": journal.ORDER_KINDS,
        "command": journal.COMMAND_KINDS,
        "side": {-1: "buy", 1: "sell"},
        "liquidity": {0: "maker", 1: "taker"},
        "flags": _flag_names(),
        "reason": _names("REASON"),
        "status": _names("STATUS"),
        "origin": _names("ORIGIN"),
        "stage": _names("STAGE"),
    },
)
"""The journal of a session on a perpetual."""


def events(rows: Rows) -> Iterator[dict[str, int | str]]:
    """Yield each row as an event; prices stay quanta, sizes lots, money micros, marks halves."""
    return journal.events(rows, WORDING)


def status_name(status: int) -> str:
    """Return the lower-case name of a session's status."""
    return WORDING.codes["status"].get(status, str(status))
