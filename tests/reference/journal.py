"""The oracle's journal: rows as tuples of ints (docs/ENGINE.md section 9), and their names."""

import hashlib
import struct

from forven.kernels import schema


class Journal:
    """Rows of one session in order, numbered from 0."""

    def __init__(self, bot: int) -> None:
        self.bot = bot
        self.rows: list[tuple[int, ...]] = []

    def write(self, ts: int, kind: int, *cells: int, order: int = schema.MISSING) -> None:
        """Append one row; cells A to F that are not given are 0."""
        filled = (*cells, 0, 0, 0, 0, 0, 0)[:6]
        self.rows.append((self.bot, len(self.rows), ts, kind, order, *filled))


def digest(rows) -> str:
    """Section 9: SHA-256 of every column but the bot, little-endian int64, row by row."""
    width = schema.JOURNAL_WIDTH - 1
    packed = b"".join(struct.pack(f"<{width}q", *row[1:]) for row in rows)
    return hashlib.sha256(packed).hexdigest()


def _names(prefix: str) -> dict[int, str]:
    return {
        value: name.removeprefix(prefix)
        for name, value in vars(schema).items()
        if name.startswith(prefix)
    }


EVENT_NAMES = _names("EVENT_")
REASON_NAMES = _names("REASON_")

CELLS = {
    schema.EVENT_ORDER_PLACED: ("kind", "price", "quantity", "legs", "block", "origin"),
    schema.EVENT_ORDER_LEG: ("leg", "instrument", "ratio", "effect"),
    schema.EVENT_ORDER_REJECTED: ("reason", "stage"),
    schema.EVENT_ORDER_FILLED: ("net", "quantity", "fees", "slippage", "cash", "natural"),
    schema.EVENT_LEG_FILLED: ("leg", "instrument", "change", "value", "fee", "position"),
    schema.EVENT_ORDER_CANCELED: ("reason",),
    schema.EVENT_ORDER_EXPIRED: (),
    schema.EVENT_ORDER_REPLACED: ("old", "new", "concession", "peg", "target", "reason"),
    schema.EVENT_COMMAND_REFUSED: ("command", "reason"),
    schema.EVENT_ENTRY_SKIPPED: ("entry", "reason", "leg"),
    schema.EVENT_EXIT_SIGNAL: ("entry", "reason", "profit2"),
    schema.EVENT_HALT: ("reason", "loss", "nlv"),
    schema.EVENT_ENTRIES_PAUSED: ("errors",),
    schema.EVENT_STRATEGY_ERROR: ("errors",),
    schema.EVENT_STOPPED: (),
    schema.EVENT_SETTLED: ("instrument", "quantity", "intrinsic", "cash", "fee"),
    schema.EVENT_SESSION_ENDED: ("status", "cash", "drawdown", "fees", "slippage", "fills"),
}
"""What A, B, ... hold, by event."""


def decoded(row) -> str:
    """Return one row in words, as in `#3 ts=12 ORDER_FILLED order=1 net=50 ...`."""
    kind = int(row[schema.JOURNAL_KIND])
    words = []
    cells = [int(cell) for cell in row[schema.JOURNAL_A :]]
    names = CELLS.get(kind, ())
    for name, cell in zip((*names, *"ABCDEF"[len(names) :]), cells, strict=True):
        spoken = REASON_NAMES.get(cell, cell) if name == "reason" else cell
        if name in names or cell:
            words.append(f"{name}={spoken}")
    return (
        f"#{int(row[schema.JOURNAL_SEQUENCE])} ts={int(row[schema.JOURNAL_TS])} "
        f"{EVENT_NAMES.get(kind, kind)} order={int(row[schema.JOURNAL_ORDER])} {' '.join(words)}"
    )


def reasons_of(row) -> list[int]:
    """Return the reason codes a row carries (none or one)."""
    names = CELLS[row[schema.JOURNAL_KIND]]
    return [row[schema.JOURNAL_A + at] for at, name in enumerate(names) if name == "reason"]
