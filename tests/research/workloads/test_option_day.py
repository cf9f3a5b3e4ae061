from typing import Any

import numpy as np
import pytest

from forven.kernels import schema
from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.synthetic.dataset import FIRST_SYNTHETIC_DAY, synthesize, synthetic_sessions
from forven.market.synthetic.spec import SyntheticSpec
from forven.research.workloads.option_day import OptionDay, check_entries
from forven.research.workloads.sizes import BenchmarkFailed
from forven.strategies.examples import examples_folder
from forven.strategies.structured import parse_strategy


def test_two_rounds_of_the_day_have_one_digest(day_settings) -> None:
    workload = OptionDay(day_settings)
    first, second = workload.round(), workload.round()
    assert first.digest == second.digest
    assert first.agreements == second.agreements
    assert first.units == len(workload.bots[0].plans)
    assert first.details["journal_rows"] == sum(len(one.rows) for one in workload.results[0])
    assert 0 < first.details["bot_frames_with_events"] < first.units * first.details["frames"]


def test_two_threads_compute_what_one_does(day_settings) -> None:
    one, two = (OptionDay({**day_settings, "threads": threads}).round() for threads in (1, 2))
    assert (one.digest, one.agreements) == (two.digest, two.agreements)


def test_backtest_and_live_fills_are_different_work(day_settings) -> None:
    fills = ("backtest", "live")
    digests = {OptionDay({**day_settings, "fills": name}).round().digest for name in fills}
    assert len(digests) == len(fills)


def test_a_bot_without_an_entry_is_no_benchmark(day_settings) -> None:
    workload = OptionDay(day_settings)
    workload.round()
    results = workload.results[0]
    results[1].state[schema.STATE_FILLS] = 0
    with pytest.raises(BenchmarkFailed, match="bot 1: expected an entry, found none"):
        check_entries(results)


@pytest.fixture
def own(forven_home, size) -> dict[str, Any]:
    """Return the settings of two days of a dataset of the user's own, with his strategy."""
    sessions = synthetic_sessions(trading_calendar(), FIRST_SYNTHETIC_DAY, 3)
    synthesize(
        Catalog(), "mine", SyntheticSpec(seed=3, frame_seconds=300), sessions, lambda _: None
    )
    strategy = parse_strategy(examples_folder() / "put_credit_spread.json").to_json()
    return {
        "data": "mine",
        "home": None,
        "days": [session.day.isoformat() for session in sessions[1:]],
        "strategy": strategy,
        "counts": size.variants[0],
        "fills": "backtest",
        "threads": 1,
    }


def test_days_of_ones_own_are_run_with_many_targets_of_ones_own_strategy(own, size) -> None:
    workload = OptionDay(own)
    taken = workload.round()
    bots = int(np.prod(size.variants[0]))
    assert taken.details["days"] == 2
    assert taken.units == 2 * bots
    legs = [bots.plans[:, schema.PLAN_LEG_COUNT] for bots in workload.bots]
    assert set(np.concatenate(legs).tolist()) == {2}


def test_days_of_ones_own_without_a_strategy_run_the_condors(own) -> None:
    workload = OptionDay({**own, "strategy": None})
    workload.round()
    assert set(workload.bots[0].plans[:, schema.PLAN_LEG_COUNT].tolist()) == {4}
