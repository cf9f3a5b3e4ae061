"""Margins: published cases, and a search over all pairings as the judge of the cheapest one."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from numba import njit

from forven.kernels import schema as s
from forven.kernels.jit.desk import NOW_SPOT, POOL_INSTRUMENT, POOL_QUANTITY, Day, new_desk
from forven.kernels.jit.margin import pool_margin

MULTIPLIER = 1_000_000


@njit
def margin_of(quotes, instruments, session, plan, spot, quantities):
    """Return the margin in micros of one quantity per instrument."""
    desk = new_desk(np.zeros((1, s.JOURNAL_WIDTH), np.int64), instruments, session)
    desk.now[NOW_SPOT] = spot
    count = 0
    for i in range(quantities.size):
        if quantities[i] != 0:
            desk.pool[POOL_INSTRUMENT, count] = i
            desk.pool[POOL_QUANTITY, count] = quantities[i]
            count += 1
    return pool_margin(Day(quotes, instruments, session), desk, plan, count)


def margin(
    legs: list[tuple[int, int, int, int]],
    spot: int,
    rule: int,
    rate_bps: int = 2_000,
    floor_bps: int = 1_000,
) -> int:
    """Return the margin in micros of legs (right, strike, mark2, quantity), in quanta."""
    legs = sorted(legs)
    instruments = np.array([[strike, right] for right, strike, _, _ in legs], np.int64)
    quotes = np.zeros((3, len(legs), 1), np.int32)
    quotes[2, :, 0] = [mark2 for _, _, mark2, _ in legs]
    plan = np.zeros(s.PLAN_WIDTH, np.int64)
    plan[s.PLAN_MARGIN_RULE] = rule
    plan[s.PLAN_MARGIN_RATE_BPS] = rate_bps
    plan[s.PLAN_MARGIN_FLOOR_BPS] = floor_bps
    session = np.array([0, 1, 0, MULTIPLIER, 16, 1, 1])
    quantities = np.array([quantity for *_, quantity in legs], np.int64)
    return int(margin_of(quotes, instruments, session, plan, spot, quantities))


def searched(legs: list[tuple[int, int, int, int]], rate_bps: int) -> int:
    """Return the strike-share margin in micros by trying every pairing, contract by contract."""
    totals = []
    for right in (s.CALL, s.PUT):
        shorts = [k for r, k, _, q in legs if r == right for _ in range(max(0, -q))]
        longs = [k for r, k, _, q in legs if r == right for _ in range(max(0, q))]
        places = longs + [None] * len(shorts)
        best = 0 if not shorts else None
        for chosen in set(itertools.permutations(places, len(shorts))):
            cost = 0
            for short, long in zip(shorts, chosen, strict=True):
                naked = short * MULTIPLIER * rate_bps // 10_000
                if long is None:
                    cost += naked
                else:
                    width = long - short if right == s.CALL else short - long
                    cost += min(naked, max(0, width) * MULTIPLIER)
            best = cost if best is None else min(best, cost)
        totals.append(best)
    return max(totals)


@pytest.mark.parametrize("seed", range(150))
def test_the_pairing_is_the_cheapest_of_all(seed):
    chance = np.random.default_rng(seed)
    legs = []
    contracts = 0
    for right, strike in sorted(
        {(int(chance.integers(2)), int(chance.integers(1, 12)) * 10) for _ in range(6)}
    ):
        quantity = int(chance.choice([-2, -1, 1, 2]))
        contracts += abs(quantity)
        if contracts <= 7:
            legs.append((right, strike, 0, quantity))
    rate = int(chance.choice([500, 2_000, 5_000]))
    assert margin(legs, 60, s.MARGIN_STRIKE_SHARE, rate) == searched(legs, rate)


def test_the_default_schedule_gives_the_published_amounts():
    share = s.MARGIN_STRIKE_SHARE
    assert margin([(s.PUT, 595_000, 400, -1)], 600_000, share) == 119_000_000_000
    condor = [
        (s.CALL, 605_000, 0, -1),
        (s.CALL, 606_000, 0, 1),
        (s.PUT, 595_000, 0, -1),
        (s.PUT, 593_000, 0, 1),
    ]
    assert margin(condor, 600_000, share) == 2_000_000_000
    debit = [(s.CALL, 600_000, 0, 1), (s.CALL, 601_000, 0, -1)]
    assert margin(debit, 600_000, share) == 0


def test_the_exchange_schedule_gives_the_published_amounts():
    rule = s.MARGIN_EXCHANGE
    assert margin([(s.PUT, 595_000, 400, -1)], 600_000, rule, 1_500) == 85_200_000_000
    vertical = [(s.PUT, 595_000, 400, -1), (s.PUT, 594_000, 300, 1)]
    assert margin(vertical, 600_000, rule, 1_500) == 1_000_000_000


def test_of_equal_pairings_the_one_with_the_least_naked_premium_counts():
    put = (s.PUT, 500_000, 200, -1)
    put_alone = margin([put], 500_000, s.MARGIN_EXCHANGE)
    call = (s.CALL, 890_000, 10, -1)  # naked it costs 0.05 + 10 % of spot: 50,005 quanta
    for width, premium in ((50_005, 0), (50_006, 5_000_000)):
        legs = [call, (s.CALL, 890_000 + width, 0, 1), put]
        assert margin(legs, 500_000, s.MARGIN_EXCHANGE) == put_alone + premium


def cases(shared_data: Path) -> dict:
    return json.loads((shared_data / "reference" / "option_margin_cases.json").read_text())


def in_quanta(case: dict, price: str, quantity: int) -> tuple[int, int, int, int]:
    right = s.CALL if case["right"] == "C" else s.PUT
    return right, int(case["strike"] * 100), round(case[price] * 200), quantity


def test_formula_cases_are_exact_and_brokers_numbers_close(shared_data):
    found = cases(shared_data)
    rule = s.MARGIN_EXCHANGE
    for case in found["formula_cases_equity"]:
        leg = in_quanta(case, "option_price", case["qty"])
        assert margin([leg], case["underlying"] * 100, rule) == case["maintenance"] * MULTIPLIER
    for name, rate, tolerance in (
        ("ib_equity_short_qty_minus1", 2_000, 0.013),
        ("ib_broad_index_short_qty_minus1", 1_500, 0.0012),
    ):
        for case in found[name]:
            leg = in_quanta(case, "option_price", -1)
            amount = margin([leg], case["underlying"] * 100, rule, rate) / MULTIPLIER
            assert amount == pytest.approx(case["ib"], rel=tolerance)


def test_spreads_of_the_published_groups_are_exact_and_strangles_close(shared_data):
    groups = cases(shared_data)["groups"]
    spot = int(groups["underlying_price"] * 100)
    for case in groups["cases"]:
        if case["name"].startswith("long_call_butterfly"):
            continue  # brokers see a butterfly; pairs see its short wing, 10 wide
        legs = [in_quanta(leg, "price", leg["qty"]) for leg in case["legs"]]
        amount = margin(legs, spot, s.MARGIN_EXCHANGE) / MULTIPLIER
        if "ib_maintenance" in case:
            assert amount == case["ib_maintenance"], case["name"]
        else:
            assert amount == pytest.approx(case["ib_initial"], rel=0.20), case["name"]
