"""Worked examples of re-pricing: the peg, its cap and concessions, one flight at a time."""

from forven.kernels import perpetual_schema as columns
from forven.kernels import schema
from tests.reference.perpetual.generated_stream import SECOND_NS
from tests.reference.perpetual.handmade import BUY, SELL, Script, fills, told

PEGGED = {"PEGGED": 1, "POST_ONLY": 1}


def pegged(side: int, price: int, mids: list[int], **plan: int) -> Script:
    """A pegged order from frame 1 on; the quote is the mid -/+ 3."""
    script = Script()
    script.set(OPENING_ENABLED=1, CLOSING_ENABLED=1, **plan)
    for mid in mids:
        script.frame(mid - 3, mid + 3)
    script.limit(1, side, price, 5, OFFSET_TICKS=2, **PEGGED)
    return script


def replaced(outcome) -> list[tuple[int, int]]:
    """Return (frame, new price) of every re-quote that landed."""
    return [(row[0], row[3]) for row in told(outcome, schema.EVENT_ORDER_REPLACED)]


def test_a_peg_follows_the_mid_both_ways(played):
    # decided in the frame of the move, landed in the next: mid - 2 for a buy, mid + 2 for a sell.
    mids = [1_000, 1_000, 1_001, 1_001, 999, 999]
    assert replaced(played(pegged(BUY, 998, mids))) == [(3, 999), (5, 997)]
    assert replaced(played(pegged(SELL, 1_002, mids))) == [(3, 1_003), (5, 1_001)]


def test_a_peg_stops_at_its_cap(played):
    mids = [1_000, 1_000, 1_001, 1_004, 1_004, 1_010, 1_010]
    script = pegged(BUY, 998, mids, MAX_CONCESSION=4)
    assert replaced(played(script)) == [(3, 999), (4, 1_002)]


def test_a_flat_market_earns_a_tick_a_nudge_within_the_cap(played):
    script = pegged(BUY, 998, [1_000] * 9, MAX_CONCESSION=2, OPENING_NUDGE_NS=2 * SECOND_NS)
    # reference in frame 2, ticks decided in frames 4 and 6; a third would pass the cap.
    outcome = played(script)
    assert replaced(outcome) == [(5, 999), (7, 1_000)]
    assert outcome.orders[0]["CONCESSION"] == 2


def test_a_moving_market_earns_nothing(played):
    mids = [1_000, 1_000, 1_000, 1_002, 1_000, 1_002, 1_000]
    script = pegged(BUY, 998, mids, OPENING_NUDGE_NS=2 * SECOND_NS, OPENING_TOLERANCE_TICKS=1)
    assert played(script).orders[0]["CONCESSION"] == 0


def test_one_flight_at_a_time(played):
    mids = [1_000, 1_000, 1_001, 1_002, 1_003, 1_004, 1_005]
    script = pegged(BUY, 998, mids, ORDER_LATENCY_NS=2 * SECOND_NS)
    # lands in frame 3 (1 + 2 s); the re-quote of frame 4 lands in frame 6: mid 1,003 - 2.
    assert replaced(played(script)) == [(6, 1_001)]


def test_the_interval_holds_the_next_re_quote_back(played):
    mids = [1_000, 1_000, 1_001, 1_002, 1_003, 1_004, 1_005, 1_006]
    script = pegged(BUY, 998, mids, OPENING_INTERVAL_NS=3 * SECOND_NS)
    # placed in frame 1: decided in frames 4 (mid 1,003) and 7.
    assert replaced(played(script)) == [(5, 1_001)]


def late(**cells: int) -> Script:
    """A re-quote to 1,008 sent in frame 4 lands in frame 6, when the ask is back at 1,003."""
    script = Script()
    script.set(OPENING_ENABLED=1, ORDER_LATENCY_NS=2 * SECOND_NS)
    for mid in (1_000, 1_000, 1_000, 1_000, 1_010, 1_000, 1_000):
        script.frame(mid - 3, mid + 3)
    script.limit(1, BUY, 998, 5, OFFSET_TICKS=2, PEGGED=1, **cells)
    return script


def test_a_post_only_re_quote_that_crosses_is_refused_and_the_old_price_stays(played):
    outcome = played(late(POST_ONLY=1))
    refused = (6, 1, schema.COMMAND_REPLACE, columns.REASON_WOULD_CROSS, 0, 0, 0, 0)
    assert told(outcome, schema.EVENT_COMMAND_REFUSED) == [refused]
    assert outcome.orders[0]["PRICE"] == 998
    assert outcome.facts["REPLACES"] == 0


def test_any_other_re_quote_that_crosses_takes(played):
    outcome = played(late())
    assert replaced(outcome) == [(6, 1_008)]
    assert fills(outcome) == [(6, 1, 1_003, 5)]
    assert told(outcome, schema.EVENT_ORDER_FILLED)[0][5] == 1


def test_a_closing_order_concedes_down_to_the_natural_price(played):
    script = Script(position=5, cost=5_000_000)
    script.set(CLOSING_ENABLED=1, CLOSING_NUDGE_NS=SECOND_NS)
    script.frames(12, 997, 1_003, (0, 10))
    script.limit(1, SELL, 1_002, 5, OFFSET_TICKS=2, PEGGED=1, REDUCE_ONLY=1)
    # a tick a second from frame 3 on: 1,001 ... 997, the bid, and no further.
    prices = [price for _, price in replaced(played(script))]
    assert prices == [1_001, 1_000, 999, 998, 997]


def test_re_quotes_are_counted_and_hashed_alike_with_and_without_rows(played):
    mids = [1_000, 1_000, 1_001, 1_001, 999, 999]
    loud = played(pegged(BUY, 998, mids))
    silent = played(pegged(BUY, 998, mids, REQUOTE_ROWS=0))
    assert replaced(silent) == []
    assert silent.facts["REPLACES"] == loud.facts["REPLACES"] == 2
    assert silent.facts["REPLACE_HASH"] == loud.facts["REPLACE_HASH"]
    expected = 0
    script = pegged(BUY, 998, mids)
    for frame, price in ((3, 999), (5, 997)):
        for cell in (script.at(frame), 1, price):
            expected = ((expected ^ cell) * columns.HASH_PRIME) & (2**64 - 1)
    assert loud.facts["REPLACE_HASH"] & (2**64 - 1) == expected


def test_the_quoter_keeps_a_buy_and_a_sell_and_re_arms_after_a_fill(played):
    script = Script()
    script.set(QUOTE_LOTS=4, QUOTE_OFFSET_TICKS=3)
    script.frames(3, 997, 1_003, (0, 0))
    script.frame(997, 1_003, (0, 0), [(997, 4, -1)])
    script.frames(2, 997, 1_003, (0, 0))
    outcome = played(script)
    placed = [(row[0], row[3], row[5]) for row in told(outcome, schema.EVENT_ORDER_PLACED)]
    assert placed == [(1, 997, BUY), (1, 1_003, SELL), (4, 997, BUY)]
    assert fills(outcome) == [(3, 1, 997, 4)]
    assert [order["ORIGIN"] for order in outcome.orders] == [columns.ORIGIN_QUOTE] * 2


def test_the_quoter_keeps_to_its_largest_position(played):
    script = Script(position=6, cost=6_000_000)
    script.set(QUOTE_LOTS=4, QUOTE_OFFSET_TICKS=3, QUOTE_POSITION_MAX=9)
    script.frames(3, 997, 1_003)
    placed = told(played(script), schema.EVENT_ORDER_PLACED)
    assert [row[5] for row in placed] == [SELL]


def test_a_rejected_quote_waits_for_its_retry(played):
    script = Script(cash=0)
    script.set(QUOTE_LOTS=4, QUOTE_OFFSET_TICKS=3, QUOTE_RETRY_NS=3 * SECOND_NS)
    script.frames(6, 997, 1_003)
    outcome = played(script)
    rejected = told(outcome, schema.EVENT_ORDER_REJECTED)
    assert [row[:3] for row in rejected] == [
        (frame, order, schema.REASON_BUYING_POWER)
        for frame, order in ((1, 1), (1, 2), (5, 3), (5, 4))
    ]
    assert outcome.facts["RETRY_BUY_TS"] == script.at(8)
