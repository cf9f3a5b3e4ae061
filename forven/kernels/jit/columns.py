"""Scans along the quote columns of a few instruments, in loops the compiler can vectorise."""

from forven.kernels.jit.holdings import holding_at
from forven.kernels.jit.steps import part, step
from forven.kernels.schema import (
    CLOCK_TS,
    HOLDING_INSTRUMENT,
    HOLDING_QUANTITY,
    QUOTE_BID,
    QUOTE_MARK2,
    STATE_HOLDING_COUNT,
    STRUCTURE_FILL_NET,
    STRUCTURE_LEGS,
)


@part
def frame_at(clock, ts, frame, frame_to):
    """Return the first of the frames [frame, frame_to) at or after `ts`, or `frame_to`."""
    if clock[CLOCK_TS, frame_to - 1] < ts:
        return frame_to
    low = frame
    high = frame_to - 1
    while low < high:
        middle = (low + high) // 2
        if clock[CLOCK_TS, middle] < ts:
            low = middle + 1
        else:
            high = middle
    return low


@step
def add_marks(marks, lots, count, totals):
    """Add `lots` times each mark to the totals; return a negative number if one is irregular."""
    signs = 0
    for j in range(count):
        mark = marks[j]
        signs |= mark
        totals[j] += lots * max(mark, -2 - mark, 0)
    return signs


@step
def set_marks(marks, lots, count, totals):
    """Do what `add_marks` does to totals that were 0."""
    signs = 0
    for j in range(count):
        mark = marks[j]
        signs |= mark
        totals[j] = lots * max(mark, -2 - mark, 0)
    return signs


@step
def gather_worths(quotes, row, frame, count, worths):
    """Set the worth of the holdings in each of `count` frames; return whether all are regular."""
    if row[STATE_HOLDING_COUNT] == 0:
        worths[:count] = 0
        return False
    signs = 0
    for i in range(row[STATE_HOLDING_COUNT]):
        at = holding_at(i)
        marks = quotes[QUOTE_MARK2, row[at + HOLDING_INSTRUMENT], frame : frame + count]
        if i == 0:
            signs |= set_marks(marks, row[at + HOLDING_QUANTITY], count, worths)
        else:
            signs |= add_marks(marks, row[at + HOLDING_QUANTITY], count, worths)
    return signs >= 0


@step
def take_back(marks, bids, lots, count, totals):
    """Take a given-away leg out of the totals where it has no bid."""
    for j in range(count):
        mark = marks[j]
        if mark < 0 and bids[j] == 0:
            totals[j] -= lots * (-2 - mark)


@step
def blank_blocked(marks, bids, blank, count, totals):
    """Set the total to `blank` in the frames where a leg has no quote or a crossed one."""
    for j in range(count):
        if marks[j] < 0 and bids[j] != 0:
            totals[j] = blank


@step
def gather_profits(quotes, row, at, legs, frame, count, profits):
    """Set the exact mid of a structure's closing order in each of `count` frames.

    A frame without one gets the mid of no profit, which reaches neither stop nor target.
    """
    frame_to = frame + count
    profits[:count] = 0
    irregular = 0
    for i in range(legs):
        leg = at + STRUCTURE_LEGS + 2 * i
        marks = quotes[QUOTE_MARK2, row[leg], frame:frame_to]
        signs = add_marks(marks, -row[leg + 1], count, profits)
        irregular |= signs
        if signs < 0 and legs > 1 and row[leg + 1] < 0:
            bids = quotes[QUOTE_BID, row[leg], frame:frame_to]
            take_back(marks, bids, -row[leg + 1], count, profits)
    if irregular < 0:
        blank = -2 * row[at + STRUCTURE_FILL_NET]
        for i in range(legs):
            instrument = row[at + STRUCTURE_LEGS + 2 * i]
            marks = quotes[QUOTE_MARK2, instrument, frame:frame_to]
            bids = quotes[QUOTE_BID, instrument, frame:frame_to]
            blank_blocked(marks, bids, blank, count, profits)


@step
def extremes(values, count):
    """Return the least and the greatest of the first `count` values; (0, 0) of none."""
    if count == 0:
        return 0, 0
    least = values[0]
    most = values[0]
    for j in range(1, count):
        least = min(least, values[j])
        most = max(most, values[j])
    return least, most


@step
def first_outside(values, count, low, high):
    """Return the first index with a value at or below `low` or at or above `high`, or `count`."""
    for j in range(count):
        if values[j] <= low or values[j] >= high:
            return j
    return count
