"""The synthetic perpetual: same bytes from one seed, prices and trades that hang together."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forven.kernels import perpetual_schema as layout
from forven.market.perpetual.contract import MarginTier, PerpetualContract
from forven.market.perpetual.synthetic import (
    CONTRACT,
    START_NS,
    PerpetualSpec,
    synthetic_stream,
    synthetic_ticks,
)
from forven.primitives.errors import InvalidInput


@pytest.fixture(scope="module")
def stream():
    return synthetic_stream(PerpetualSpec(seed=7))


def test_one_seed_gives_the_same_bytes_on_every_machine(stream):
    assert stream.content_hash == "5732641cf76054d79b8bd2dfbce95785ede91eb3511b69c91c6fbf28b64fda1b"


def test_another_seed_gives_others(stream):
    assert synthetic_stream(PerpetualSpec(seed=8)).content_hash != stream.content_hash


def test_the_first_rows_do_not_depend_on_how_far_a_part_is_drawn():
    ticks = synthetic_ticks(PerpetualSpec(seed=7, rows=10))
    assert ticks.quotes.num_rows == 10
    assert ticks.trades.num_rows <= 9


def test_the_book_is_regular_and_every_spread_is_one_to_three_ticks(stream):
    bid, ask = stream.book[layout.BOOK_BID], stream.book[layout.BOOK_ASK]
    assert stream.counts == {}
    assert not stream.is_blocked.any()
    spreads, counts = np.unique(ask - bid, return_counts=True)
    assert_array_equal(spreads, [10, 20, 30])
    assert 0.72 < counts[0] / counts.sum() < 0.78
    assert np.abs(np.diff(bid)).max() == 10
    assert all(CONTRACT.grid.is_valid(int(price)) for price in np.unique([bid, ask]))


def test_times_rise_and_sizes_stay_in_range(stream):
    spec = PerpetualSpec(seed=7)
    gaps = np.diff(stream.ts)
    assert gaps.min() >= 1
    assert 0.98 < gaps.mean() / spec.gap_ns < 1.02
    sizes = stream.book[[layout.BOOK_BID_SIZE, layout.BOOK_ASK_SIZE]]
    assert sizes.min() >= 1
    assert sizes.max() <= spec.size_lots


def test_moves_persist_as_asked():
    for persist in (200, 550, 900):
        stream = synthetic_stream(PerpetualSpec(seed=3, persist_permille=persist))
        moves = np.diff(stream.book[layout.BOOK_BID])
        moves = moves[moves != 0]
        share = np.mean(moves[1:] == moves[:-1])
        assert abs(share - persist / 1_000) < 0.02


def test_trades_are_at_the_quote_before_their_row_and_no_larger(stream):
    spec = PerpetualSpec(seed=7)
    ticks = synthetic_ticks(spec)
    at = stream.frame_at(int(ticks.trades.column("ts")[5].value))
    first = int(stream.book[layout.BOOK_PRINTS, at - 1])
    assert first == 5
    frames = np.searchsorted(
        stream.book[layout.BOOK_PRINTS], np.arange(len(stream.prints)), "right"
    )
    before = stream.book[:, frames - 1]
    buys = stream.prints[:, layout.PRINT_AGGRESSOR] == 1
    price = np.where(buys, before[layout.BOOK_ASK], before[layout.BOOK_BID])
    size = np.where(buys, before[layout.BOOK_ASK_SIZE], before[layout.BOOK_BID_SIZE])
    assert_array_equal(stream.prints[:, layout.PRINT_PRICE], price)
    assert (stream.prints[:, layout.PRINT_SIZE] <= size).all()
    assert (stream.prints[:, layout.PRINT_SIZE] >= 1).all()
    assert 0.45 < buys.mean() < 0.55
    now = stream.book[:, frames]
    gave = np.where(
        buys,
        now[layout.BOOK_ASK] > before[layout.BOOK_ASK],
        now[layout.BOOK_BID] < before[layout.BOOK_BID],
    )
    assert gave.sum() > 100
    assert_array_equal(stream.prints[gave, layout.PRINT_SIZE], size[gave])


def test_a_walk_is_folded_back_before_it_leaves_its_range():
    tiers = (MarginTier(from_micros=0, leverage=10),)
    contract = PerpetualContract.fixed_tick("SMALL", "0.01", "0.0001", tiers)
    spec = PerpetualSpec(seed=1, rows=20_000, price="1", move_permille=1_000, persist_permille=990)
    bid = synthetic_stream(spec, contract).book[layout.BOOK_BID]
    assert bid.min() == 60
    assert bid.max() == 140
    assert np.abs(np.diff(bid)).max() == 1


def test_fundings_fall_due_every_hour_at_the_fair_price():
    stream = synthetic_stream(PerpetualSpec(seed=2, rows=1_000, gap_ns=10**10))
    hours = 3_600 * 10**9 * np.arange(1, 3) + START_NS
    assert_array_equal(stream.fundings[:, layout.FUNDING_TS], hours)
    for ts, rate, oracle in stream.fundings:
        frame = stream.frame_at(int(ts) + 1) - 1
        assert stream.book[layout.BOOK_BID, frame] <= oracle < stream.book[layout.BOOK_ASK, frame]
        assert abs(rate - 125_000) <= 250_000


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rows": 0}, "rows: expected 1 to 100000000, found 0"),
        ({"move_permille": 1_001}, "move_permille: expected 0 to 1000, found 1001"),
        ({"gap_ns": 2.5}, "gap_ns: expected 2 to 1000000000000, found 2.5"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(InvalidInput, match=message):
        PerpetualSpec(seed=7, **settings)


@pytest.mark.parametrize("price", ["60000.1", "0.5", "90000000"])
def test_a_start_without_room_on_the_grid_is_refused(price):
    with pytest.raises(InvalidInput, match="price: expected"):
        synthetic_ticks(PerpetualSpec(seed=7, price=price))
