"""Days: the rows of one file cut into expiring chains, a day at a time, with bounded memory."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date

import numpy as np

from forven.market.bounds import SessionBounds
from forven.market.readers.chain import RIGHT_SPAN, ChainDay, ChainRows, chain_day
from forven.market.readers.formats import QuoteFile
from forven.market.readers.order import OrderCheck
from forven.market.readers.rows import RowBlock
from forven.market.readers.rules import Judged, judge, size_lots
from forven.market.readers.spots import usable_spots
from forven.market.readers.tally import FileTally
from forven.market.schema import MISSING
from forven.primitives.errors import UntrustedData

BoundsOf = Callable[[date], SessionBounds]
Progress = Callable[[str, float], None]
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_EXPIRY_SPAN = 2**34
_ROOTS_MAX = 64


class DayReader:
    """Reads one file of option quotes; `tally` holds its counts once `days` is exhausted.

    bounds_of  the session of a day, or NotASession      sort  accept rows in any order of time
    progress   called with the file and the share of it that has been read
    """

    def __init__(
        self, file: QuoteFile, bounds_of: BoundsOf, *, sort: bool, progress: Progress
    ) -> None:
        self.tally = FileTally()
        self._file = file
        self._bounds_of = bounds_of
        self._sort = sort
        self._progress = progress
        self._order = OrderCheck(sort=sort)
        self._bounds: dict[int, SessionBounds] = {}
        self._parts: dict[int, list[ChainRows]] = {}
        self._sizes_unusable: Counter[int] = Counter()
        self._root_numbers: dict[str, int] = {}

    def days(self) -> Iterator[ChainDay]:
        """Yield the file's expiring chains by date; UntrustedData if the file is refused.

        A file sorted by time is held a day at a time, any other whole. The refusal may come after
        days were yielded, so the caller keeps nothing until the end.
        """
        yielded: list[int] = []
        for block in self._file.blocks():
            self._take(block)
            self._progress(str(self._file.path), block.done_share)
            if yielded and self._parts and min(self._parts) <= yielded[-1]:
                raise UntrustedData(
                    f"{block.place}, row {block.first_row} or later: rows of"
                    f" {_date(min(self._parts))} come again after those of a later day."
                    " Sort the file, or give --sort to have it sorted here"
                )
            if self._order.is_by_time and not self._sort:
                for day in sorted(self._parts)[:-1]:
                    yielded.append(day)
                    yield self._finish(day)
        self.tally.refuse_if_bad()
        for day in sorted(self._parts):
            yield self._finish(day)

    @property
    def sorted_rows(self) -> int:
        """Rows at which the time went backwards and that were put in order."""
        return self._order.backward_rows

    def _take(self, block: RowBlock) -> None:
        judged = judge(block)
        self.tally.take(block, judged)
        good = np.flatnonzero(judged.bad < 0)
        key = block.right.astype(np.int64) * RIGHT_SPAN + judged.strike
        contract = block.expiry.astype(np.int64) * _EXPIRY_SPAN + key
        contract = contract * _ROOTS_MAX + self._numbers_of(block.roots)[block.root]
        self._order.take(block.ts[good], contract[good], block.first_row + good, block.place)
        kept = good[judged.left_out[good] < 0]
        for day in np.unique(block.day[kept]).tolist():
            self._take_day(block, judged, key, kept[block.day[kept] == day])

    def _take_day(self, block: RowBlock, judged: Judged, key: np.ndarray, rows: np.ndarray) -> None:
        day = int(block.day[rows[0]])
        bounds = self._session(day)
        ts = block.ts[rows]
        for kind, outside in (
            ("before_open", ts < bounds.open_ns),
            ("after_close", ts > bounds.close_ns),
        ):
            if outside.any():
                self.tally.by_day[day, kind] += int(outside.sum())
        rows = rows[(ts >= bounds.open_ns) & (ts <= bounds.close_ns)]
        if not rows.size:
            return
        bid_size = ask_size = np.full(rows.size, MISSING, np.int64)
        if block.sizes is not None:
            (bid_lots, bid_bad), (ask_lots, ask_bad) = map(size_lots, block.sizes)
            bid_size, ask_size = bid_lots[rows], ask_lots[rows]
            self._sizes_unusable[day] += int((bid_bad | ask_bad)[rows].sum())
        spot = None if block.spot is None else usable_spots(block.spot)[rows]
        for code in np.unique(block.root[rows]).tolist():
            of_root = block.root[rows] == code
            at = rows[of_root]
            self._parts.setdefault(day, []).append(
                ChainRows(
                    root=block.roots[code],
                    ts=block.ts[at],
                    key=key[at],
                    bid=judged.bid[at],
                    ask=judged.ask[at],
                    bid_size=bid_size[of_root],
                    ask_size=ask_size[of_root],
                    spot=None if spot is None else spot[of_root],
                )
            )

    def _numbers_of(self, roots: tuple[str, ...]) -> np.ndarray:
        """Return a number for each root that is the same in every block of the file."""
        for root in roots:
            self._root_numbers.setdefault(root, len(self._root_numbers))
        return np.array([min(self._root_numbers[r], _ROOTS_MAX - 1) for r in roots], np.int64)

    def _session(self, day: int) -> SessionBounds:
        if day not in self._bounds:
            self._bounds[day] = self._bounds_of(_date(day))
        return self._bounds[day]

    def _finish(self, day: int) -> ChainDay:
        chain = chain_day(_date(day), self._parts.pop(day), str(self._file.path))
        chain.counts.update(self.tally.counts_of(day))
        chain.counts.update(bad_size=self._sizes_unusable[day])
        return chain


def _date(day: int) -> date:
    return date.fromordinal(_EPOCH_ORDINAL + day)
