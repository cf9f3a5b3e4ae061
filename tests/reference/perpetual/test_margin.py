"""Worked examples of money: cost, fees, margin at landing and at the fill, halts, funding."""

from decimal import Decimal
from fractions import Fraction
from math import ceil

import pyarrow.parquet as parquet
import pytest

from forven.kernels import perpetual_schema as columns
from forven.kernels import schema
from tests.reference.perpetual.account import initial_margin, maintenance
from tests.reference.perpetual.generated_stream import SECOND_NS
from tests.reference.perpetual.handmade import BUY, SELL, VALUE, Script, fills, reasons, told
from tests.reference.perpetual.stream import Tier

TIERS = [(0, 40), (1_000_000, 20), (5_000_000, 10)]


def test_margin_goes_tier_by_tier():
    tiers = [Tier(*tier) for tier in TIERS]
    # 1,000,000 / 40 + 4,000,000 / 20 + 1,000,001 / 10, each rounded up; half of it is maintenance.
    assert initial_margin(6_000_001, tiers, 50) == 25_000 + 200_000 + 100_001
    assert maintenance(6_000_001, tiers) == 12_500 + 100_000 + 50_001
    # the plan's own leverage where it is lower: 15, 15, 10.
    assert initial_margin(6_000_001, tiers, 15) == 66_667 + 266_667 + 100_001
    assert initial_margin(1_000_000, tiers, 40) == 25_000
    assert initial_margin(0, tiers, 40) == 0


@pytest.mark.parametrize(("cash", "accepted"), [(1_001_000, True), (1_000_999, False)])
def test_an_order_needs_its_initial_margin_when_it_lands(played, cash, accepted):
    script = Script(cash=cash)
    script.frames(2, 1_000, 1_002)
    script.limit(1, BUY, 999, 10)  # 10 x 1,001 x 1,000 micros at the mark, a tenth of it
    outcome = played(script)
    assert bool(outcome.orders) == accepted
    expected = [] if accepted else [schema.REASON_BUYING_POWER]
    assert reasons(outcome, schema.EVENT_ORDER_REJECTED) == expected


def test_orders_of_one_side_count_together_and_the_larger_side_counts(played):
    script = Script(cash=1_001_000)
    script.frames(2, 1_000, 1_002)
    script.limit(1, BUY, 999, 6)
    script.limit(1, SELL, 1_003, 10)
    script.limit(1, BUY, 998, 4)
    script.limit(1, BUY, 998, 1)
    outcome = played(script)
    assert [order["ID"] for order in outcome.orders] == [1, 2, 3]


def test_an_order_that_only_reduces_needs_no_margin(played):
    script = Script(cash=-9_900_000, position=10, cost=10_000_000)
    script.frames(2, 1_000, 1_002)
    script.limit(1, SELL, 1_003, 10)
    script.limit(1, SELL, 1_004, 10, REDUCE_ONLY=1)
    assert [order["ID"] for order in played(script).orders] == [1, 2]


def test_an_order_needs_its_margin_again_when_it_fills(played):
    script = Script(cash=1_000_000)
    script.set(TAKER_PPM=1_000)
    script.frames(2, 999, 1_001)
    script.frame(999, 1_001)
    script.market(2, BUY, 10)
    # 1,000,000 is just enough to land; the fee of 10,010 and half the spread are not there.
    outcome = played(script)
    assert fills(outcome) == []
    cancelled = told(outcome, schema.EVENT_ORDER_CANCELED)
    assert cancelled == [(2, 1, schema.REASON_BUYING_POWER, 10, 0, 0, 0, 0)]


def test_cost_follows_adding_reducing_and_turning(played):
    script = Script()
    for bid, ask in ((1_000, 1_003), (1_000, 1_003), (1_001, 1_004), (1_005, 1_008)):
        script.frame(bid, ask, (20, 20))
    script.market(1, BUY, 4)
    script.market(2, BUY, 3)
    costs = []
    for lots in (0, 2, 5, 7, 11):
        if lots:
            script.rows = script.rows[:2]
            script.market(3, SELL, lots)
        costs.append(played(script).facts["COST"])
    # 4 x 1,003 + 3 x 1,004 = 7,024; less floor(2 / 7), floor(5 / 7) of it; 4 short at 1,005.
    assert costs == [7_024_000, 5_017_143, 2_006_858, 0, -4_020_000]


def test_a_short_reduced_leaves_its_share_floored(played):
    script = Script(position=-7, cost=-7_024_003)
    script.frames(2, 1_000, 1_002)
    script.market(1, BUY, 2)
    # -7,024,003 - floor(-7,024,003 x 2 / 7)
    assert played(script).facts["COST"] == -7_024_003 + 2_006_858


def test_the_daily_loss_halts_flattens_and_ends(played):
    script = Script(position=15, cost=15_000_000)
    script.set(HALT_LOSS=100_000)
    script.frame(1_000, 1_002)
    script.frame(994, 996)  # 15 x 6 x 1,000 = 90,000
    script.frame(993, 995)  # 105,000
    script.frame(993, 995, (7, 7))
    script.frame(993, 995)
    script.limit(1, SELL, 1_010, 5)
    outcome = played(script)
    equity = script.cash + 15 * 994 * VALUE
    halt = (2, -1, schema.REASON_DAILY_LOSS, 105_000, equity, 0, 0, 0)
    assert told(outcome, schema.EVENT_HALT) == [halt]
    cancelled = [row[:4] for row in told(outcome, schema.EVENT_ORDER_CANCELED)]
    assert cancelled == [(2, 1, schema.REASON_RISK, 5), (3, 2, schema.REASON_UNFILLED, 8)]
    # one order a frame over what is held, from what is displayed
    assert fills(outcome) == [(3, 2, 993, 7), (4, 3, 993, 8)]
    assert outcome.facts["STATUS"] == schema.STATUS_HALTED


def test_a_stop_command_keeps_the_position_and_ends_flat_sessions(played):
    for position, status in ((0, schema.STATUS_KILLED), (3, schema.STATUS_STOPPING)):
        script = Script(position=position, cost=position * 10**6)
        script.frames(3, 1_000, 1_002)
        script.limit(1, BUY, 999, 5)
        script.command(1, schema.COMMAND_STOP)
        script.market(2, BUY, 1)
        outcome = played(script)
        assert reasons(outcome, schema.EVENT_ORDER_CANCELED) == [schema.REASON_STOP]
        assert outcome.facts["STATUS"] == status
        assert outcome.facts["POSITION"] == position


def test_the_end_carries_the_position_and_expires_what_landed(played):
    script = Script(position=3, cost=3_000_000)
    script.set(QUOTE_LOTS=1, QUOTE_OFFSET_TICKS=3, ORDER_LATENCY_NS=5 * SECOND_NS)
    script.frames(6, 1_000, 1_002)
    script.rows.append({"DUE": script.at(-4), "KIND": schema.COMMAND_PLACE, "TYPE": 1, "SIDE": -1})
    script.rows[0] |= {"PRICE": 990, "LOTS": 2}
    script.agree(END=script.at(4))
    outcome = played(script)
    assert told(outcome, schema.EVENT_ORDER_EXPIRED) == [(4, 1, 0, 2, 0, 0, 0, 0)]
    ended = told(outcome, schema.EVENT_SESSION_ENDED)
    equity = script.cash + 3 * 1_001 * VALUE
    assert ended == [(4, -1, schema.STATUS_COMPLETED, equity, 0, 0, 0, 0)]
    assert (outcome.facts["POSITION"], outcome.facts["ORDER_COUNT"]) == (3, 0)
    assert outcome.facts["FRAME"] == 5


def test_an_equity_beyond_all_bounds_fails_the_session(played):
    script = Script(cash=columns.EQUITY_MAX + 1)
    script.frames(2, 1_000, 1_002)
    outcome = played(script)
    assert reasons(outcome, schema.EVENT_HALT) == [columns.REASON_OUT_OF_RANGE]
    assert outcome.facts["STATUS"] == schema.STATUS_FAILED


def test_a_funding_is_due_once_and_only_inside_the_session(played):
    script = Script(position=7, cost=7_000_000)
    script.frames(4, 1_000, 1_002)
    script.agree(END=script.at(3))
    rate = 125_000
    for ts in (-1, 0, 1, 1.5, 3, 3.5):
        script.fundings.append((script.at(0) + int(ts * SECOND_NS), rate, 1_003))
    outcome = played(script)
    # 7 x 1,003 x 1,000 x 0.0000125 = 87.76: 88 each
    assert [(row[0], row[5]) for row in told(outcome, columns.EVENT_FUNDING)] == [
        (1, 88),
        (2, 88),
        (3, 88),
    ]
    assert outcome.facts["FUNDING"] == 264
    assert outcome.facts["FUNDING_CURSOR"] == 5


@pytest.mark.data
@pytest.mark.parametrize("position", [7_000, -7_000, 1, -1])
def test_recorded_funding_of_a_constant_position_is_exact(played, shared_data, position):
    path = shared_data / "hyperliquid" / "funding_btc_hourly_2023.parquet"
    table = parquet.read_table(path, columns=["ts", "funding_rate"])
    rates = [Decimal(repr(rate)) for rate in table["funding_rate"].to_pylist()]
    stamps = table["ts"].cast("int64").to_pylist()
    assert len(rates) == 1_038
    script = Script(position=position, cost=position * 270_000, cash=10**15)
    script.agree(OPEN=stamps[0] - 1, VALUE=1)
    script.set(STALENESS_NS=schema.INT64_MAX)
    expected = []
    for number, (ts, rate) in enumerate(zip(stamps, rates, strict=True)):
        units = rate * columns.RATE_UNIT
        assert units == int(units), "a recorded rate has ten decimals at most"
        oracle = 270_000 + 37 * number % 5_000
        script.fundings.append((ts, int(units), oracle))
        script.frame(oracle - 1, oracle + 1)
        script.book[-1][columns.BOOK_TS] = script.book[-1][columns.BOOK_ARRIVAL] = ts
        expected.append(ceil(Fraction(rate) * position * oracle))
    outcome = played(script)
    rows = [row for row in outcome.journal if row[schema.JOURNAL_KIND] == columns.EVENT_FUNDING]
    assert [row[schema.JOURNAL_D] for row in rows] == expected
    assert outcome.facts["FUNDING"] == sum(expected)
    assert outcome.facts["CASH"] == script.cash - sum(expected)
