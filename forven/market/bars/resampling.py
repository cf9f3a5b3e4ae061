"""A series to a coarser timeframe: whole buckets of closed bars, those at the edges left out."""

from dataclasses import dataclass

import numpy as np

from forven.kernels.bars_schema import BAR_CLOSE, BAR_HIGH, BAR_LOW, BAR_OPEN
from forven.market.bars.bars import Bars, Floats, Integers
from forven.market.bars.calendars import expected_ends
from forven.market.bars.columns import MEAN, SUM, resampling_of
from forven.market.bars.timeframes import DAY_NS, Timeframe, timeframe_of
from forven.primitives.errors import InvalidInput

_AROUND_NS = 10 * DAY_NS
"""Longer than any time without a session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampled:
    """A coarser series and its counts.

    dropped_bars  bars of a first or last bucket that was not whole
    holes         buckets inside that lack some of the bars due in them; they are kept
    """

    bars: Bars
    dropped_bars: int
    holes: int


def resample(bars: Bars, timeframe: str) -> Resampled:
    """Return a series in buckets of a coarser timeframe, aligned to UTC, a week to Monday.

    Buckets of `xnys` end with the session: a day is a session, a week ends with its last one. A
    bucket ends when it may be known, so its first and last bar are there: where the series begins
    or ends inside one, it is left out. Open is the first, high the greatest, low the least, close
    the last; volume is the sum, not known where one is not; columns as ENRICHMENT says: the last
    value, or the sum or mean of all bars, missing where one is.
    errors  InvalidInput: the timeframe is not coarser, or no bucket is whole
    """
    fine, coarse = timeframe_of(bars.timeframe), timeframe_of(timeframe)
    if coarse.duration_ns == fine.duration_ns:
        return Resampled(bars=bars, dropped_bars=0, holes=0)
    if coarse.duration_ns < fine.duration_ns:
        raise InvalidInput(
            f"timeframe: expected one coarser than {fine.name}, found {coarse.name}; bars cannot "
            "be made finer"
        )
    buckets = _bucket_ends(bars.ends_ns, bars.calendar, coarse)
    begin, end = _whole(bars, coarse, buckets)
    if begin >= end:
        raise InvalidInput(
            f"timeframe {coarse.name}: expected one whole bucket or more, found none in "
            f"{len(bars)} bars of {fine.name}"
        )
    kept = buckets[begin:end]
    starts = np.flatnonzero(np.append(True, kept[1:] != kept[:-1]))
    ends_ns = kept[starts]
    resampled = Bars(
        symbol=bars.symbol,
        timeframe=coarse.name,
        calendar=bars.calendar,
        decimals=bars.decimals,
        ends_ns=ends_ns,
        prices=_prices(bars.prices[:, begin:end], starts),
        volume=np.add.reduceat(bars.volume[begin:end], starts),
        columns={
            name: _column(values[begin:end], starts, resampling_of(name))
            for name, values in bars.columns.items()
        },
    )
    counts = np.diff(np.append(starts, kept.size))
    return Resampled(
        bars=resampled,
        dropped_bars=len(bars) - kept.size,
        holes=_holes(bars.slice(begin, end), coarse, ends_ns, counts),
    )


def _bucket_ends(ends: Integers, calendar: str, coarse: Timeframe) -> Integers:
    """Return the end of the bucket of each bar, by its end."""
    last = int(ends[-1]) + 2 * coarse.duration_ns + _AROUND_NS
    due = expected_ends(coarse.name, calendar, int(ends[0]), last)
    if due is None:
        return coarse.starts(ends - 1) + coarse.duration_ns
    return due[np.searchsorted(due, ends)]


def _whole(bars: Bars, coarse: Timeframe, buckets: Integers) -> tuple[int, int]:
    """Return the range of bars without a first and a last bucket that are not whole."""
    fine, ends = timeframe_of(bars.timeframe), bars.ends_ns
    first, last = int(buckets[0]), int(buckets[-1])
    begin, end = 0, len(bars)
    if int(ends[-1]) != last:
        end = int(np.searchsorted(buckets, last))
    if not _opens_bucket(bars, fine, coarse):
        begin = int(np.searchsorted(buckets, first, "right"))
    return begin, end


def _opens_bucket(bars: Bars, fine: Timeframe, coarse: Timeframe) -> bool:
    """Return whether the first bar is the first one due in its bucket."""
    first = int(bars.ends_ns[0])
    around = first - _AROUND_NS - coarse.duration_ns
    before = expected_ends(coarse.name, bars.calendar, around, first - 1)
    if before is None:
        return bool(coarse.on_grid(bars.ends_ns[:1] - fine.duration_ns)[0])
    since = int(before[-1]) if before.size else around
    due = expected_ends(fine.name, bars.calendar, since + 1, first - 1)
    return due is None or not due.size


def _prices(prices: Integers, starts: Integers) -> Integers:
    """Return open, high, low and close of buckets that begin at some bars."""
    last = np.append(starts[1:], prices.shape[1]) - 1
    out = np.empty((4, starts.size), np.int64)
    out[BAR_OPEN] = prices[BAR_OPEN, starts]
    out[BAR_HIGH] = np.maximum.reduceat(prices[BAR_HIGH], starts)
    out[BAR_LOW] = np.minimum.reduceat(prices[BAR_LOW], starts)
    out[BAR_CLOSE] = prices[BAR_CLOSE, last]
    return out


def _column(values: Floats, starts: Integers, how: str) -> Floats:
    sizes = np.diff(np.append(starts, values.size))
    if how == SUM:
        return np.add.reduceat(values, starts)
    if how == MEAN:
        return np.asarray(np.add.reduceat(values, starts) / sizes)
    return np.asarray(values[starts + sizes - 1])


def _holes(bars: Bars, coarse: Timeframe, ends_ns: Integers, counts: Integers) -> int:
    """Return how many buckets have fewer bars than are due; 0 where the calendar does not say."""
    first, last = int(bars.ends_ns[0]), int(ends_ns[-1])
    due = expected_ends(bars.timeframe, bars.calendar, first, last)
    if due is None:
        return 0
    buckets = _bucket_ends(due, bars.calendar, coarse)
    place = np.searchsorted(ends_ns, buckets)
    there = ends_ns[place] == buckets  # a bucket without any bar is a gap, not a hole
    expected = np.bincount(place[there], minlength=ends_ns.size)
    return int((counts < expected).sum())
