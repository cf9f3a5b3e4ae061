"""The frame kernel against a plain-Python oracle, bit for bit."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from forven.kernels.jit.frames import count_frames, fill_quotes, place_rows
from forven.kernels.schema import MISSING, QUOTE_MARK2
from tests.reference import frames as reference
from tests.reference.frames import QuoteRow

CLOSE = 20
INSTRUMENTS = 4

prices = st.integers(min_value=-1, max_value=6)
quote_rows = st.lists(
    st.builds(
        QuoteRow,
        ts=st.integers(0, CLOSE),
        instrument=st.integers(0, INSTRUMENTS - 1),
        bid=prices,
        ask=prices,
    ),
    max_size=40,
).map(lambda rows: sorted(rows, key=lambda row: row.ts))
print_rows = st.lists(st.tuples(st.integers(0, CLOSE), st.integers(1, 9)), max_size=8).map(
    lambda rows: sorted(rows, key=lambda row: row[0])
)


def kernel_frames(rows, prints, close=CLOSE, instruments=INSTRUMENTS):
    table = np.array(rows, np.int64).reshape(-1, 4)
    ticks = np.array(prints, np.int64).reshape(-1, 2)
    quote_ts, print_ts = np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(ticks[:, 0])
    count = count_frames(quote_ts, print_ts, close)
    clock = np.full((3, count), -77, np.int64)
    quotes = np.full((3, instruments, count), -77, np.int32)
    starts = np.full(instruments + 1, -77, np.int64)
    frames, order = np.full((2, len(table)), -77, np.int32)
    number, bid, ask = (np.ascontiguousarray(table[:, at], np.int32) for at in (1, 2, 3))
    last = np.ascontiguousarray(ticks[:, 1], np.int32)
    place_rows(quote_ts, number, print_ts, last, close, clock, starts, frames, order)
    fill_quotes(bid, ask, starts, frames, order, quotes)
    assert number[order].tolist() == sorted(number)
    assert clock[0][frames].tolist() == quote_ts[order].tolist()
    return clock, quotes, last_frames(starts, frames, count)


def last_frames(starts, frames, count):
    """Per instrument, in which frame it last had a row by each frame, or -1."""
    own = [frames[start:end] for start, end in pairwise(starts)]
    return [[max([at for at in line if at <= now], default=-1) for now in range(count)]
            for line in own]  # fmt: skip


@given(rows=quote_rows, prints=print_rows)
def test_frames_are_those_of_the_oracle(rows, prints):
    clock, quotes, updated = kernel_frames(rows, prints)
    expected = reference.build_frames(rows, prints, INSTRUMENTS, CLOSE)
    assert clock.T.tolist() == [list(frame) for frame in expected.clock]
    assert quotes.transpose(1, 2, 0).tolist() == [
        [list(quote) for quote in instrument] for instrument in expected.quotes
    ]
    assert updated == expected.updated


def mark2_after(*sides):
    rows = [QuoteRow(ts, 0, bid, ask) for ts, (bid, ask) in enumerate(sides)]
    return kernel_frames(rows, [], instruments=1)[1][QUOTE_MARK2, 0].tolist()[: len(sides)]


def test_a_regular_quote_marks_at_bid_plus_ask_and_a_locked_one_too():
    assert mark2_after((3, 5), (4, 4)) == [8, 8]


def test_a_zero_bid_marks_at_its_ask_and_says_that_it_has_no_bid():
    assert mark2_after((0, 5), (-1, 3)) == [-2 - 5, -2 - 3]


def test_a_crossed_or_missing_quote_keeps_the_last_good_mark():
    assert mark2_after((3, 5), (6, 5), (-1, -1), (2, 4)) == [8, -2 - 8, -2 - 8, 6]


def test_a_bid_without_an_ask_is_no_quote():
    assert mark2_after((3, 5), (3, -1), (3, 0)) == [8, -2 - 8, -2 - 8]


def test_there_is_no_mark_before_the_first_uncrossed_quote():
    assert mark2_after((6, 5), (-1, -1), (0, 2)) == [MISSING, MISSING, -2 - 2]


def test_of_several_rows_with_one_stamp_only_the_last_ever_stood():
    rows = [QuoteRow(1, 0, 3, 5), QuoteRow(1, 0, 6, 5), QuoteRow(2, 0, -1, -1)]
    _, quotes, _ = kernel_frames(rows, [], instruments=1)
    assert quotes[:, 0].T.tolist() == [[6, 5, MISSING], *[[MISSING, MISSING, MISSING]] * 2]


def test_a_frame_stands_at_the_close_once_whether_or_not_a_row_does():
    for rows in ([QuoteRow(3, 0, 1, 2)], [QuoteRow(3, 0, 1, 2), QuoteRow(CLOSE, 0, 1, 2)]):
        assert kernel_frames(rows, [], instruments=1)[0][0].tolist() == [3, CLOSE]


def test_a_day_without_rows_has_the_one_frame_at_the_close():
    clock, quotes, updated = kernel_frames([], [], instruments=2)
    assert clock.tolist() == [[CLOSE], [CLOSE], [MISSING]]
    assert (quotes == MISSING).all()
    assert updated == [[-1], [-1]]


def test_the_kernels_take_read_only_columns():
    ts, last = np.array([1], np.int64), np.array([7], np.int32)
    ts.setflags(write=False)
    last.setflags(write=False)
    clock, quotes = np.empty((3, 2), np.int64), np.empty((3, 1, 2), np.int32)
    starts, places = np.empty(2, np.int64), np.empty((2, 1), np.int32)
    place_rows(ts, np.zeros(1, np.int32), ts, last, CLOSE, clock, starts, *places)
    fill_quotes(last, last, starts, *places, quotes)
    assert count_frames(ts, ts, CLOSE) == 2
    assert clock[2].tolist() == [7, 7]
    assert quotes[:, 0].tolist() == [[7, 7], [7, 7], [14, 14]]
