"""What must hold of every session the kernel runs, whatever the oracle says."""

import pytest
from hypothesis import given, settings

from forven.kernels import schema
from tests.reference import invariants as held
from tests.reference.invariants import A, B, C, D, E, F
from tests.reference.kernel_run import kernel_outcomes
from tests.reference.scenarios import World, world_of, worlds

examples = settings(max_examples=80)


@examples
@given(world=worlds())
def test_cash_is_conserved_to_the_micro(world: World):
    multiplier = int(world.session[schema.SESSION_MULTIPLIER])
    for outcome in kernel_outcomes(world):
        assert held.cash_from_journal(outcome, multiplier) == outcome.facts["CASH"]
        fills = held.rows_of(outcome, schema.EVENT_ORDER_FILLED)
        settled = held.rows_of(outcome, schema.EVENT_SETTLED)
        paid = sum(row[C] for row in fills) + sum(row[E] for row in settled)
        assert paid == outcome.facts["FEES"]
        assert sum(row[D] for row in fills) == outcome.facts["SLIPPAGE"]
        assert len(fills) == outcome.facts["FILLS"]


@examples
@given(world=worlds())
def test_every_leg_fills_inside_its_quote_and_the_legs_sum_to_the_net(world: World):
    for outcome in kernel_outcomes(world):
        for fill, legs, ratios, block in held.fills_with_legs(outcome):
            assert sum(leg[D] for leg in legs) == fill[A]
            assert sum(leg[E] for leg in legs) == fill[C]
            for leg, ratio in zip(legs, ratios, strict=True):
                bid, ask = held.quoted_sides(world, leg[B], fill[schema.JOURNAL_TS])
                gives_away = len(legs) > 1 and block == schema.BLOCK_CLOSING
                if gives_away and ratio > 0 and bid == 0:
                    ask = 0
                assert bid * abs(ratio) <= abs(leg[D]) <= ask * abs(ratio)
                assert leg[D] * ratio >= 0
                assert leg[C] == -ratio * fill[B]


@examples
@given(world=worlds())
def test_no_fill_is_below_its_limit_and_no_opening_limit_passes_its_cap(world: World):
    for bot, outcome in enumerate(kernel_outcomes(world)):
        limits = held.limits_by_fill(outcome)
        concession = int(world.plans[bot][schema.PLAN_MAX_CONCESSION])
        blocks = {
            row[schema.JOURNAL_ORDER]: row[E]
            for row in held.rows_of(outcome, schema.EVENT_ORDER_PLACED)
        }
        for row in held.rows_of(outcome, schema.EVENT_ORDER_FILLED):
            order = row[schema.JOURNAL_ORDER]
            assert row[A] >= row[F]
            assert row[A] >= limits.get(order, (row[A], row[A]))[1]
        for order, (intended, limit) in limits.items():
            if blocks[order] == schema.BLOCK_OPENING:
                assert limit >= intended - concession


@examples
@given(world=worlds())
def test_every_order_ends_once_and_an_accepted_closing_order_never_for_buying_power(world: World):
    for outcome in kernel_outcomes(world):
        endings = held.endings(outcome)
        placed = held.rows_of(outcome, schema.EVENT_ORDER_PLACED)
        assert [row[schema.JOURNAL_ORDER] for row in placed] == list(range(1, len(placed) + 1))
        still_pending = 0
        for row in placed:
            rows = endings.pop(row[schema.JOURNAL_ORDER], [])
            assert len(rows) <= 1
            still_pending += not rows
            for end in rows:
                is_rejected = end[schema.JOURNAL_KIND] == schema.EVENT_ORDER_REJECTED
                if row[E] == schema.BLOCK_CLOSING and is_rejected:
                    assert end[A] != schema.REASON_BUYING_POWER
                    assert end[B] == 0 or end[A] == schema.REASON_NOT_HELD
        assert not endings, "an order ends that was never placed"
        assert still_pending == outcome.facts["ORDER_COUNT"]


@examples
@given(world=worlds())
def test_drawdown_is_the_worst_of_the_rows_and_the_last_row_is_the_final_cash(world: World):
    for outcome in kernel_outcomes(world):
        peak = worst = 0
        for _, _, nlv, drawdown, margin, orders in outcome.financials:
            peak = max(peak, nlv, outcome.facts["OPENING_CASH"])
            worst = max(worst, drawdown)
            assert drawdown == peak - nlv
            assert margin >= 0
            assert orders >= 0
        assert worst == outcome.facts["MAX_DRAWDOWN"]
        if outcome.facts["STATUS"] >= schema.STATUS_ENDED:
            assert outcome.financials[-1][1] == outcome.financials[-1][2] == outcome.facts["CASH"]


@examples
@given(world=worlds())
def test_an_ended_session_holds_and_works_nothing(world: World):
    for outcome in kernel_outcomes(world):
        positions = held.positions_from_journal(outcome)
        for row in held.rows_of(outcome, schema.EVENT_SETTLED):
            assert positions.pop(row[A]) == row[B]
        kept = {holding[0]: holding[1] for holding in outcome.holdings}
        assert positions == kept
        if outcome.facts["STATUS"] >= schema.STATUS_ENDED:
            assert not kept
            assert not outcome.orders
            assert outcome.journal[-1][schema.JOURNAL_KIND] == schema.EVENT_SESSION_ENDED


@pytest.mark.parametrize("seed", range(200))
def test_the_journal_is_numbered_without_a_gap_and_its_clock_never_goes_back(seed):
    for outcome in kernel_outcomes(world_of(seed)):
        numbers = [row[schema.JOURNAL_SEQUENCE] for row in outcome.journal]
        assert numbers == list(range(outcome.facts["SEQUENCE"]))
        times = [row[schema.JOURNAL_TS] for row in outcome.journal]
        assert times == sorted(times)
