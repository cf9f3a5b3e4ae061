"""The history of accounts: the kernel's financials row for row, in any windows."""

from random import Random

import numpy as np
import pytest

from forven.bots.history import BLOCK_FRAMES, AccountHistory
from forven.engine.fills import FillModel
from forven.engine.live import Financials, LiveRun
from forven.engine.policy import SessionPolicy
from forven.engine.session import run_day
from forven.kernels import schema
from forven.market.feeds.book import Window
from forven.strategies.compiler import compile_strategy
from forven.strategies.structured import parse_strategy
from tests.bots.conftest import CASH, CONDOR


@pytest.fixture(scope="module")
def plans(coarse_day) -> np.ndarray:
    """Bots with every preset, some that halt."""
    rows = []
    for preset in ("live", "backtest", "natural"):
        for loss in (schema.INT64_MAX, 100_000_000):
            row = SessionPolicy(fills=FillModel.preset(preset)).plan_row(CASH)
            row[schema.PLAN_HALT_LOSS] = loss
            compile_strategy(parse_strategy(CONDOR), coarse_day.bounds, row)
            rows.append(row)
    return np.stack(rows)


@pytest.mark.parametrize("seed", range(6))
def test_histories_are_the_financials_of_a_backtest_however_the_day_is_cut(coarse_day, plans, seed):
    chance = Random(seed)
    run = LiveRun(coarse_day.multiplier, coarse_day.bounds, coarse_day.instruments, records=True)
    history = AccountHistory(coarse_day.bounds.close_ns)
    for plan in plans:
        run.add(plan, CASH)
    cuts = sorted(chance.sample(range(1, coarse_day.frame_count), chance.choice([0, 5, 300])))
    margins = []
    for first, last in zip([0, *cuts], [*cuts, coarse_day.frame_count]):
        window = Window(
            quotes=np.ascontiguousarray(coarse_day.quotes[:, :, first:last]),
            clock=np.ascontiguousarray(coarse_day.clock[:, first:last]),
        )
        run.advance(window, coarse_day.settlement)
        history.record(window.clock[schema.CLOCK_TS], run.financials)
        margins.append(int(history.margins(np.array([0]))[0]))
    results = run_day(coarse_day, plans, [CASH] * len(plans), financials=True)
    for bot, result in enumerate(results):
        found = history.rows(bot, coarse_day.bounds.open_ns, CASH)
        assert np.array_equal(found, result.financials)
    first = results[0].financials
    assert (
        margins[-1]
        == first[first[:, schema.FINANCIAL_TS] < coarse_day.bounds.close_ns][
            -1, schema.FINANCIAL_MARGIN
        ]
    )


def test_rows_begin_with_the_session(coarse_day, plans):
    run = LiveRun(coarse_day.multiplier, coarse_day.bounds, coarse_day.instruments, records=True)
    history = AccountHistory(coarse_day.bounds.close_ns)
    run.add(plans[0], CASH)
    window = Window(
        quotes=np.ascontiguousarray(coarse_day.quotes[:, :, :50]),
        clock=np.ascontiguousarray(coarse_day.clock[:, :50]),
    )
    run.advance(window, schema.MISSING)
    history.record(window.clock[schema.CLOCK_TS], run.financials)
    opened_ns = int(coarse_day.ts[20]) + 1
    assert history.rows(0, opened_ns, CASH)[0, schema.FINANCIAL_TS] == coarse_day.ts[21]
    assert len(history.rows(0, int(coarse_day.ts[49]) + 1, CASH)) == 0
    assert len(history.rows(5_000, 0, CASH)) == 0
    assert history.margins(np.array([0, 5_000]))[1] == 0
    assert history.margins(np.zeros(0, np.int64)).tolist() == []


def made_up(bots: np.ndarray, frames: int, first: int) -> Financials:
    """Financials whose worth names the bot and the frame."""
    rows = np.zeros((len(bots), frames, schema.FINANCIAL_WIDTH), np.int64)
    moments = first + np.arange(frames)
    rows[:, :, schema.FINANCIAL_NLV] = bots[:, None] * 1_000_000 + moments
    rows[:, :, schema.FINANCIAL_CASH] = moments // 700
    counts = np.full(len(bots), frames)
    return Financials(bots, counts, rows, np.zeros(len(bots), np.bool_))


def test_thousands_of_bots_and_frames_keep_their_places():
    history = AccountHistory(close_ns=10**9)
    frames, joined = 2 * BLOCK_FRAMES + 100, 900
    taken = 0
    while taken < frames:
        count = min(333, frames - taken)
        late = 2_000 if taken >= joined else 0
        bots = np.concatenate([np.arange(300), np.arange(300, 300 + late)])
        history.record(np.arange(taken, taken + count), made_up(bots, count, taken))
        taken += count
    for bot, first in ((0, 0), (299, 0), (300, 999), (2_299, 999)):
        found = history.rows(bot, first, 0)
        moments = np.arange(first, frames)
        assert np.array_equal(found[:, schema.FINANCIAL_TS], moments)
        assert np.array_equal(found[:, schema.FINANCIAL_NLV], bot * 1_000_000 + moments)
        assert np.array_equal(found[:, schema.FINANCIAL_CASH], moments // 700)
