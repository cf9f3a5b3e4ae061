import pickle
from dataclasses import replace

import numpy as np
import pytest

from forven.kernels import schema
from forven.kernels.schema import StateShape
from forven.market.day import QuoteAt
from forven.market.frames import build_day
from forven.primitives.errors import InvalidInput
from forven.primitives.time import NANOSECONDS_PER_SECOND
from tests.market.made_days import bounds_of, day_ticks, osi, prints_table, quotes_table

BOUNDS = bounds_of()
ROWS = [
    (0, osi(5310), 9, 8),
    (1, osi(5300), 200, 210),
    (2, osi(5300), 0, 5),
    (4, osi(5300), -1, -1),
]


@pytest.fixture
def market():
    return build_day(day_ticks(quotes=quotes_table(ROWS), prints=prints_table([(3, 7)])), BOUNDS)


def test_the_session_row_names_the_day_and_the_capacities(market):
    row = market.session_row(StateShape(holdings=8, structures=3, orders=5))
    assert row.tolist() == [BOUNDS.open_ns, BOUNDS.close_ns, schema.MISSING, 1_000_000, 8, 3, 5]
    settled = replace(market, settlement=530_000)
    assert settled.session_row(StateShape(1, 1, 1))[schema.SESSION_SETTLEMENT] == 530_000


def test_a_price_says_quote_mark_and_age_with_none_for_what_is_not_there(market):
    second = NANOSECONDS_PER_SECOND
    assert market.price_of(osi(5300), 0) == QuoteAt(None, None, None, None)
    assert market.price_of(osi(5300), 1) == QuoteAt(200, 210, 410, 0)
    assert market.price_of(osi(5300), 2) == QuoteAt(0, 5, 5, 0)
    assert market.price_of(osi(5300), 3) == QuoteAt(0, 5, 5, second)
    assert market.price_of(osi(5300), 4) == QuoteAt(None, None, 5, 0)
    assert market.price_of(osi(5310), 4) == QuoteAt(9, 8, None, 4 * second)
    assert [market.spot_at(frame) for frame in range(4)] == [None, None, None, 7]


def test_a_moment_finds_the_first_frame_at_or_after_it(market):
    assert market.frame_at(BOUNDS.open_ns) == 0
    assert market.frame_at(BOUNDS.open_ns + 1) == 1
    assert market.frame_at(BOUNDS.close_ns) == market.frame_count - 1
    assert market.frame_at(BOUNDS.close_ns + 1) == market.frame_count


def test_an_instrument_that_the_day_does_not_have_is_refused(market):
    assert market.index_of(osi(5310)) == 1
    with pytest.raises(InvalidInput, match="2 instruments"):
        market.index_of(osi(5320))


@pytest.mark.parametrize("name", ["quotes", "clock", "instruments", "row_starts", "row_frames"])
def test_the_columns_are_contiguous_and_read_only_even_after_pickling(market, name):
    for day in (market, pickle.loads(pickle.dumps(market))):
        array = getattr(day, name)
        assert array.flags.c_contiguous
        assert not array.flags.writeable
        assert np.array_equal(array, getattr(market, name))


@pytest.mark.parametrize(
    "change",
    [
        {"quotes": np.zeros((3, 2, 5), np.int64)},
        {"row_starts": np.zeros(2, np.int64)},
        {"row_frames": np.zeros((2, 2), np.int32)},
        {"symbols": (osi(5300),)},
        {"clock": np.zeros((5, 3), np.int64).T},
        {"multiplier": 3},
    ],
)
def test_columns_that_do_not_fit_each_other_are_refused(market, change):
    with pytest.raises(InvalidInput, match="expected"):
        replace(market, **change)
