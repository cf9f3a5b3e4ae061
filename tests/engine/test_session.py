"""The session's host: cuts, small journals, many bots and financials change nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from forven.engine import session as host
from forven.engine.commands import Leg, Order, command_rows, place
from forven.engine.session import NO_COMMANDS, SessionRun, run_day
from forven.kernels import backend, schema
from forven.primitives.errors import ForvenError, InvalidInput
from tests.engine.conftest import CASH


@pytest.fixture(scope="module")
def whole(coarse_day, many_plans):
    return run_day(coarse_day, many_plans, [CASH] * len(many_plans))


def assert_same(found, expected):
    for one, other in zip(found, expected, strict=True):
        assert_array_equal(one.rows[:, 1:], other.rows[:, 1:])
        assert_array_equal(one.state, other.state)
        assert one.digest == other.digest


def test_the_bots_really_trade(whole):
    fills = [result.state[schema.STATE_FILLS] for result in whole]
    assert min(fills) >= 2
    assert len({result.digest for result in whole}) == len(whole)
    assert all(result.state[schema.STATE_STATUS] == schema.STATUS_COMPLETED for result in whole)
    assert any(result.profit < 0 for result in whole) or any(result.profit > 0 for result in whole)


@settings(max_examples=25)
@given(cuts=st.lists(st.integers(0, 781), max_size=8))
def test_a_day_cut_anywhere_is_the_same(coarse_day, many_plans, whole, cuts):
    run = SessionRun(coarse_day, many_plans, [CASH] * len(many_plans))
    fresh = [run.advance(min(cut, coarse_day.frame_count)) for cut in sorted(cuts)]
    fresh.append(run.advance(coarse_day.frame_count))
    assert_same(run.results(), whole)
    assert sum(len(rows) for rows in fresh) == sum(len(result.rows) for result in whole)


def test_a_journal_of_the_least_size_changes_nothing(coarse_day, many_plans, whole, monkeypatch):
    monkeypatch.setattr(host, "_JOURNAL_ROWS", 1)
    copies = 40
    plans = np.tile(many_plans, (copies, 1))
    run = SessionRun(coarse_day, plans, [CASH] * len(plans))
    calls = []
    real = backend.load("session").Session.advance
    counted = lambda *given: calls.append(1) or real(*given)  # noqa: E731
    monkeypatch.setattr(backend.load("session").Session, "advance", counted)
    run.advance(coarse_day.frame_count)
    assert_same(run.results(), whole * copies)
    assert len(calls) > 2


@pytest.mark.parametrize("threads", [1, 2, 3, 64])
@pytest.mark.parametrize("journal_rows", [1, 16_384])
def test_the_number_of_threads_changes_nothing(
    coarse_day, many_plans, whole, monkeypatch, threads, journal_rows
):
    monkeypatch.setattr(host, "_JOURNAL_ROWS", journal_rows)
    plans = np.tile(many_plans, (8, 1))
    runs = [SessionRun(coarse_day, plans, [CASH] * len(plans), threads=n) for n in (1, threads)]
    half = coarse_day.frame_count // 2
    for frame_to in (half, half + 1, coarse_day.frame_count):
        single, several = (run.advance(frame_to) for run in runs)
        assert_array_equal(single, several)
        assert_array_equal(runs[0].states, runs[1].states)
    assert_same(runs[1].results(), whole * 8)


@pytest.mark.parametrize("threads", [0, -1, 257, True, 1.5])
def test_a_number_of_threads_that_is_none_is_refused(coarse_day, many_plans, threads):
    with pytest.raises(InvalidInput, match="threads: expected 1 to 256, found"):
        SessionRun(coarse_day, many_plans, [CASH] * len(many_plans), threads=threads)


def test_every_bot_does_alone_what_it_does_among_others(coarse_day, many_plans, whole):
    alone = [run_day(coarse_day, many_plans[i : i + 1], [CASH])[0] for i in range(len(many_plans))]
    for one, other in zip(alone, whole, strict=True):
        assert one.digest == other.digest
        assert one.profit == other.profit


def test_financials_are_one_row_a_frame_and_change_nothing(coarse_day, many_plans, whole):
    watched = run_day(coarse_day, many_plans[:2], [CASH, CASH], financials=True)
    for one, other in zip(watched, whole, strict=False):
        assert one.digest == other.digest
        ts = one.financials[:, schema.FINANCIAL_TS]
        assert_array_equal(np.unique(ts), coarse_day.ts)
        last = one.financials[-1]
        assert last[schema.FINANCIAL_NLV] == last[schema.FINANCIAL_CASH]
        assert last[schema.FINANCIAL_CASH] - CASH == one.profit
        drawdown = one.financials[:, schema.FINANCIAL_DRAWDOWN].max()
        assert drawdown == one.state[schema.STATE_MAX_DRAWDOWN]
    assert len(whole[0].financials) == 0


def test_commands_reach_the_bot_they_are_for(coarse_day, bare_plan):
    cheap = range(10, 500)
    symbol = next(s for s in coarse_day.symbols if coarse_day.price_of(s, 100).bid in cheap)
    order = Order(kind="market", legs=(Leg(instrument=symbol, quantity=2, action="buy to open"),))
    commands = command_rows([place(int(coarse_day.ts[100]), order, coarse_day)])
    plans = np.stack([bare_plan, bare_plan])
    plans[1, schema.PLAN_COMMAND_COUNT] = 1
    idle, busy = run_day(coarse_day, plans, [CASH, CASH], commands)
    assert idle.state[schema.STATE_FILLS] == 0
    assert busy.state[schema.STATE_FILLS] == 1
    ask = coarse_day.price_of(symbol, 100).ask
    filled = busy.rows[busy.rows[:, schema.JOURNAL_KIND] == schema.EVENT_ORDER_FILLED][0]
    assert filled[schema.JOURNAL_A] == -ask


def test_results_do_not_change_when_the_run_goes_on(coarse_day, many_plans):
    run = SessionRun(coarse_day, many_plans[:1], [CASH])
    run.advance(50)
    early = run.results()[0]
    frame = int(early.state[schema.STATE_FRAME])
    run.advance(coarse_day.frame_count)
    assert early.state[schema.STATE_FRAME] == frame == 50


@pytest.mark.parametrize("frame_to", [-1, 10**6])
def test_frames_beyond_the_day_are_refused(coarse_day, many_plans, frame_to):
    run = SessionRun(coarse_day, many_plans[:1], [CASH])
    with pytest.raises(InvalidInput, match="frame_to: expected 0 to"):
        run.advance(frame_to)


def test_plans_and_commands_of_another_shape_are_refused(coarse_day, many_plans):
    with pytest.raises(InvalidInput, match="expected plans of shape"):
        SessionRun(coarse_day, many_plans, [CASH])
    with pytest.raises(InvalidInput, match="expected commands of shape"):
        SessionRun(coarse_day, many_plans[:1], [CASH], NO_COMMANDS[:, 1:])
    beyond = many_plans[:1].copy()
    beyond[0, schema.PLAN_COMMAND_COUNT] = 1
    with pytest.raises(InvalidInput, match="found rows beyond"):
        SessionRun(coarse_day, beyond, [CASH])


def test_a_kernel_that_stops_short_is_an_error_and_not_a_short_result(
    coarse_day, many_plans, monkeypatch
):
    monkeypatch.setattr(backend.load("session").Session, "advance", lambda *given: 0)
    with pytest.raises(ForvenError, match="expected room in the journal"):
        run_day(coarse_day, many_plans[:1], [CASH])


def test_a_run_is_short_until_its_bots_have_taken_the_day(coarse_day, many_plans):
    run = SessionRun(coarse_day, many_plans, [CASH] * len(many_plans))
    assert run.is_short
    run.advance(coarse_day.frame_count)
    assert not run.is_short
