from dataclasses import replace

import pytest

from forven.market.frames import build_day
from forven.market.quality import quality_of, totals
from forven.primitives.time import NANOSECONDS_PER_SECOND
from tests.market.made_days import (
    LAST_SECOND,
    bounds_of,
    day_ticks,
    osi,
    prints_table,
    quotes_table,
)

BOUNDS = bounds_of()
NEAR, FAR, DARK = osi(5300), osi(5310), osi(5320)


def quality(rows, prints=((0, 530_000), (LAST_SECOND, 530_100)), **fields):
    ticks = day_ticks(quotes=quotes_table(rows), prints=prints_table(list(prints)), **fields)
    return quality_of(ticks, build_day(ticks, BOUNDS))


def test_rows_are_counted_by_what_is_wrong_with_them():
    found = quality(
        [
            (-1, NEAR, 9, 10),
            (0, NEAR, 0, 5),
            (0, FAR, -1, 5),
            (1, NEAR, 9, -1),
            (2, NEAR, -1, -1),
            (3, NEAR, 9, 8),
            (4, NEAR, 9, 9),
            (5, NEAR, 9, 10),
            (5, FAR, 2, 3),
            (5, NEAR, 9, 11),
            (LAST_SECOND + 1, NEAR, 9, 10),
        ],
        counts={"negative": 2},
    )
    assert found.quote_rows == 9
    assert found.print_rows == 2
    assert found.outside_rows == 2
    assert found.zero_bid_rows == 2
    assert found.no_ask_rows == 1
    assert found.empty_rows == 1
    assert found.crossed_rows == 1
    assert found.locked_rows == 1
    assert found.duplicate_rows == 1
    assert found.read_counts == {"negative": 2}


def test_frames_gaps_and_coverage_are_those_of_the_session():
    found = quality(
        [(10, NEAR, 1, 2), (10, DARK, -1, -1), (70, FAR, 1, 2)], prints=[(70, 5), (100, 6)]
    )
    second = NANOSECONDS_PER_SECOND
    assert (found.frames, found.instruments, found.strikes) == (4, 3, 3)
    assert found.first_row_ns == BOUNDS.open_ns + 10 * second
    assert found.last_row_ns == BOUNDS.open_ns + 100 * second
    assert found.gap_ns_max == (LAST_SECOND - 100) * second
    assert found.gap_from_ns == BOUNDS.open_ns + 100 * second
    assert found.never_quoted == 1
    assert found.missing_quotes_share == pytest.approx((0 + 1 + 4) / 12)
    assert found.frames_without_underlying == 1
    assert (found.settlement, found.settlement_estimated) == (None, False)


def test_the_wait_for_the_first_row_is_a_gap_too():
    found = quality([(20_000, NEAR, 1, 2)], prints=[(20_000, 5)])
    assert found.gap_from_ns == BOUNDS.open_ns


@pytest.mark.parametrize(
    ("right", "cheap", "dear", "count"),
    [
        (0, (5300, 1, 2), (5310, 3, 4), 2),
        (0, (5310, 1, 2), (5300, 3, 4), 0),
        (1, (5310, 1, 2), (5300, 3, 4), 2),
        (1, (5300, 1, 2), (5310, 3, 4), 0),
        (0, (5300, 1, 2), (5310, 5, 4), 0),
        (0, (5300, 1, 2), (5310, 2, 4), 0),
    ],
)
def test_a_vertical_below_zero_is_counted_in_each_frame(right, cheap, dear, count):
    rows = [(0, osi(strike, right), bid, ask) for strike, bid, ask in (cheap, dear)]
    assert quality(rows, prints=[(0, 5)]).vertical_arbitrage == count


def test_totals_add_up_the_counts_of_days_but_not_their_moments():
    day = quality([(0, NEAR, 9, 8), (1, NEAR, 9, 9)])
    unsettled = replace(day, settlement=None, settlement_estimated=False, crossed_rows=4)
    sums = totals([day, unsettled])
    assert sums["crossed_rows"] == 5
    assert sums["quote_rows"] == 4
    assert sums["days"] == 2
    assert sums["days_without_settlement"] == 1
    assert sums["days_with_estimated_settlement"] == 1
    assert not {"first_row_ns", "gap_ns_max", "gap_from_ns", "instruments"} & set(sums)


def test_the_report_is_made_of_plain_values():
    document = quality([(0, NEAR, 9, 10)]).as_dict()
    assert {type(value) for value in document.values()} <= {int, float, bool, dict, type(None)}
