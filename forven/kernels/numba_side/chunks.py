"""Shares bots out among threads: each takes a run of them and an equal part of the journal."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import numpy.typing as npt

from forven.kernels.schema import JOURNAL_BOT

Integers = npt.NDArray[np.int64]
Advance = Callable[[slice, Integers], int]


def advance_in_chunks(
    advance: Advance, bots: int, journal: Integers, threads: int, frame_rows: int
) -> int:
    """Advance all bots, in as many chunks as there are threads; return the journal rows written.

    advance      takes some of the bots forward, with a journal of their own; returns its rows
    frame_rows   rows that suffice for a frame of one bot: no part of the journal is smaller

    The rows of the parts are moved together in the order of the bots. A bot without room for its
    next frame stays there, as in the kernel: call again.
    """
    parts = max(1, min(threads, bots, len(journal) // frame_rows))
    bounds = [part * bots // parts for part in range(parts + 1)]
    places = [part * len(journal) // parts for part in range(parts + 1)]

    def advance_part(part: int) -> int:
        mine = journal[places[part] : places[part + 1]]
        rows = advance(slice(bounds[part], bounds[part + 1]), mine)
        mine[:rows, JOURNAL_BOT] += bounds[part]
        return rows

    if parts == 1:
        return advance_part(0)
    total = 0
    for part, rows in enumerate(list(_pool(parts).map(advance_part, range(parts)))):
        begin = places[part]
        if begin != total:
            journal[total : total + rows] = journal[begin : begin + rows]
        total += rows
    return total


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    """Return the threads that serve every session that asks for so many."""
    return ThreadPoolExecutor(max_workers=threads, thread_name_prefix="forven-kernel")
