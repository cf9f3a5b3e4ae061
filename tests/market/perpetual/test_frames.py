"""Ticks to frames: one frame a stamp, quotes carried forward, prints counted, marks by rule."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from forven.kernels import perpetual_schema as layout
from forven.market.perpetual.frames import build_stream, with_fundings
from forven.market.perpetual.ticks import PerpetualTicks
from forven.primitives.errors import InvalidInput, UntrustedData
from tests.market.perpetual.made_ticks import CONTRACT, ticks

MISSING = -1


def book_of(stream):
    return stream.book.T.tolist()


def test_every_distinct_stamp_is_a_frame_with_the_last_quote_and_all_prints_so_far():
    stream = build_stream(
        CONTRACT,
        ticks(
            [(10, 100, 102, 5, 6), (20, 100, 103, 5, 7), (20, 101, 103, 8, 7), (40, 99, 101, 1, 2)],
            [(5, 101, 3, 1), (20, 102, 1, 1), (20, 100, 2, -1), (30, 101, 4, 0)],
        ),
    )
    assert book_of(stream) == [
        [5, 5, MISSING, MISSING, 0, 0, MISSING, 1],
        [10, 10, 100, 102, 5, 6, 202, 1],
        [20, 20, 101, 103, 8, 7, 204, 3],
        [30, 30, 101, 103, 8, 7, 204, 4],
        [40, 40, 99, 101, 1, 2, 200, 4],
    ]
    assert stream.prints.tolist() == [[101, 3, 1], [102, 1, 1], [100, 2, -1], [101, 4, 0]]
    assert stream.counts == {"superseded": 1, "unquoted": 1}
    assert (stream.open_ns, stream.end_ns) == (5, None)
    assert stream.is_blocked.tolist() == [True, False, False, False, False]


def test_the_mark_is_the_middle_of_the_last_regular_quote():
    stream = build_stream(
        CONTRACT,
        ticks(
            [
                (1, MISSING, 102, 0, 6),
                (2, 100, 102, 5, 6),
                (3, 103, 102, 5, 6),
                (4, MISSING, 90, 77, 6),
                (5, 101, 101, 5, 6),
            ]
        ),
    )
    assert stream.book[layout.BOOK_MARK2].tolist() == [MISSING, 202, 202, 202, 202]
    assert stream.book[layout.BOOK_BID_SIZE].tolist() == [0, 5, 5, 0, 5]
    assert stream.counts == {"one_sided": 2, "crossed": 1, "locked": 1}
    assert stream.is_blocked.tolist() == [True, False, True, True, False]


def test_a_venues_marks_stand_alone_and_make_frames():
    quotes = [(10, 100, 102, 5, 6), (30, 100, 104, 5, 6)]
    stream = build_stream(CONTRACT, ticks(quotes, marks=[(20, 55), (30, 56)]))
    assert stream.ts.tolist() == [10, 20, 30]
    assert stream.book[layout.BOOK_MARK2].tolist() == [MISSING, 110, 112]


def test_bounds_leave_rows_out_and_put_a_frame_at_the_end():
    rows = [(n, 100 + n, 102 + n, 1, 1) for n in (10, 20, 30, 40)]
    given = ticks(rows, [(5, 100, 1, 1), (25, 100, 1, 1), (50, 100, 1, 1)])
    stream = build_stream(CONTRACT, given, open_ns=20, end_ns=35)
    assert stream.ts.tolist() == [20, 25, 30, 35]
    assert stream.book[layout.BOOK_BID].tolist() == [120, 120, 130, 130]
    assert stream.book[layout.BOOK_PRINTS].tolist() == [0, 1, 1, 1]
    assert stream.counts == {"before_open": 2, "after_end": 2}
    row = stream.contract_row(4)
    assert row[layout.CONTRACT_OPEN] == 20
    assert row[layout.CONTRACT_END] == 35
    assert build_stream(CONTRACT, given, end_ns=40).ts.tolist() == [5, 10, 20, 25, 30, 40]


def test_a_stream_without_an_end_goes_on_for_the_kernel():
    stream = build_stream(CONTRACT, ticks([(1, 100, 102, 5, 6)]))
    assert stream.contract_row(4)[layout.CONTRACT_END] == 2**63 - 1


def test_a_frame_arrives_with_its_last_row_and_never_before_its_stamp():
    stream = build_stream(
        CONTRACT,
        ticks(
            [(10, 1, 2, 1, 1), (10, 1, 3, 1, 1), (20, 1, 2, 1, 1), (30, 1, 2, 1, 1)],
            [(20, 1, 1, 1), (40, 1, 1, 1)],
            arrivals=[15, 14, 22, 28],
            trade_arrivals=[29, 41],
        ),
        end_ns=50,
    )
    assert stream.book[layout.BOOK_ARRIVAL].tolist() == [15, 29, 30, 41, 50]
    assert stream.counts == {"superseded": 1, "early_arrival": 1}


@given(
    stamps=st.lists(st.integers(1, 60), min_size=1, max_size=40),
    prints=st.lists(st.integers(1, 60), max_size=40),
)
def test_frames_agree_with_a_plain_walk_over_the_rows(stamps, prints):
    quotes = [
        (ts, 100 + at % 5 if at % 7 else MISSING, 102 + at % 3 - 3 * (at % 11 == 0), at, at + 1)
        for at, ts in enumerate(sorted(stamps))
    ]
    trades = [(ts, 100 + at, at, at % 3 - 1) for at, ts in enumerate(sorted(prints))]
    stream = build_stream(CONTRACT, ticks(quotes, trades))
    expected, mark2 = [], MISSING
    for ts in sorted({row[0] for row in quotes + trades}):
        past = [row for row in quotes if row[0] <= ts]
        _, bid, ask, bid_size, ask_size = past[-1] if past else (0, MISSING, MISSING, 0, 0)
        if MISSING not in (bid, ask) and bid <= ask:
            mark2 = bid + ask
        shown = bid_size if bid != MISSING else 0
        count = sum(row[0] <= ts for row in trades)
        expected.append([ts, ts, bid, ask, shown, ask_size, mark2, count])
    assert book_of(stream) == expected
    assert stream.prints.tolist() == [list(row[1:]) for row in trades]


def test_bad_rows_are_dropped_and_counted_by_kind():
    good = [(n, 100, 102, 1, 1) for n in range(1, 1_001)]
    bad = [
        (1_001, 0, 102, 1, 1),
        (1_002, -2, 102, 1, 1),
        (1_003, 100, 1_000_000_001, 1, 1),
        (1_004, 100, 102, -1, 1),
        (1_005, 100, 102, 1, 200_000_001),
        (1_006, -2, 102, -1, 1),
    ]
    trades = [(n, 101, 1, 1) for n in range(1, 301)]
    bad_trades = [(301, 0, 1, 1), (302, 101, -1, 1), (303, 101, 1, 2)]
    stream = build_stream(CONTRACT, ticks(good + bad, trades + bad_trades))
    assert stream.frame_count == 1_000
    assert len(stream.prints) == 300
    assert stream.counts == {
        "bad_price": 4,
        "too_large": 1,
        "bad_size": 2,
        "size_too_large": 1,
        "bad_aggressor": 1,
    }


def test_a_table_with_too_many_bad_rows_is_refused_naming_the_first():
    rows = [(n, 100, 102, 1, 1) for n in range(1, 100)] + [(100, 0, 102, 1, 1)]
    assert build_stream(CONTRACT, ticks(rows)).counts == {"bad_price": 1}
    rows[3] = (4, 100, 102, -5, 1)
    with pytest.raises(
        UntrustedData,
        match=r"quotes, row 3: a size is below 0. 2 of 100 rows are bad "
        r"\(bad_price 1, bad_size 1\); a table is refused whole above 1 %",
    ):
        build_stream(CONTRACT, ticks(rows))


def test_an_absurd_arrival_is_a_bad_row():
    rows = [(10**12, 100, 102, 1, 1)]
    with pytest.raises(UntrustedData, match="row 0: a row arrived more than a minute before"):
        build_stream(CONTRACT, ticks(rows, arrivals=[10**12 - 60_000_000_001]))


def test_time_that_goes_backwards_is_refused_naming_the_row():
    rows = [(1, 100, 102, 1, 1), (5, 100, 102, 1, 1), (4, 100, 102, 1, 1)]
    with pytest.raises(UntrustedData, match="quotes, row 2: expected times that do not go backw"):
        build_stream(CONTRACT, ticks(rows))
    with pytest.raises(UntrustedData, match="trades, row 1: expected times"):
        build_stream(CONTRACT, ticks(rows[:1], [(5, 1, 1, 1), (4, 1, 1, 1)]))
    with pytest.raises(UntrustedData, match="row 0: expected a stamp of 1970 or later"):
        build_stream(CONTRACT, ticks([(-1, 100, 102, 1, 1)]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda t: t.set_column(1, "bid", pa.array([None], pa.int64())),
            r"quotes.bid, row 0: expected no null \(a missing side is -1\), found 1",
        ),
        (
            lambda t: t.set_column(1, "bid", pa.array([1.5])),
            "quotes.bid: expected int64, found double",
        ),
        (lambda t: t.drop_columns(["ask"]), "quotes: expected one column 'ask', found ts, bid,"),
        (
            lambda t: t.append_column("bid", pa.array([1], pa.int64())),
            "quotes: expected one column 'bid', found ts, bid, ask, bid_size, ask_size, bid",
        ),
        (
            lambda t: t.set_column(0, "ts", pa.array([1], pa.timestamp("ms", "UTC"))),
            r"quotes.ts: expected timestamp\[ns, tz=UTC\], found timestamp\[ms, tz=UTC\]",
        ),
        (lambda t: t.slice(0, 0), "quotes: expected at least one row inside the bounds, found"),
    ],
)
def test_tables_of_another_form_are_refused(change, message):
    quotes = change(ticks([(1, 100, 102, 1, 1)]).quotes)
    with pytest.raises(UntrustedData, match=message):
        build_stream(CONTRACT, PerpetualTicks(quotes=quotes))


def test_an_end_before_the_open_is_refused():
    with pytest.raises(InvalidInput, match="end_ns: expected a moment after open_ns 5, found 5"):
        build_stream(CONTRACT, ticks([(1, 100, 102, 1, 1)]), open_ns=5, end_ns=5)


@pytest.mark.parametrize(
    "row",
    [(10, 0, 5), (11, 900_000_001, 5), (11, 0, 0), (11, 0, 1_000_000_001)],
)
def test_fundings_that_cannot_be_trusted_are_refused(row):
    stream = build_stream(CONTRACT, ticks([(1, 100, 102, 1, 1)]))
    good = np.array([(10, -900_000_000, 5)])
    assert_array_equal(with_fundings(stream, good).fundings, good)
    with pytest.raises(UntrustedData, match="fundings, row 1: expected times that rise"):
        with_fundings(stream, np.array([(10, 0, 5), row]))
