"""Worked examples of the queue: what fills, and how the lots ahead shrink."""

import pytest

from forven.kernels.perpetual_schema import UNKNOWN_AHEAD
from forven.kernels.schema import MISSING
from tests.reference.perpetual.handmade import (
    BUY,
    PROBABILISTIC,
    RISK_AVERSE,
    SELL,
    TOUCH,
    Script,
    fills,
)


def queued(model: int, frames: list[tuple], price: int = 1_000, lots: int = 20) -> Script:
    """A buy that lands in frame 1 behind 100 lots at 1,000; `frames` are from frame 1 on."""
    script = Script()
    script.set(FILL_MODEL=model)
    script.frame(1_000, 1_002, (100, 50))
    for frame in frames:
        script.frame(*frame)
    script.limit(1, BUY, price, lots)
    return script


def places(outcome) -> tuple[int, int]:
    """Return `AHEAD` and `LEVEL` of the only order."""
    (order,) = outcome.orders
    return order["AHEAD"], order["LEVEL"]


@pytest.mark.parametrize("model", [RISK_AVERSE, PROBABILISTIC])
def test_behind_100_lots_trades_of_80_then_30_fill_10(played, model):
    quote = (1_000, 1_002, (100, 50))
    script = queued(model, [quote, (*quote, [(1_000, 80, -1)]), (*quote, [(1_000, 30, -1)])])
    outcome = played(script)
    assert fills(outcome) == [(3, 1, 1_000, 10)]
    assert places(outcome) == (0, 100)
    assert outcome.orders[0]["LEFT"] == 10


def test_without_a_queue_the_first_trade_at_the_price_fills(played):
    quote = (1_000, 1_002, (100, 50))
    script = queued(TOUCH, [(*quote, [(1_000, 8, -1)]), (*quote, [(1_000, 80, 0)])])
    assert fills(played(script)) == [(1, 1, 1_000, 8), (2, 1, 1_000, 12)]


@pytest.mark.parametrize("model", [TOUCH, RISK_AVERSE, PROBABILISTIC])
def test_a_trade_through_the_price_fills_everything_whatever_its_size(played, model):
    quote = (1_000, 1_002, (100, 50))
    script = queued(model, [(*quote, [(999, 1, -1)])])
    assert fills(played(script)) == [(1, 1, 1_000, 20)]


def test_a_buyer_who_lifts_the_offer_hits_no_buy(played):
    quote = (1_000, 1_002, (100, 50))
    for model in (TOUCH, RISK_AVERSE):
        script = queued(model, [(*quote, [(1_000, 500, 1), (999, 5, 1)])])
        assert fills(played(script)) == []


def test_a_worse_price_waits_unknown_until_it_is_displayed(played):
    quote, lower = (1_000, 1_002, (100, 50)), (998, 1_000, (70, 50))
    script = queued(RISK_AVERSE, [quote, (*quote, [(998, 9, -1)])], price=998)
    outcome = played(script)
    assert fills(outcome) == []
    assert places(outcome) == (UNKNOWN_AHEAD, MISSING)
    script.frame(*lower)
    assert places(played(script)) == (70, 70)
    script.frame(*lower, [(998, 75, -1)])
    assert fills(played(script)) == [(4, 1, 998, 5)]


def test_a_better_price_than_the_best_has_nobody_ahead(played):
    quote = (1_000, 1_002, (100, 50))
    script = queued(RISK_AVERSE, [quote, (*quote, [(1_001, 7, -1)])], price=1_001)
    assert fills(played(script)) == [(2, 1, 1_001, 7)]


def test_a_level_that_vanishes_below_us_leaves_nobody_ahead(played):
    quote = (1_000, 1_002, (100, 50))
    script = queued(RISK_AVERSE, [quote, (998, 1_002, (40, 50))])
    assert places(played(script)) == (0, 0)


def test_a_level_that_a_better_bid_hides_keeps_its_queue(played):
    quote = (1_000, 1_002, (100, 50))
    script = queued(RISK_AVERSE, [quote, (1_001, 1_002, (40, 50))])
    assert places(played(script)) == (100, MISSING)
    script.frame(1_000, 1_002, (60, 50))
    assert places(played(script)) == (60, 60)


def test_the_pessimist_never_stands_behind_more_than_is_displayed(played):
    frames = [(1_000, 1_002, (size, 50)) for size in (100, 70, 90, 30, 200)]
    ahead = []
    for count in range(1, 6):
        ahead.append(places(played(queued(RISK_AVERSE, frames[:count])))[0])
    assert ahead == [100, 70, 70, 30, 30]


@pytest.mark.parametrize(
    ("power", "ahead"),
    [
        # 60 ahead and 40 behind after a trade of 40 at 100, then the display grows by none:
        # level 100, shown 80: 20 gone. front 60, back 40.
        (1, 48),  # 20 x 60 / 100 = 12 from the front
        (2, 47),  # 20 x 3600 / 5200 = 13.8
        (3, 45),  # 20 x 216000 / 280000 = 15.4
    ],
)
def test_of_what_is_cancelled_a_share_stood_in_front(played, power, ahead):
    quote = (1_000, 1_002, (100, 50))
    frames = [quote, (*quote, [(1_000, 40, -1)]), (1_000, 1_002, (80, 50))]
    script = queued(PROBABILISTIC, frames)
    script.set(QUEUE_POWER=power)
    assert places(played(script)) == (ahead, 80)


def test_what_traded_is_not_cancelled(played):
    quote, less = (1_000, 1_002, (100, 50)), (1_000, 1_002, (60, 50))
    script = queued(PROBABILISTIC, [quote, (*less, [(1_000, 40, -1)])])
    assert places(played(script)) == (60, 60)


def test_two_orders_at_one_price_share_a_trade_in_their_order(played):
    quote = (1_000, 1_002, (100, 50))
    script = queued(RISK_AVERSE, [quote, quote], lots=5)
    script.limit(2, BUY, 1_000, 5)
    script.frame(*quote, [(1_000, 108, -1)])
    # the first fills 5 of the 8 lots beyond the queue; the second sees 103: 3 lots.
    assert fills(played(script)) == [(3, 1, 1_000, 5), (3, 2, 1_000, 3)]


def test_a_print_nobody_claims_hits_both_sides_with_all_of_it(played):
    script = Script()
    script.set(FILL_MODEL=TOUCH)
    script.frames(2, 1_000, 1_004)
    script.limit(1, BUY, 1_002, 9)
    script.limit(1, SELL, 1_002, 9)
    script.frame(1_000, 1_004, (10, 10), [(1_002, 6, 0)])
    assert fills(played(script)) == [(2, 1, 1_002, 6), (2, 2, 1_002, 6)]


def test_a_stale_frame_loses_its_trades(played):
    quote = (1_000, 1_002, (100, 50))
    script = queued(TOUCH, [quote])
    script.frame(*quote, [(1_000, 80, -1)], delay_ns=2 * 10**9)
    script.frame(*quote)
    assert fills(played(script)) == []
