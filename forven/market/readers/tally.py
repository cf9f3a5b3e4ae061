"""The tally of one file: rows by kind, by day, and the verdict whether the file can be trusted."""

from collections import Counter

import numpy as np

from forven.market.readers.rows import RowBlock
from forven.market.readers.rules import BAD_ROWS, BAD_SHARE_PERCENT_MAX, LEFT_OUT, Judged
from forven.primitives.errors import UntrustedData

_BAD = tuple(BAD_ROWS)
_LEFT_OUT = tuple(LEFT_OUT)
_KIND_SPAN = 64


class FileTally:
    """Counts what happened to the rows of one file.

    rows      rows read              bad       bad rows, by kind
    first_bad place, row and kind of the first bad row, as text; None without one
    by_day    (days since 1970, kind) -> rows left out or dropped on that day
    """

    def __init__(self) -> None:
        self.rows = 0
        self.bad: Counter[str] = Counter()
        self.first_bad: str | None = None
        self.by_day: Counter[tuple[int, str]] = Counter()

    def take(self, block: RowBlock, judged: Judged) -> None:
        """Count a block's bad rows and those that belong to no expiring contract."""
        self.rows += block.ts.size
        bad = judged.bad >= 0
        if bad.any():
            for code, count in zip(*np.unique(judged.bad[bad], return_counts=True), strict=True):
                self.bad[_BAD[code]] += int(count)
            if self.first_bad is None:
                at = int(np.argmax(bad))
                kind = _BAD[judged.bad[at]]
                self.first_bad = f"{block.place}, row {block.first_row + at}: {BAD_ROWS[kind]}"
            self._take_days(block.day[bad & block.ts_read], judged.bad[bad & block.ts_read], _BAD)
        left_out = ~bad & (judged.left_out >= 0)
        self._take_days(block.day[left_out], judged.left_out[left_out], _LEFT_OUT)

    def counts_of(self, day: int) -> Counter[str]:
        """Return the rows left out or dropped on a day (days since 1970), by kind."""
        return Counter({kind: n for (at, kind), n in self.by_day.items() if at == day})

    def refuse_if_bad(self) -> None:
        """Refuse the file if more than 1 % of its rows are bad, naming the first."""
        count = self.bad.total()
        if count * 100 > self.rows * BAD_SHARE_PERCENT_MAX:
            kinds = ", ".join(f"{kind} {n}" for kind, n in sorted(self.bad.items()))
            raise UntrustedData(
                f"{self.first_bad}. {count} of {self.rows} rows are bad ({kinds}); a file is"
                f" refused whole above {BAD_SHARE_PERCENT_MAX} %"
            )

    def _take_days(self, days: np.ndarray, codes: np.ndarray, kinds: tuple[str, ...]) -> None:
        joined = days.astype(np.int64) * _KIND_SPAN + codes
        for value, count in zip(*np.unique(joined, return_counts=True), strict=True):
            day, code = divmod(int(value), _KIND_SPAN)
            self.by_day[day, kinds[code]] += int(count)
