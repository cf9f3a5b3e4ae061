"""The rows of a perpetual journal in words (docs/PERPETUALS.md section 10)."""

from forven.kernels import perpetual_schema as columns
from forven.kernels import schema

FIELDS: dict[int, tuple[str, ...]] = {
    schema.EVENT_ORDER_PLACED: ("kind", "price", "lots", "side", "flags", "origin"),
    schema.EVENT_ORDER_REJECTED: ("reason", "stage"),
    schema.EVENT_ORDER_FILLED: ("price", "lots", "fee", "taker", "cash", "position"),
    schema.EVENT_ORDER_CANCELED: ("reason", "left"),
    schema.EVENT_ORDER_EXPIRED: ("zero", "left"),
    schema.EVENT_ORDER_REPLACED: ("old_price", "price", "concession", "zero", "ahead", "reason"),
    schema.EVENT_COMMAND_REFUSED: ("command", "reason"),
    columns.EVENT_TRIGGERED: ("mark2", "trigger"),
    columns.EVENT_FUNDING: ("rate", "oracle", "position", "paid", "cash"),
    columns.EVENT_LIQUIDATION: ("equity", "maintenance", "position", "mark2", "lots", "stage"),
    schema.EVENT_HALT: ("reason", "loss", "equity"),
    schema.EVENT_STOPPED: (),
    schema.EVENT_SESSION_ENDED: (
        "status",
        "equity",
        "max_drawdown",
        "fees",
        "funding_paid",
        "fills",
    ),
}
"""What A, B, ... of a row hold, by its kind."""


def names_of(prefix: str) -> dict[int, str]:
    """Return the names of the codes of both schemas that begin with a prefix, by code."""
    named = {**vars(schema), **vars(columns)}
    return {
        code: name.removeprefix(prefix).lower()
        for name, code in named.items()
        if name.startswith(prefix) and name != "STATUS_ENDED"
    }


EVENTS = names_of("EVENT_")
REASONS = names_of("REASON_")


def decoded(row) -> str:
    """Return one row in words, as in `#3 ts=12 order_filled order=1 price=50 ...`."""
    kind = row[schema.JOURNAL_KIND]
    cells = row[schema.JOURNAL_A :]
    names = FIELDS.get(kind, ())
    words = []
    for name, cell in zip((*names, *"ABCDEF"[len(names) :]), cells, strict=True):
        if name in names or cell:
            spoken = REASONS.get(cell, cell) if name == "reason" else cell
            words.append(f"{name}={spoken}")
    return (
        f"#{row[schema.JOURNAL_SEQUENCE]} ts={row[schema.JOURNAL_TS]} "
        f"{EVENTS.get(kind, kind)} order={row[schema.JOURNAL_ORDER]} {' '.join(words)}"
    )


def reasons_of(row) -> list[int]:
    """Return the reason codes a row carries (none or one)."""
    names = FIELDS[row[schema.JOURNAL_KIND]]
    return [row[schema.JOURNAL_A + at] for at, name in enumerate(names) if name == "reason"]
