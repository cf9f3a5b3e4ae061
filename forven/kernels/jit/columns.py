"""Scans along the quote columns of a few instruments, in loops the compiler can vectorise."""

from forven.kernels.jit.holdings import holding_at
from forven.kernels.jit.steps import part, step
from forven.kernels.schema import (
    CLOCK_TS,
    HOLDING_INSTRUMENT,
    HOLDING_QUANTITY,
    INT64_MAX,
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
def set_four(first, second, third, fourth, lots, count, totals):
    """Set the totals to four columns of marks, each times its lots; return (signs, least, most).

    signs is negative if a mark is: the totals are then to be corrected by `correct_marks`.
    """
    signs = 0
    least = INT64_MAX
    most = -INT64_MAX
    a, b, c, d = lots
    for j in range(count):
        signs |= first[j] | second[j] | third[j] | fourth[j]
        total = a * first[j] + b * second[j] + c * third[j] + d * fourth[j]
        totals[j] = total
        least = min(least, total)
        most = max(most, total)
    return signs, least, most


@step
def add_marks(marks, lots, count, totals):
    """Add `lots` times each mark to the totals; return (signs, least, most) as `set_four` does."""
    signs = 0
    least = INT64_MAX
    most = -INT64_MAX
    for j in range(count):
        signs |= marks[j]
        total = totals[j] + lots * marks[j]
        totals[j] = total
        least = min(least, total)
        most = max(most, total)
    return signs, least, most


@step
def signs_of(marks, count):
    """Return a negative number if one of the marks is."""
    signs = 0
    for j in range(count):
        signs |= marks[j]
    return signs


@step
def correct_marks(marks, lots, count, totals):
    """Put the last uncrossed mark, or 0, in the place of each negative one in the totals."""
    for j in range(count):
        mark = marks[j]
        value = -2 - mark
        value = 0 if value < 0 else value
        totals[j] += lots * (value - mark) if mark < 0 else 0


@part
def held_marks(quotes, row, index, frame, frame_to):
    """Return (marks, lots) of the holding of that number; 0 lots of the first beyond the last."""
    is_there = index < row[STATE_HOLDING_COUNT]
    at = holding_at(index if is_there else 0)
    marks = quotes[QUOTE_MARK2, row[at + HOLDING_INSTRUMENT], frame:frame_to]
    return marks, row[at + HOLDING_QUANTITY] if is_there else 0


@step
def gather_worths(quotes, row, frame, count, worths):
    """Set the worth of the holdings in each of `count` frames; return (signs, least, most).

    signs is negative if one of them is irregular somewhere: missing, crossed or without a bid.
    """
    if row[STATE_HOLDING_COUNT] == 0:
        worths[:count] = 0
        return -1, 0, 0
    frame_to = frame + count
    first, a = held_marks(quotes, row, 0, frame, frame_to)
    second, b = held_marks(quotes, row, 1, frame, frame_to)
    third, c = held_marks(quotes, row, 2, frame, frame_to)
    fourth, d = held_marks(quotes, row, 3, frame, frame_to)
    lots = (a, b, c, d)
    signs, least, most = set_four(first, second, third, fourth, lots, count, worths)
    for i in range(4, row[STATE_HOLDING_COUNT]):
        marks, quantity = held_marks(quotes, row, i, frame, frame_to)
        more, least, most = add_marks(marks, quantity, count, worths)
        signs |= more
    if signs < 0:
        for i in range(row[STATE_HOLDING_COUNT]):
            marks, quantity = held_marks(quotes, row, i, frame, frame_to)
            if signs_of(marks, count) < 0:
                correct_marks(marks, quantity, count, worths)
        least, most = extremes(worths, count)
    return signs, least, most


@part
def closing_marks(quotes, row, at, index, legs, frame, frame_to):
    """Return (marks, lots) of a leg of a structure's closing order; 0 lots beyond the last."""
    is_there = index < legs
    leg = at + STRUCTURE_LEGS + 2 * (index if is_there else 0)
    marks = quotes[QUOTE_MARK2, row[leg], frame:frame_to]
    return marks, -row[leg + 1] if is_there else 0


@step
def take_back(marks, bids, lots, count, totals):
    """Take a leg out of the totals, which hold its mark, where it is given away for want of a bid.

    lots are 0 for a leg that is never given away; returns 1 if the leg is blocked somewhere.
    """
    blocked = 0
    for j in range(count):
        mark = marks[j]
        bid = bids[j]
        totals[j] -= lots * (-2 - mark) if mark < 0 and bid == 0 else 0
        blocked |= 1 if mark < 0 and bid != 0 else 0
    return blocked


@step
def blank_blocked(marks, bids, blank, count, totals):
    """Set the total to `blank` in the frames where a leg has no quote or a crossed one."""
    for j in range(count):
        totals[j] = blank if marks[j] < 0 and bids[j] != 0 else totals[j]


@step
def measure_profits(quotes, row, at, legs, scale, frame, count, profits):
    """Turn `scale` times the marks of a structure in `profits` into its exact mids when closed.

    A frame without an exact mid gets that of no profit, which reaches neither stop nor target.
    """
    frame_to = frame + count
    blocked = 0
    for i in range(legs):
        marks, ratio = closing_marks(quotes, row, at, i, legs, frame, frame_to)
        if signs_of(marks, count) < 0:
            bids = quotes[QUOTE_BID, row[at + STRUCTURE_LEGS + 2 * i], frame:frame_to]
            lots = ratio * scale if ratio > 0 and legs > 1 else 0
            blocked |= take_back(marks, bids, lots, count, profits)
    if blocked == 0:
        return
    blank = -2 * row[at + STRUCTURE_FILL_NET] * scale
    for i in range(legs):
        marks, _ = closing_marks(quotes, row, at, i, legs, frame, frame_to)
        bids = quotes[QUOTE_BID, row[at + STRUCTURE_LEGS + 2 * i], frame:frame_to]
        blank_blocked(marks, bids, blank, count, profits)


@step
def gather_profits(quotes, row, at, legs, frame, count, profits):
    """Set the exact mid of a structure's closing order in each of `count` frames."""
    frame_to = frame + count
    first, a = closing_marks(quotes, row, at, 0, legs, frame, frame_to)
    second, b = closing_marks(quotes, row, at, 1, legs, frame, frame_to)
    third, c = closing_marks(quotes, row, at, 2, legs, frame, frame_to)
    fourth, d = closing_marks(quotes, row, at, 3, legs, frame, frame_to)
    signs, _, _ = set_four(first, second, third, fourth, (a, b, c, d), count, profits)
    for i in range(4, legs):
        marks, ratio = closing_marks(quotes, row, at, i, legs, frame, frame_to)
        more, _, _ = add_marks(marks, ratio, count, profits)
        signs |= more
    if signs >= 0:
        return
    for i in range(legs):
        marks, ratio = closing_marks(quotes, row, at, i, legs, frame, frame_to)
        if signs_of(marks, count) < 0:
            correct_marks(marks, ratio, count, profits)
    measure_profits(quotes, row, at, legs, 1, frame, count, profits)


@step
def copy_values(values, count, copies):
    """Copy the first `count` values."""
    for j in range(count):
        copies[j] = values[j]


@step
def extremes(values, count):
    """Return the least and the greatest of the first `count` values; (0, 0) of none."""
    if count == 0:
        return 0, 0
    least = values[0]
    most = values[0]
    for j in range(count):
        value = values[j]
        least = value if value < least else least
        most = value if value > most else most
    return least, most


@step
def first_outside(values, count, low, high):
    """Return the first index with a value at or below `low` or at or above `high`, or `count`."""
    least, most = extremes(values, count)
    if least > low and most < high:
        return count
    for j in range(count):
        if values[j] <= low or values[j] >= high:
            return j
    return count
