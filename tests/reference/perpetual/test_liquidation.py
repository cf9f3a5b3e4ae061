"""Worked examples of liquidation: at the venue's price, in parts, and by the backstop."""

from fractions import Fraction

import pytest

from forven.kernels import perpetual_schema as columns
from forven.kernels import schema
from tests.reference.perpetual.generated_stream import SECOND_NS
from tests.reference.perpetual.handmade import SELL, VALUE, Script, fills, reasons, told

ENTRY = 50_000
FLAT, STEPPED = [(0, 40)], [(0, 40), (60_000_000, 20), (120_000_000, 10)]


def liquidation_price(script: Script, lots: int) -> Fraction:
    """Return the venue's liquidation price of a cross position opened at `ENTRY`.

    price - side x margin_available / size / (1 - l x side), with l = 1 / maintenance leverage
    (twice the tier's most) and margin_available = account value - maintenance.
    """
    side = 1 if lots > 0 else -1
    notional = abs(lots) * ENTRY
    maintained, leverage = Fraction(0), 0
    for number, (start, most) in enumerate(script.tiers):
        ends = [each for each, _ in script.tiers[number + 1 :]] or [notional]
        if notional > start:
            maintained += Fraction(min(notional, ends[0]) - start, 2 * most)
            leverage = 2 * most
    available = script.equity - maintained
    return ENTRY - side * available / abs(lots) / (1 - Fraction(side, leverage))


@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize(
    ("tiers", "lots", "leverage"),
    [
        (FLAT, 1_000, 40),
        (FLAT, 1_000, 20),
        (FLAT, 37, 5),
        ([(0, 3)], 1_000, 3),
        ([(0, 50)], 2_500, 33),
        ([(0, 10)], 999, 7),
        (STEPPED, 1_000, 11),
        (STEPPED, 2_000, 12),
        (STEPPED, 3_000, 9),
    ],
)
def test_the_first_mark_that_liquidates_is_the_venues_price(
    played, tiers, lots, leverage, direction
):
    position = direction * lots
    equity = lots * ENTRY // leverage
    script = Script(tiers=tiers, position=position, cost=position * ENTRY, equity=equity)
    script.cash = equity - position * ENTRY
    script.agree(VALUE=1)
    expected = liquidation_price(script, position)
    script.frame(ENTRY, ENTRY, mark2=2 * ENTRY)
    for step in range(-12, 13):  # marks pass the price by half quanta, against the position
        script.frame(ENTRY, ENTRY, (0, 0), mark2=int(2 * expected) - direction * step)
    first = told(played(script), columns.EVENT_LIQUIDATION)[0]
    assert first[7] == columns.STAGE_WHOLE
    assert abs(Fraction(first[5], 2) - expected) <= 1
    assert first[0] > 1, "the marks begin on the safe side"


def falling(frames: list[tuple[int, int]], **plan: int) -> Script:
    """A long of 100 at 10,000 with 3 % of equity; frames are (bid, size), the mark is the bid.

    Maintenance is 1 % of the mark: 50-fold is the most leverage.
    """
    script = Script(cash=-970_000 * VALUE, position=100, cost=10**6 * VALUE, equity=30_000 * VALUE)
    script.set(PARTIAL_FROM=0, BACKSTOP_PPM=666_666)
    script.set(**plan)
    script.frame(10_000, 10_001, mark2=20_000)
    for bid, size in frames:
        script.frame(bid, bid + 1, (size, 9), mark2=2 * bid)
    return script


def stages(outcome) -> list[tuple[int, int, int]]:
    """Return (frame, lots ordered, stage) of every liquidation."""
    return [(row[0], *row[6:8]) for row in told(outcome, columns.EVENT_LIQUIDATION)]


def test_a_part_goes_first_then_after_the_cool_down_the_rest(played):
    # equity 970,000 below 10,000 x 100; at 9,796: 9,600 against 9,796 of maintenance.
    script = falling([(9_796, 50)] * 1 + [(9_794, 50)] * 4, COOLDOWN_NS=3 * SECOND_NS)
    outcome = played(script)
    # a fifth of 100 in frame 1; 80 left need 7,835 and 9,440 are there: it is over.
    assert stages(outcome) == [(1, 20, columns.STAGE_PART)]
    assert fills(outcome) == [(1, 1, 9_796, 20)]
    assert outcome.facts["LIQUIDATED_TS"] == schema.MISSING


def test_the_rest_waits_for_the_cool_down_and_takes_only_what_is_displayed(played):
    frames = [(9_796, 5), (9_790, 30), (9_790, 30), (9_790, 31), (9_790, 32), (9_790, 99)]
    script = falling(frames, COOLDOWN_NS=3 * SECOND_NS)
    script.limit(1, SELL, 10_100, 1, REDUCE_ONLY=1)
    outcome = played(script)
    # 5 of 20 fill; frames 2 and 3 cool down; from frame 4 on everything, as it is displayed.
    assert stages(outcome)[:2] == [(1, 20, columns.STAGE_PART), (4, 95, columns.STAGE_WHOLE)]
    assert fills(outcome)[:2] == [(1, 2, 9_796, 5), (4, 3, 9_790, 31)]
    cancelled = told(outcome, schema.EVENT_ORDER_CANCELED)
    assert cancelled[0][:4] == (1, 1, columns.REASON_LIQUIDATION, 1)
    assert cancelled[1][:4] == (1, 2, schema.REASON_UNFILLED, 15)


def test_a_small_position_goes_whole(played):
    outcome = played(falling([(9_796, 120)], PARTIAL_FROM=980_000 * VALUE))
    assert stages(outcome) == [(1, 100, columns.STAGE_WHOLE)]
    assert fills(outcome) == [(1, 1, 9_796, 100)]
    assert outcome.facts["STATUS"] == schema.STATUS_RUNNING


@pytest.mark.parametrize(("bid", "is_over"), [(9_765, True), (9_766, False)])
def test_below_two_thirds_of_maintenance_the_backstop_takes_all(played, bid, is_over):
    # at 9,765: 6,500 against 9,765 x 0.666666 = 6,510; at 9,766: 6,600 against 6,510.
    outcome = played(falling([(bid, 120)]))
    assert (stages(outcome)[0][2] == columns.STAGE_BACKSTOP) == is_over
    if is_over:
        facts = outcome.facts
        assert facts["STATUS"] == columns.STATUS_LIQUIDATED
        assert (facts["POSITION"], facts["CASH"], facts["EQUITY"], facts["COST"]) == (0, 0, 0, 0)
        assert facts["MAX_DRAWDOWN"] == 30_000 * VALUE
        ended = told(outcome, schema.EVENT_SESSION_ENDED)[0]
        assert ended[2:4] == (columns.STATUS_LIQUIDATED, 0)


def test_a_stale_frame_liquidates_nothing_but_cancels(played):
    script = falling([])
    script.frame(9_796, 9_797, (50, 9), mark2=2 * 9_796, delay_ns=2 * SECOND_NS)
    script.limit(1, SELL, 10_100, 1)
    outcome = played(script)
    assert stages(outcome) == []
    assert reasons(outcome, schema.EVENT_ORDER_CANCELED) == [columns.REASON_LIQUIDATION]


def test_a_liquidation_fill_pays_the_takers_fee_and_is_marked_anew(played):
    outcome = played(falling([(9_796, 50)], TAKER_PPM=450))
    fee = -(-20 * 9_796 * VALUE * 450 // 10**6)
    assert outcome.facts["FEES"] == fee
    assert outcome.facts["EQUITY"] == 9_600 * VALUE - fee
