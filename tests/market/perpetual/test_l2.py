"""Rebuilding the best quote: against a plain book of two dictionaries, and on hand-made depth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forven.market.perpetual.l2 import BookSide, LevelRows, rebuild_quotes
from forven.primitives.errors import UntrustedData

MISSING = -1


def levels(rows):
    """(ts, is_snapshot, is_bid, price, size or None for a removed level) as level rows."""
    ts, snapshot, bid, price, size = (list(column) for column in zip(*rows))
    return LevelRows(
        ts=np.array(ts, np.int64),
        is_snapshot=np.array(snapshot, bool),
        is_bid=np.array(bid, bool),
        is_removed=np.array([each is None for each in size]),
        price=np.array(price, np.int64),
        size=np.array([each or 0 for each in size], np.int64),
    )


def states(best):
    return list(
        zip(*(getattr(best, n).tolist() for n in ("ts", "bid", "bid_size", "ask", "ask_size")))
    )


def test_the_best_of_each_side_after_each_stamp():
    best = rebuild_quotes(
        levels(
            [
                (1, True, True, 100, 5),
                (1, True, True, 99, 7),
                (1, True, False, 102, 3),
                (2, False, True, 101, 1),
                (2, False, True, 101, None),
                (3, False, True, 100, None),
                (4, False, False, 102, 9),
                (5, False, False, 102, None),
            ]
        )
    )
    assert states(best) == [
        (1, 100, 5, 102, 3),
        (2, 100, 5, 102, 3),
        (3, 99, 7, 102, 3),
        (4, 99, 7, 102, 9),
        (5, 99, 7, MISSING, 0),
    ]
    assert [row[0] for row in states(best.changes())] == [1, 3, 4, 5]
    assert best.crossed == 0


def test_a_snapshot_forgets_what_was_known_once_a_stamp():
    rows = [(1, True, True, 100, 5), (1, True, False, 105, 5), (2, True, True, 90, 1)]
    assert states(rebuild_quotes(levels(rows)))[-1] == (2, 90, 1, MISSING, 0)
    again = [*rows, (2, False, True, 95, 2), (2, True, False, 99, 1)]
    assert states(rebuild_quotes(levels(again)))[-1] == (2, MISSING, 0, 99, 1)


def test_a_crossed_book_is_counted():
    best = rebuild_quotes(levels([(1, True, True, 100, 5), (1, True, False, 99, 5)]))
    assert best.crossed == 1


def test_a_level_of_less_than_a_lot_is_displayed_with_none():
    assert states(rebuild_quotes(levels([(1, True, True, 100, 0)]))) == [(1, 100, 0, MISSING, 0)]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2),
            st.booleans(),
            st.integers(1, 12),
            st.one_of(st.none(), st.integers(0, 5)),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_any_depth_agrees_with_two_dictionaries(steps):
    rows, ts = [], 1
    for gap, is_bid, price, size in steps:
        ts += gap
        rows.append((ts, False, is_bid, price, size))
    books = ({}, {})
    expected = {}
    for ts, _, is_bid, price, size in rows:
        book = books[0 if is_bid else 1]
        book.pop(price, None)
        if size is not None:
            book[price] = size
        bid = max(books[0], default=MISSING)
        ask = min(books[1], default=MISSING)
        expected[ts] = (ts, bid, books[0].get(bid, 0), ask, books[1].get(ask, 0))
    assert states(rebuild_quotes(levels(rows))) == list(expected.values())


def test_a_price_that_comes_back_is_best_again():
    side = BookSide(-1)
    for _ in range(3):
        side.put(100, 5)
        side.put(99, 1)
        assert side.best() == (100, 5)
        side.remove(100)
        assert side.best() == (99, 1)
    side.clear()
    assert side.best() == (MISSING, 0)


@pytest.mark.parametrize(
    "row", [(1, False, True, 0, 5), (1, False, True, 5, -1), (0, False, True, 5, 1)]
)
def test_bad_levels_are_refused_naming_the_row(row):
    with pytest.raises(UntrustedData, match="levels, row 1: expected a price above 0, a size"):
        rebuild_quotes(levels([(1, True, True, 100, 5), row]))


def test_no_levels_are_refused():
    with pytest.raises(UntrustedData, match="expected at least one row, found none"):
        rebuild_quotes(LevelRows(**dict.fromkeys(LevelRows.__slots__, np.zeros(0, np.int64))))
