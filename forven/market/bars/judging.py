"""Rows to a series: bad ones dropped and counted, the rest in order, in quanta and closed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forven.kernels.bars_schema import PRICE_MAX
from forven.market.bars.bars import DECIMALS_MAX, Floats, Integers
from forven.market.bars.quanta import decimals_of, most_decimals, off_grid, quanta_of
from forven.market.bars.rows import Rows
from forven.market.bars.rules import BAD_ROWS, BAD_SHARE_PERCENT_MAX
from forven.primitives.errors import UntrustedData
from forven.primitives.time import rfc3339

Flags = npt.NDArray[np.bool_]

_MENDING = {
    "unreadable_ts": ". Times are ISO 8601 text or whole numbers: say another pattern with "
    "--time-format",
    "not_a_number": ". Numbers are written 1234.5 or 1.2e3, without separators of thousands or a "
    "sign of a currency",
    "off_grid": ". Choose the timeframe that the bars have",
}
"""What helps where a whole file breaks a rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Bars in order, and what became of every row, by rule."""

    ends_ns: Integers
    prices: Integers
    decimals: int
    volume: Floats
    columns: dict[str, Floats]
    counts: dict[str, int]


def judge(parts: Sequence[Rows], decimals: int | None, now_ns: int) -> Judged:
    """Return the bars of some files' rows.

    decimals  to round to; None: as many as the prices have, 8 at most
    now_ns    a bar that ends later is not closed
    errors    UntrustedData names the file, the row and the rule
    """
    joined = _Joined(parts)
    counts = Counter(not_chosen=sum(part.read - part.numbers.size for part in parts))
    bad = _bad_of("unreadable_ts", ~joined.readable, np.full(joined.size, -1))
    bad = _bad_of("not_a_number", ~np.isfinite(joined.prices).all(axis=0), bad)
    bad = _bad_of("not_positive", _any(joined.prices <= 0), bad)
    decimals, rounded = _decimals(joined, bad < 0, decimals)
    prices = quanta_of(joined.prices, decimals)
    _refuse_sizes(joined, prices, bad < 0, decimals)
    opening, high, low, close = prices
    inside = (low <= np.minimum(opening, close)) & (np.maximum(opening, close) <= high)
    bad = _bad_of("not_ordered", ~inside, bad)
    bad = _bad_of("off_grid", ~joined.on_grid, bad)
    counts.update(_refuse_if_bad(joined, parts, bad))
    kept = bad < 0
    counts["outside_session"] = int((kept & (joined.ends == 0)).sum())
    kept &= joined.ends != 0
    counts["not_closed"] = int((kept & (joined.ends > now_ns)).sum())
    kept &= joined.ends <= now_ns
    counts["rounded"] = int((kept & rounded).sum())
    chosen = np.flatnonzero(kept)
    counts["unsorted"] = int((np.diff(joined.ends[chosen]) < 0).sum())
    order = chosen[np.argsort(joined.ends[chosen], kind="stable")]
    order, counts["duplicate"] = _distinct(joined, prices, order)
    volume = joined.volume[order]
    unknown = ~(volume >= 0)
    counts["volume_unknown"] = int((unknown & joined.has_volume[order]).sum())
    return Judged(
        ends_ns=joined.ends[order],
        prices=np.ascontiguousarray(prices[:, order]),
        decimals=decimals,
        volume=np.where(unknown, np.nan, volume),
        columns={name: values[order] for name, values in joined.columns.items()},
        counts={kind: count for kind, count in counts.items() if count},
    )


class _Joined:
    """The rows of several files one after another."""

    def __init__(self, parts: Sequence[Rows]) -> None:
        self.parts = parts
        self.ends = np.concatenate([part.ends_ns for part in parts])
        self.readable = np.concatenate([part.readable for part in parts])
        self.on_grid = np.concatenate([part.on_grid for part in parts])
        self.prices = np.concatenate([part.prices for part in parts], axis=1)
        self.volume = np.concatenate([part.volume for part in parts])
        names = dict.fromkeys(name for part in parts for name in part.columns)
        self.columns = {
            name: np.concatenate(
                [part.columns.get(name, np.full(part.numbers.size, np.nan)) for part in parts]
            )
            for name in names
        }
        self.numbers = np.concatenate([part.numbers for part in parts])
        self.file = np.repeat(np.arange(len(parts)), [part.numbers.size for part in parts])
        self.has_volume = np.array([part.has_volume for part in parts])[self.file]
        self.size = self.ends.size

    def place(self, at: int) -> str:
        """Return the file and the row of a place."""
        return f"{self.parts[self.file[at]].path}, row {self.numbers[at]}"


def _any(flags: Flags) -> Flags:
    """Return which rows have a flag in any of their prices."""
    return np.asarray(flags.any(axis=0))


def _bad_of(kind: str, wrong: Flags, bad: Integers) -> Integers:
    """Return each row's first broken rule, with one more looked at."""
    return np.where((bad < 0) & wrong, list(BAD_ROWS).index(kind), bad)


def _decimals(joined: _Joined, sound: Flags, asked: int | None) -> tuple[int, Flags]:
    """Return the decimals of a quantum, and which rows it rounds."""
    share = max(part.share for part in joined.parts)
    if asked is not None:
        safe = np.where(sound, joined.prices, 0.0)
        return asked, _any(off_grid(safe, asked, share))
    values = joined.prices[:, sound]
    found = decimals_of(values.ravel(), share)
    if found is None:
        finer = np.flatnonzero(_any(off_grid(values, DECIMALS_MAX, share)))
        at = int(np.flatnonzero(sound)[finer[0]])
        raise UntrustedData(
            f"{joined.place(at)}: expected prices of {DECIMALS_MAX} decimals at most, found "
            f"{joined.prices[:, at].tolist()}; say how many to round to with --decimals"
        )
    return found, np.zeros(joined.size, bool)


def _refuse_sizes(joined: _Joined, prices: Integers, sound: Flags, decimals: int) -> None:
    """Refuse prices that are no whole number of quanta from 1 to the most bars can hold."""
    wrong = sound & _any(prices < 1)
    if wrong.any():
        at = int(np.argmax(wrong))
        found = joined.prices[:, at]
        highest = float(joined.prices[:, sound].max())
        mend = most_decimals(highest)
        advice = (
            f"say --decimals {mend}" if 0 <= mend < decimals else "say how many with --decimals"
        )
        raise UntrustedData(
            f"{joined.place(at)}: expected prices of 1 to {PRICE_MAX:,} quanta of {decimals} "
            f"decimals, found {found.tolist()}; {advice}"
        )


def _refuse_if_bad(joined: _Joined, parts: Sequence[Rows], bad: Integers) -> dict[str, int]:
    """Return the bad rows by rule; UntrustedData if more than 1 % of a file's are bad."""
    kinds = list(BAD_ROWS)
    for index, part in enumerate(parts):
        mine = np.flatnonzero((joined.file == index) & (bad >= 0))
        if mine.size * 100 > part.numbers.size * BAD_SHARE_PERCENT_MAX:
            codes, amounts = np.unique(bad[mine], return_counts=True)
            listed = ", ".join(
                f"{kinds[code]} {amount}" for code, amount in zip(codes, amounts, strict=True)
            )
            raise UntrustedData(
                f"{joined.place(int(mine[0]))}: {BAD_ROWS[kinds[bad[mine[0]]]]}. {mine.size} of "
                f"{part.numbers.size} rows are bad ({listed}); a file is refused whole above "
                f"{BAD_SHARE_PERCENT_MAX} %{_MENDING.get(kinds[bad[mine[0]]], '')}"
            )
    return {kind: int((bad == code).sum()) for code, kind in enumerate(kinds)}


def _distinct(joined: _Joined, prices: Integers, order: Integers) -> tuple[Integers, int]:
    """Return the rows without repetitions, and how many those were; refuse two that differ."""
    ends = joined.ends[order]
    again = np.flatnonzero(ends[1:] == ends[:-1])
    if not again.size:
        return order, 0
    left, right = order[again], order[again + 1]
    same = (prices[:, left] == prices[:, right]).all(axis=0)
    for values in (joined.volume, *joined.columns.values()):
        one, other = values[left], values[right]
        same &= (one == other) | (np.isnan(one) & np.isnan(other))
    if not same.all():
        at = int(np.argmin(same))
        first, second = int(left[at]), int(right[at])
        raise UntrustedData(
            f"{joined.place(second)}: expected one bar that ends at "
            f"{rfc3339(int(joined.ends[second]))}, found another with other values in "
            f"{joined.place(first)}; leave one of them out"
        )
    return np.delete(order, again + 1), int(again.size)
