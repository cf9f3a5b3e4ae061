"""The oracle's journal: rows as tuples of ints (docs/ENGINE.md section 9), and their names."""

import hashlib
import struct

from forven.engine.journal import FIELDS, code_name
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


def decoded(row) -> str:
    """Return one row in words, as in `#3 ts=12 order_filled order=1 net=50 ...`."""
    kind = int(row[schema.JOURNAL_KIND])
    words = []
    cells = [int(cell) for cell in row[schema.JOURNAL_A :]]
    names = FIELDS.get(kind, ())
    for name, cell in zip((*names, *"ABCDEF"[len(names) :]), cells, strict=True):
        spoken = code_name("REASON", cell) if name == "reason" else cell
        if name in names or cell:
            words.append(f"{name}={spoken}")
    return (
        f"#{int(row[schema.JOURNAL_SEQUENCE])} ts={int(row[schema.JOURNAL_TS])} "
        f"{code_name('EVENT', kind)} order={int(row[schema.JOURNAL_ORDER])} {' '.join(words)}"
    )


def reasons_of(row) -> list[int]:
    """Return the reason codes a row carries (none or one)."""
    names = FIELDS[row[schema.JOURNAL_KIND]]
    return [row[schema.JOURNAL_A + at] for at, name in enumerate(names) if name == "reason"]
