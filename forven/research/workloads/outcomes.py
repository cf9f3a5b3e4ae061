"""The trades of many bots in integers that a plain loop computes too: entry, exit, what they paid.

One row a bot: entry frame, exit frame and the net price of each. It is how hand-written loops are
held to the engine, up to what they simulate.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from forven.engine.session import SessionResult
from forven.kernels import schema
from forven.market.day import MarketDay
from forven.primitives.identifiers import bytes_hash

ENTRY_FRAME, EXIT_FRAME, ENTRY_NET, EXIT_NET = range(4)
OUTCOME_WIDTH = 4
SETTLED = -1
"""The exit frame of a position that was carried to settlement; its exit net is 0."""
NOT_ENTERED = -2
"""The entry frame of a bot that never held anything."""


def outcomes_of(day: MarketDay, results: list[SessionResult]) -> NDArray[np.int64]:
    """Return (B, OUTCOME_WIDTH) the first trade of each bot."""
    found = np.zeros((len(results), OUTCOME_WIDTH), np.int64)
    found[:, ENTRY_FRAME] = NOT_ENTERED
    for bot, result in enumerate(results):
        rows = result.rows
        filled = rows[rows[:, schema.JOURNAL_KIND] == schema.EVENT_ORDER_FILLED]
        if not len(filled):
            continue
        found[bot, ENTRY_FRAME] = day.frame_at(int(filled[0, schema.JOURNAL_TS]))
        found[bot, ENTRY_NET] = filled[0, schema.JOURNAL_A]
        found[bot, EXIT_FRAME] = SETTLED
        if len(filled) > 1:
            found[bot, EXIT_FRAME] = day.frame_at(int(filled[1, schema.JOURNAL_TS]))
            found[bot, EXIT_NET] = filled[1, schema.JOURNAL_A]
    return found


def outcomes_digest(days: Iterable[tuple[MarketDay, list[SessionResult]]]) -> str:
    """Return the SHA-256 of the outcomes of some days, one after the other."""
    return outcome_rows_digest(outcomes_of(day, results) for day, results in days)


def outcome_rows_digest(rows: Iterable[NDArray[np.int64]]) -> str:
    """Return the SHA-256 of outcome rows as little-endian int64."""
    return bytes_hash(own.astype("<i8").tobytes() for own in rows)
