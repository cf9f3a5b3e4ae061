"""The twelve numerical traps of options that expire today, one test each, through public doors.

Days are built from rows, chains are read from days, and orders run through the session, so that
whichever kernels are in use are the ones that are judged.
"""

import math
from dataclasses import replace
from datetime import time

import mpmath as mp
import numpy as np
import pytest

from forven.engine.commands import Leg, Order, command_rows, place
from forven.engine.fills import FillModel
from forven.engine.policy import SessionPolicy
from forven.engine.session import run_day
from forven.kernels import schema
from forven.kernels.schema import CALL, PUT
from forven.market import pricing
from forven.market.chains import Chain, chain_at
from forven.market.day import MarketDay
from forven.market.frames import build_day
from forven.market.pricing import TimeToExpiry, VolatilityStatus
from forven.primitives.time import NANOSECONDS_PER_SECOND, exchange_time
from forven.strategies.compiler import compile_strategy
from forven.strategies.structured import parse_strategy
from tests.market.made_days import DAY, bounds_of, day_ticks, osi, prints_table, quotes_table
from tests.reference import chain as chain_reference
from tests.reference import pricing as reference

CASH = 1_000_000_000_000
RELATIVE = 1e-12
HOUR = 3_600
MINUTES_30 = TimeToExpiry(30 / 525_600)
STRIKES = range(5_200, 5_401, 25)
AT_MID = FillModel(
    name="at mid",
    lambda_bps=10_000,
    conceded_ticks=0,
    same_tick=True,
    repricing=False,
    slippage_ticks=0,
)
Quotes = dict[tuple[int, int], tuple[int, int]]
"""(right, strike in points) -> (bid, ask) in quanta; an ask of 0 is no quote."""


def fair_quotes(forward: float = 5_300.0, hours: float = 3.0, sigma: float = 0.8) -> Quotes:
    """Return quotes 0.10 wide around Black's prices."""
    left = TimeToExpiry(hours / 8_760)
    found = {}
    for right in (CALL, PUT):
        prices = pricing.black76(forward, np.array(STRIKES, float), left, sigma, right).price
        for strike, price in zip(STRIKES, prices.tolist(), strict=True):
            bid = max(0, math.floor(price * 20) * 5 - 5)
            found[right, strike] = (bid, bid + 10)
    return found


def day_of(*changes: tuple[int, Quotes], spot: int = 530_000, close: time = time(16)) -> MarketDay:
    """Return a day of quotes that change at seconds after the open; it settles at its spot."""
    rows = [
        (second, osi(strike, right), bid, ask)
        for second, quotes in changes
        for (right, strike), (bid, ask) in quotes.items()
    ]
    ticks = day_ticks(quotes=quotes_table(rows), prints=prints_table([(0, spot)]), settlement=spot)
    return build_day(ticks, bounds_of(DAY, close))


def chain_in(day: MarketDay, second: int) -> Chain:
    return chain_at(day, day.frame_at(day.bounds.open_ns + second * NANOSECONDS_PER_SECOND))


def rows_of(chain: Chain) -> dict[int, dict]:
    """Return the chain's rows by strike in points."""
    return {row["strike"] // 100: row for row in chain.strikes.to_pylist()}


def single(action: str, right: int, strike: int, price: str | None = None) -> Order:
    effect = "credit" if action.startswith("sell") else "debit"
    legs = (Leg(instrument=osi(strike, right), quantity=1, action=action),)
    return Order(kind="limit" if price else "market", legs=legs, price=price, effect=effect)


def put_spread(short: int, long: int, price: str) -> Order:
    legs = (
        Leg(instrument=osi(short, PUT), quantity=1, action="sell to open"),
        Leg(instrument=osi(long, PUT), quantity=1, action="buy to open"),
    )
    return Order(kind="limit", legs=legs, price=price)


class Run:
    """The journal of one bot's day."""

    def __init__(self, day: MarketDay, *orders: tuple[int, Order], plan=None) -> None:
        plan = policy_row() if plan is None else plan
        plan[schema.PLAN_COMMAND_COUNT] = len(orders)
        opened = day.bounds.open_ns
        commands = command_rows(
            place(opened + second * NANOSECONDS_PER_SECOND, order, day, repriced=False)
            for second, order in orders
        )
        self._opened = opened
        self._rows = run_day(day, plan[None], [CASH], commands)[0].rows

    def events(self, kind: int) -> list[tuple[int, int, int, int]]:
        """Return (second after the open, order, A, B) of the rows of a kind."""
        rows = self._rows[self._rows[:, schema.JOURNAL_KIND] == kind]
        seconds = (rows[:, schema.JOURNAL_TS] - self._opened) // NANOSECONDS_PER_SECOND
        columns = rows[:, [schema.JOURNAL_ORDER, schema.JOURNAL_A, schema.JOURNAL_B]]
        return [(second, *row) for second, row in zip(seconds.tolist(), columns.tolist())]

    @property
    def fills(self) -> list[tuple[int, int, int]]:
        """(second after the open, order, net price in quanta) of every fill."""
        return [event[:3] for event in self.events(schema.EVENT_ORDER_FILLED)]


def policy_row() -> np.ndarray:
    return SessionPolicy(fills=AT_MID).plan_row(CASH)


def delta_plan(day: MarketDay, times: tuple[str, ...], delta: int = 300_000) -> np.ndarray:
    """Return the plan of a bot that buys the put of a delta in 1e-6 units, at given times."""
    strike = {"method": "delta", "value": "0.30"}
    document = {
        "name": "one put",
        "legs": [{"side": "buy", "right": "put", "strike": strike}],
        "entry": {"times": list(times), "max_entries": len(times)},
        "exit": {"profit_target_pct": "100", "stop_loss_pct": "100", "time": "15:30"},
    }
    row = policy_row()
    compile_strategy(parse_strategy(document), day.bounds, row)
    row[schema.PLAN_LEGS + schema.LEG_VALUE] = delta
    return row


@pytest.mark.parametrize(("time_left", "sigma"), [(TimeToExpiry(0.0), 0.3), (MINUTES_30, 1e-7)])
def test_trap_01_without_time_an_option_is_its_intrinsic_and_not_nothing_over_nothing(
    time_left, sigma
):
    strikes = np.array([5_290.0, 5_300.0, 5_310.0])
    calls = pricing.black76(5_300.0, strikes, time_left, sigma, CALL)
    puts = pricing.black76(5_300.0, strikes, time_left, sigma, PUT)
    assert calls.price.tolist() == [10.0, 0.0, 0.0]
    assert puts.price.tolist() == [0.0, 0.0, 10.0]
    assert calls.delta.tolist() == [1.0, 0.5, 0.0]
    assert puts.delta.tolist() == [0.0, -0.5, -1.0]
    assert calls.gamma.tolist() == puts.theta_per_day.tolist() == [0.0, 0.0, 0.0]
    above = pricing.black76(5_300.0, 5_300.0, MINUTES_30, 2e-8 / math.sqrt(MINUTES_30.years), CALL)
    assert above.price == pytest.approx(5_300.0 * 2e-8 / math.sqrt(2 * math.pi), rel=1e-12)
    day = day_of((0, fair_quotes()))
    at_the_close = chain_at(day, day.frame_count - 1)
    assert at_the_close.forward2 is not None
    assert set(at_the_close.strikes["call_delta"].to_pylist()) == {None}


def test_trap_02_an_impossible_price_has_a_status_and_is_not_clamped():
    prices = [9.99, 10.0, 5_300.0, 1e9, math.nan, -1.0]
    found = pricing.implied_volatilities(prices, 5_300.0, 5_290.0, MINUTES_30, CALL)
    assert [VolatilityStatus(status).name for status in found.statuses] == [
        *("BELOW_INTRINSIC", "AT_INTRINSIC", "ABOVE_MAXIMUM", "ABOVE_MAXIMUM"),
        *("INVALID", "BELOW_INTRINSIC"),
    ]
    assert found.sigmas.tolist() == [0.0] * 6
    # A put on a strike of 5 points that is bid at 6: a quote can say it, no volatility explains it.
    row = rows_of(chain_in(day_of((0, fair_quotes() | {(PUT, 5): (600, 700)})), 0))[5]
    assert (row["volatility"], row["volatility_status"]) == (None, "above_maximum")
    assert (row["put_mid2"], row["put_delta"]) == (1_300, None)


def test_trap_03_the_out_of_the_money_side_is_solved_and_the_other_leaves_no_digits():
    quotes = fair_quotes()
    chain = chain_in(day_of((0, quotes)), 0)
    row = rows_of(chain)[5_200]
    exact = reference.implied_deviation(row["put_mid2"], chain.forward2, 2 * 520_000, False)
    sigma = row["volatility"]
    assert sigma * math.sqrt(chain.time.years) == pytest.approx(float(exact), rel=RELATIVE)
    wide = day_of((0, quotes | {(CALL, 5_200): (9_000, 12_000)}))
    assert rows_of(chain_in(wide, 0))[5_200]["volatility"] == sigma
    # In the money the same volatility cannot be had back: its time value is lost in the price.
    put = pricing.black76(5_300.0, 5_200.0, MINUTES_30, 0.2, PUT).price
    call = pricing.black76(5_300.0, 5_200.0, MINUTES_30, 0.2, CALL).price
    of_put = pricing.implied_volatilities(put, 5_300.0, 5_200.0, MINUTES_30, PUT).sigmas
    of_call = pricing.implied_volatilities(call, 5_300.0, 5_200.0, MINUTES_30, CALL).sigmas
    assert of_put == pytest.approx(0.2, rel=1e-13)
    assert abs(of_call / 0.2 - 1.0) > 1e-13


def test_trap_04_a_zero_bid_is_no_price_to_sell_at_and_no_volatility():
    day = day_of((0, fair_quotes() | {(PUT, 5_200): (0, 5)}), (60, {(PUT, 5_225): (0, 5)}))
    row = rows_of(chain_in(day, 0))[5_200]
    assert (row["put_bid"], row["put_ask"], row["put_mid2"]) == (0, 5, 5)
    assert row["volatility"] is row["put_delta"] is row["call_delta"] is None
    sale, purchase = single("sell to open", PUT, 5_200), single("buy to open", PUT, 5_225)
    run = Run(day, (0, sale), (60, purchase))
    assert [fill[1:] for fill in run.fills] == [(2, -5)]
    assert [event[1] for event in run.events(schema.EVENT_ORDER_EXPIRED)] == [1]


def test_trap_05_a_five_cent_quote_that_stays_to_the_close_means_less_and_less():
    stays = {(PUT, 5_200): (5, 10), (PUT, 5_225): (5, 10)}
    gone = {(PUT, 5_200): (0, 5), (PUT, 5_225): (0, 5)}
    quotes = fair_quotes()
    day = day_of((0, quotes | stays), (5 * HOUR, quotes), (5 * HOUR, stays), (6 * HOUR, gone))
    early, late = (rows_of(chain_in(day, second))[5_200] for second in (0, 5 * HOUR))
    assert late["volatility"] / early["volatility"] == pytest.approx(
        math.sqrt(6.5 / 1.5), rel=1e-12
    )
    assert late["put_delta"] == early["put_delta"]
    run = Run(
        day,
        (1, single("sell to open", PUT, 5_200)),
        (1, single("buy to open", PUT, 5_225)),
        (6 * HOUR, single("buy to close", PUT, 5_200, "0.05")),
        (6 * HOUR, single("sell to close", PUT, 5_225, "0.05")),
    )
    assert run.fills[:2] == [(5 * HOUR, 1, 5), (5 * HOUR, 2, -10)]
    assert run.fills[2:] == [(6 * HOUR, 3, -5)]
    assert [event[1] for event in run.events(schema.EVENT_ORDER_EXPIRED)] == [4]


def test_trap_06_tails_keep_their_digits_and_a_vanished_vega_divides_nothing():
    sigma, width = 0.1, 30.0
    deviation = sigma * math.sqrt(MINUTES_30.years)
    strike = 5_300.0 * math.exp(width * deviation)
    found = pricing.black76(5_300.0, strike, MINUTES_30, sigma, CALL)
    with mp.workdps(50):
        exact_deviation = sigma * mp.sqrt(mp.mpf(MINUTES_30.years))
        first = mp.log(5_300 / mp.mpf(strike)) / exact_deviation + exact_deviation / 2
        delta, density = float(mp.ncdf(first)), float(mp.npdf(first))
    assert 0.5 * (1.0 + math.erf(float(first) / math.sqrt(2.0))) == 0.0 < delta
    assert float(found.delta) == pytest.approx(delta, rel=1e-12, abs=0.0)
    vega = 5_300.0 * density * math.sqrt(MINUTES_30.years) / 100.0
    assert float(found.vega_per_point) == pytest.approx(vega, rel=1e-12, abs=0.0)
    prices = [float(found.price), 5e-324]
    solved = pricing.implied_volatilities(prices, 5_300.0, strike, MINUTES_30, CALL)
    assert solved.sigmas[0] == pytest.approx(sigma, rel=1e-12)
    assert 0.0 <= solved.sigmas[1] < sigma
    gone = pricing.black76(5_300.0, 6_300.0, MINUTES_30, 0.01, CALL)
    assert gone.price == gone.delta == gone.vega_per_point == 0.0


@pytest.mark.parametrize("unsound", [(620, 600), (0, 0)])
def test_trap_07_a_spread_with_a_crossed_missing_or_stale_leg_has_no_price(unsound):
    sound = {(PUT, 5_300): (600, 620), (PUT, 5_275): (200, 210), (CALL, 5_300): (600, 620)}
    day = day_of((0, sound), (10, {(PUT, 5_300): unsound}), (20, sound), (30, sound))
    order = put_spread(5_300, 5_275, "3.90")
    assert Run(day, (10, order)).fills == [(20, 1, 405)]
    assert chain_in(day, 0).forward2 == 2 * 530_000
    assert chain_in(day, 10).forward2 is None
    late = day.clock.copy()
    late[schema.CLOCK_ARRIVAL, day.frame_at(exchange_time(DAY, time(9, 30, 20)))] += 6 * 10**9
    assert Run(replace(day, clock=late), (10, order)).fills == [(30, 1, 405)]


def test_trap_08_mids_are_summed_in_whole_half_quanta_before_they_are_snapped():
    legs = {(PUT, 5_225): (10, 20), (PUT, 5_200): (5, 15), (CALL, 5_400): (0, 5)}
    day = day_of((0, fair_quotes() | legs))
    assert math.floor((0.15 - 0.10) / 0.05) == 0  # what a sum of floats makes of this spread
    assert Run(day, (0, put_spread(5_225, 5_200, "0.05"))).fills == [(0, 1, 5)]
    rows = rows_of(chain_in(day, 0))
    assert [rows[strike]["put_mid2"] for strike in (5_225, 5_200)] == [30, 20]
    assert rows[5_400]["call_mid2"] == 5  # 0.025 points: half a tick, and no float


def test_trap_09_no_shortcut_in_floats_and_no_float_where_something_is_decided():
    prices = np.array([0.05, math.nan, 1.0, math.inf, 2.5] * 40)
    strikes = np.linspace(5_301.0, 5_330.0, prices.size)
    found = pricing.implied_volatilities(prices, 5_300.0, strikes, MINUTES_30, CALL)
    assert (found.statuses == VolatilityStatus.INVALID).tolist() == (~np.isfinite(prices)).tolist()
    alone = [
        pricing.implied_volatilities(price, 5_300.0, strike, MINUTES_30, CALL).sigmas
        for price, strike in zip(prices, strikes, strict=True)
    ]
    assert found.sigmas.tobytes() == np.array(alone).tobytes()
    quotes = fair_quotes()
    table = chain_in(day_of((0, quotes)), 0).strikes
    assert str(table.schema.field("put_delta").type) == "int64"
    exact = chain_reference.deltas({(right, 100 * k): one for (right, k), one in quotes.items()})
    rows = table.to_pylist()
    deltas = {(CALL, row["strike"]): row["call_delta"] for row in rows}
    deltas |= {(PUT, row["strike"]): row["put_delta"] for row in rows}
    assert {key: delta for key, delta in deltas.items() if delta is not None} == exact
    assert len(exact) >= 12


def picked(day: MarketDay, target: int) -> int:
    """Return the strike in points of the put that an entry at 09:31 buys for a delta."""
    legs = Run(day, plan=delta_plan(day, ("09:31",), target)).events(schema.EVENT_ORDER_LEG)
    return int(day.strikes[legs[0][3]]) // 100


def test_trap_10_of_two_deltas_equally_near_the_farther_strike_wins_whatever_the_quotes():
    quotes = fair_quotes()
    day = day_of((60, quotes))
    deltas = {k: row["put_delta"] for k, row in rows_of(chain_in(day, 60)).items()}
    known = {strike: delta for strike, delta in deltas.items() if delta is not None}
    lower, upper = next(
        (k, k + 25) for k in known if k + 25 in known and (known[k] + known[k + 25]) % 2 == 0
    )
    between = (known[lower] + known[upper]) // 2
    assert [picked(day, between + more) for more in (-1, 0, 1)] == [lower, lower, upper]
    # A crossed quote has no delta and is no candidate, however near its strike would be.
    crossed = day_of((60, quotes | {(PUT, upper): (900, 100)}))
    assert picked(crossed, known[upper]) != upper
    # A quote far too high makes deltas that rise and fall: the rule still names one strike.
    bad = day_of((60, quotes | {(PUT, 5_225): (2_600, 2_900)}))
    rows = rows_of(chain_in(bad, 60))
    muddled = {k: row["put_delta"] for k, row in rows.items() if row["put_delta"] is not None}
    assert list(muddled.values()) != sorted(muddled.values())
    for target in (100_000, 250_000, 400_000):
        nearest = min(muddled, key=lambda k: (abs(muddled[k] - target), k))
        assert picked(bad, target) == nearest


def test_trap_11_on_an_early_close_the_clock_the_frames_and_settlement_end_at_thirteen():
    noon = int(2.5 * HOUR)
    changes = (0, fair_quotes()), (noon, fair_quotes()), (4 * HOUR, fair_quotes())
    early, usual = (day_of(*changes, close=close) for close in (time(13), time(16)))
    assert early.ts[-1] == exchange_time(DAY, time(13))
    right, wrong = chain_in(early, noon), chain_in(usual, noon)
    assert (right.time.years, wrong.time.years) == (60 / 525_600, 240 / 525_600)
    factor = rows_of(right)[5_300]["volatility"] / rows_of(wrong)[5_300]["volatility"]
    assert factor == pytest.approx(2.0, rel=1e-12)
    assert right.strikes["put_delta"] == wrong.strikes["put_delta"]
    run = Run(early, (noon, single("buy to open", CALL, 5_275)))
    assert [event[0] for event in run.events(schema.EVENT_SETTLED)] == [int(3.5 * HOUR)]


def test_trap_12_at_the_open_there_is_no_forward_until_a_strike_is_two_sided_in_both_rights():
    quotes = fair_quotes()
    one_sided = {
        key: (0, ask) if key[0] == PUT else (bid, ask) for key, (bid, ask) in quotes.items()
    }
    one_pair = {(PUT, 5_350): quotes[PUT, 5_350]}
    rows = (0, one_sided), (60, one_sided), (90, one_pair), (150, quotes)
    day = day_of(*rows, spot=520_000)
    before, first, whole = (chain_in(day, second) for second in (0, 90, 150))
    assert (before.forward2, before.move2, before.pairs) == (None, None, 0)
    assert set(before.strikes["put_delta"].to_pylist()) == {None}
    assert first.pairs == 1 < whole.pairs
    assert abs(whole.forward_points - 5_300.0) <= 0.1
    assert whole.spot == 520_000  # the index has not opened yet, and nothing is founded on it
    run = Run(day, plan=delta_plan(day, ("09:31", "09:32")))
    skipped = run.events(schema.EVENT_ENTRY_SKIPPED)
    assert skipped == [(60, schema.MISSING, 1, schema.REASON_NO_FORWARD)]
    assert [fill[:2] for fill in run.fills] == [(150, 1)]
