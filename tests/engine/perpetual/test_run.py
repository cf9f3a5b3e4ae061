"""Runs on streams: cuts, company and journals change nothing; funding and liquidation exact."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from forven.engine.perpetual import run as host
from forven.engine.perpetual.commands import PerpetualOrder, command_rows, place, stop
from forven.engine.perpetual.contracts import ContractSchedule
from forven.engine.perpetual.fees import PerpetualFees
from forven.engine.perpetual.fills import FILL_MODELS, PerpetualFills
from forven.engine.perpetual.margin import liquidation_mark2
from forven.engine.perpetual.policy import PerpetualPolicy
from forven.engine.perpetual.quoting import Quoter
from forven.engine.perpetual.risk import PerpetualRisk
from forven.engine.perpetual.run import NO_COMMANDS, PerpetualRun, run_stream
from forven.kernels import backend, schema
from forven.kernels import perpetual_schema as layout
from forven.market.perpetual.contract import PerpetualContract
from forven.market.perpetual.frames import build_stream, with_fundings
from forven.market.perpetual.readers.cryptofeed import read_cryptofeed
from forven.market.perpetual.readers.funding import read_funding_rates
from forven.market.perpetual.readers.nautilus import read_nautilus
from forven.market.perpetual.synthetic import PerpetualSpec, synthetic_stream
from forven.primitives.errors import ForvenError, InvalidInput
from tests.market.perpetual.made_ticks import TIERS, ticks

CASH = 10**10
BTC = ContractSchedule.named("hyperliquid").contract("BTC")
FREE = PerpetualPolicy(fees=PerpetualFees.named("zero"), fills=PerpetualFills(model="touch"))


def quoting(model, size="0.002", position_max="0.02", latency_us=1_000):
    return PerpetualPolicy(
        fills=PerpetualFills(model=model, order_latency_us=latency_us),
        quoter=Quoter(size=size, position_max=position_max),
    )


def commanded(policy, contract, commands):
    """One plan whose commands are all of those given."""
    plan = policy.plan_row(contract, CASH)[None]
    plan[0, layout.PLAN_COMMAND_COUNT] = len(commands)
    return plan


@pytest.fixture(scope="module")
def stream():
    return synthetic_stream(PerpetualSpec(seed=11, rows=4_000, gap_ns=2 * 10**9))


@pytest.fixture(scope="module")
def plans(stream):
    rows = [
        quoting(model, latency_us=latency).plan_row(stream.contract, CASH)
        for latency in (0, 5_000_000)
        for model in FILL_MODELS
    ]
    return np.stack(rows)


@pytest.fixture(scope="module")
def whole(stream, plans):
    return run_stream(stream, plans, [CASH] * len(plans))


def assert_same(found, expected):
    for one, other in zip(found, expected, strict=True):
        assert_array_equal(one.rows[:, 1:], other.rows[:, 1:])
        assert_array_equal(one.state, other.state)
        assert one.digest == other.digest


def test_the_bots_really_trade(whole):
    assert min(result.fill_count for result in whole) > 50
    assert len({result.digest for result in whole}) == len(whole)
    assert {result.status for result in whole} == {"completed"}


def test_the_optimist_fills_most_and_the_pessimist_least(whole):
    for touch, queue, probabilistic in (whole[:3], whole[3:]):
        assert touch.fill_count > probabilistic.fill_count >= queue.fill_count


@settings(max_examples=15)
@given(cuts=st.lists(st.integers(0, 4_000), max_size=6))
def test_a_stream_cut_anywhere_is_the_same(stream, plans, whole, cuts):
    run = PerpetualRun(stream, plans, [CASH] * len(plans))
    for cut in sorted(cuts):
        run.advance(cut)
    run.advance(stream.frame_count)
    assert_same(run.results(), whole)


def test_every_bot_does_alone_what_it_does_among_others(stream, plans, whole):
    busy = plans.copy()
    busy[3, layout.PLAN_MAX_ORDERS] = 200
    among = run_stream(stream, busy, [CASH] * len(plans))
    for at, other in enumerate(whole):
        if at != 3:
            assert among[at].digest == other.digest
            assert run_stream(stream, plans[at : at + 1], [CASH])[0].digest == other.digest


def test_a_journal_of_the_least_size_changes_nothing(stream, plans, whole, monkeypatch):
    monkeypatch.setattr(host, "_JOURNAL_ROWS", 1)
    calls = []
    session = backend.load("perpetual").PerpetualSession
    real = session.advance
    monkeypatch.setattr(session, "advance", lambda *given: calls.append(1) or real(*given))
    assert_same(run_stream(stream, plans, [CASH] * len(plans)), whole)
    assert len(calls) > 2


@pytest.mark.parametrize("threads", [1, 2, 3, 64])
@pytest.mark.parametrize("journal_rows", [1, 16_384])
def test_the_number_of_threads_changes_nothing(
    stream, plans, whole, monkeypatch, threads, journal_rows
):
    monkeypatch.setattr(host, "_JOURNAL_ROWS", journal_rows)
    runs = [PerpetualRun(stream, plans, [CASH] * len(plans), threads=n) for n in (1, threads)]
    half = stream.frame_count // 2
    for frame_to in (half, half + 1, stream.frame_count):
        single, several = (run.advance(frame_to) for run in runs)
        assert_array_equal(single, several)
        assert_array_equal(runs[0].states, runs[1].states)
    assert_same(runs[1].results(), whole)


@pytest.mark.parametrize("threads", [0, -1, 257, True, 1.5])
def test_a_number_of_threads_that_is_none_is_refused(stream, plans, threads):
    with pytest.raises(InvalidInput, match="threads: expected 1 to 256, found"):
        PerpetualRun(stream, plans[:1], [CASH], threads=threads)


def test_a_plan_that_no_kernel_can_take_is_refused_by_its_name(stream, plans):
    odd = plans[:1].copy()
    odd[0, layout.PLAN_FILL_MODEL] = 7
    with pytest.raises(InvalidInput, match=r"^plans: expected FILL_MODEL of bot 0"):
        PerpetualRun(stream, odd, [CASH])


def test_money_adds_up_from_the_journal_alone(stream, whole):
    """Cash is the opening cash less what was bought, fees and funding; equity adds the position."""
    for result in whole:
        cash = Fraction(CASH)
        fees = position = 0
        for fill in result.fills():
            side = 1 if fill.side == "sell" else -1
            cash += side * Fraction(fill.price * fill.size) * 10**6 - fill.fee
            fees += fill.fee
            position -= side * fill.size
        paid = sum(each["paid"] for each in result.events() if each["event"] == "funding")
        assert (result.fees, result.funding, result.position) == (fees, paid, position)
        assert result.cash == cash - paid
        mark = Fraction(int(stream.book[layout.BOOK_MARK2, -1]), 20)
        assert result.equity == result.cash + (Fraction(position) * mark * 10**6).__floor__()
        assert result.profit == result.equity - CASH


@pytest.mark.data
@pytest.mark.parametrize("model", FILL_MODELS)
def test_funding_of_ten_weeks_is_exact(shared_data, model):
    """A position held through every recorded rate pays what exact fractions say, row by row."""
    path = shared_data / "hyperliquid" / "funding_btc_hourly_2023.parquet"
    rates = read_funding_rates(path, "BTC")
    start = int(rates.ts[0]) - 10**9
    times = [start, start + 1, *(rates.ts + 1).tolist()]
    quotes = [
        (ts, 270_000 + 7 * at % 900, 270_010 + 7 * at % 900, 10**6, 10**6)
        for at, ts in enumerate(times)
    ]
    stream = build_stream(BTC, ticks(quotes), open_ns=start, end_ns=times[-1] + 1)
    oracle = 269_995 + np.arange(rates.ts.size) % 801
    stream = with_fundings(stream, rates.rows(oracle))
    order = PerpetualOrder(kind="market", side="sell", size="1.23457")
    commands = command_rows([place(start + 1, order, BTC)])
    plan = commanded(PerpetualPolicy(fills=PerpetualFills(model=model)), BTC, commands)
    (result,) = run_stream(stream, plan, [10**11], commands)
    # A short of 123,457 lots: ceil(-x) is -floor(x).
    expected = [
        -((123_457 * int(price) * int(rate)) // 10**10)
        for rate, price in zip(rates.rate, oracle, strict=True)
    ]
    paid = [each["paid"] for each in result.events() if each["event"] == "funding"]
    assert len(paid) == 1_038
    assert paid == expected
    assert result.funding == sum(expected)


@pytest.mark.parametrize("side", ["buy", "sell"])
def test_the_kernel_liquidates_at_the_first_mark_below_maintenance(side):
    """The market walks half a quantum at a time; the first liquidation is where it must be."""
    lots, price = 100_000, 1_000_000  # 1 BTC at 100,000
    step = -1 if side == "buy" else 1
    bid, ask = price, price + 10
    rows = [(10**9, bid, ask, 10**8, 10**8)]
    for number in range(1, 40_000):
        bid, ask = (bid + step, ask) if number % 2 else (bid, ask + step)
        rows.append((10**9 + number, bid, ask, 10**8, 10**8))
    stream = build_stream(BTC, ticks(rows))
    cash = 3 * 10**9
    order = PerpetualOrder(kind="market", side=side, size=1)
    commands = command_rows([place(10**9 + 1, order, BTC)])
    policy = PerpetualPolicy(fees=FREE.fees, risk=PerpetualRisk(leverage=40))
    plan = commanded(policy, BTC, commands)
    run = PerpetualRun(stream, plan, [cash], commands)
    run.advance(stream.frame_count)
    (result,) = run.results()
    filled = next(each for each in result.events() if each["event"] == "order_filled")
    sign = 1 if side == "buy" else -1
    paid = cash - sign * lots * filled["price"]
    assert filled["cash"] == paid
    first = next(each for each in result.events() if each["event"] == "liquidation")
    assert first["mark2"] == liquidation_mark2(BTC, paid, sign * lots)
    # Beyond 100,000 of notional a liquidation begins with a part: only the short is above it.
    assert first["stage"] == ("whole" if side == "buy" else "part")
    assert first["equity"] < first["maintenance"]


@pytest.mark.data
def test_a_quoter_trades_the_recorded_spot_ticks(shared_data):
    folder = shared_data / "nautilus"
    contract = PerpetualContract.fixed_tick("BTCUSDT", "0.01", "0.0001", TIERS)
    recorded = read_nautilus(
        folder / "binance_btcusdt_spot_quotes_2021-01-08.parquet",
        folder / "binance_btcusdt_spot_trades_2021-01-08.parquet",
        contract,
    )
    end_ns = int(recorded.quotes["ts"][-1].value) + 1
    stream = build_stream(contract, recorded, end_ns=end_ns)
    policies = [quoting(model, "0.01", "0.05", 5_000) for model in FILL_MODELS]
    plans = np.stack([each.plan_row(contract, CASH) for each in policies])
    touch, queue, probabilistic = run_stream(stream, plans, [CASH] * 3)
    assert touch.fill_count > probabilistic.fill_count >= queue.fill_count > 100
    for result in (touch, queue, probabilistic):
        assert result.status == "completed"
        assert abs(result.position) <= Decimal("0.05")
        assert not any(fill.is_taker for fill in result.fills())
        prices = {int(fill.price / contract.quantum) for fill in result.fills()}
        low, high = stream.prints[:, 0].min(), stream.prints[:, 0].max()
        assert all(low - 1_000 <= price <= high + 1_000 for price in prices)
    again = run_stream(stream, plans, [CASH] * 3)
    assert [each.digest for each in again] == [
        each.digest for each in (touch, queue, probabilistic)
    ]


@pytest.mark.data
def test_a_quoter_runs_on_every_recorded_depth_of_binance(shared_data):
    path = shared_data / "cryptofeed" / "l2_binance_futures.parquet"
    fills = 0
    for symbol, tick in (
        ("AKROUSDT", "0.00001"), ("CTKUSDT", "0.00001"), ("KEEPUSDT", "0.0001"),
        ("SUSHIUSDT", "0.001"),
    ):  # fmt: skip
        contract = PerpetualContract.fixed_tick(symbol, tick, "1", TIERS)
        stream = build_stream(contract, read_cryptofeed(path, contract))
        policy = quoting("touch", "50", "500", 0)
        (result,) = run_stream(stream, policy.plan_row(contract, CASH)[None], [CASH])
        assert result.status == "running"
        fills += result.fill_count
    assert fills > 5


def test_a_command_lands_one_latency_later_and_a_stop_ends_the_session(stream):
    at = int(stream.ts[10])
    order = PerpetualOrder(kind="market", side="buy", size="0.00001")
    commands = command_rows([place(at, order, stream.contract), stop(at + 1)])
    policy = PerpetualPolicy(fills=PerpetualFills(order_latency_us=1_000))
    plan = commanded(policy, stream.contract, commands)
    (result,) = run_stream(stream, plan, [CASH], commands)
    small = [(each["event"], each["ts"]) for each in result.events()]
    landing = int(stream.ts[stream.frame_at(at + 1_000_000)])
    assert small[0] == ("order_placed", landing)
    assert ("stopped", landing) in small
    assert result.status == "killed"


def test_plans_and_commands_of_another_shape_are_refused(stream, plans):
    with pytest.raises(InvalidInput, match="expected plans of shape"):
        PerpetualRun(stream, plans, [CASH])
    with pytest.raises(InvalidInput, match="expected commands of shape"):
        PerpetualRun(stream, plans[:1], [CASH], NO_COMMANDS[:, 1:])
    beyond = plans[:1].copy()
    beyond[0, layout.PLAN_COMMAND_COUNT] = 1
    with pytest.raises(InvalidInput, match="found rows beyond"):
        PerpetualRun(stream, beyond, [CASH])


@pytest.mark.parametrize("frame_to", [-1, 10**7])
def test_frames_beyond_the_stream_are_refused(stream, plans, frame_to):
    run = PerpetualRun(stream, plans[:1], [CASH])
    with pytest.raises(InvalidInput, match="frame_to: expected 0 to"):
        run.advance(frame_to)


def test_a_kernel_that_stops_short_is_an_error_and_not_a_short_result(stream, plans, monkeypatch):
    monkeypatch.setattr(backend.load("perpetual").PerpetualSession, "advance", lambda *given: 0)
    with pytest.raises(ForvenError, match="expected room in the journal"):
        run_stream(stream, plans[:1], [CASH])


def test_results_do_not_change_when_the_run_goes_on(stream, plans):
    run = PerpetualRun(stream, plans[:1], [CASH])
    run.advance(50)
    early = run.results()[0]
    run.advance(stream.frame_count)
    assert early.state[layout.STATE_FRAME] == 50
    assert early.status == "running"
    assert early.state[layout.STATE_STATUS] == schema.STATUS_RUNNING
