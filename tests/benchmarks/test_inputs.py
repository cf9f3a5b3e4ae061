import numpy as np
import pytest

from benchmarks.bench_option_day import OptionDay
from benchmarks.inputs import CONTRACTS, chosen_legs, condor_plans, condors, option_day
from benchmarks.sizes import SIZES, BenchmarkFailed, Size
from forven.kernels import schema


def test_the_day_has_200_contracts_and_a_frame_at_each_step_and_at_the_close(size: Size) -> None:
    day = option_day(size.frame_seconds)
    assert len(day.symbols) == CONTRACTS == 200
    assert day.frame_count == 390 * 60 // size.frame_seconds + 1
    assert day.ts[-1] == day.bounds.close_ns


def test_the_real_size_has_1_000_variants_that_all_differ_and_fleets_of_1_000_and_10_000() -> None:
    real = SIZES["real"]
    texts = {str(document) for document in condors(real.variants)}
    assert len(texts) == 1_000
    assert [int(np.prod(fleet)) for fleet in real.fleets] == [1_000, 10_000]


def test_all_plans_of_a_fleet_differ_and_find_four_legs_by_delta(size: Size) -> None:
    plans = condor_plans(size.variants, "backtest")
    assert len(np.unique(plans, axis=0)) == np.prod(size.variants)
    methods = plans[
        :, [schema.PLAN_LEGS + leg * schema.LEG_WIDTH + schema.LEG_METHOD for leg in range(4)]
    ]
    assert (methods == schema.METHOD_DELTA).all()
    assert (plans[:, schema.PLAN_LEG_COUNT] == 4).all()


def test_the_frames_held_lie_between_the_fills_of_entry_and_exit(size: Size) -> None:
    workload = OptionDay(size, "backtest")
    for (first, last), result in zip(workload.held, workload.results):
        rows = result.rows
        filled = rows[rows[:, schema.JOURNAL_KIND] == schema.EVENT_ORDER_FILLED]
        assert filled[0, schema.JOURNAL_TS] == workload.day.ts[first]
        assert len(filled) == 2
        assert filled[1, schema.JOURNAL_TS] == workload.day.ts[last]


def test_a_bot_without_an_entry_is_no_benchmark(size: Size) -> None:
    workload = OptionDay(size, "backtest")
    empty = type(workload.results[0])(
        rows=workload.results[0].rows[:0],
        state=workload.results[0].state,
        financials=workload.results[0].financials,
    )
    with pytest.raises(BenchmarkFailed, match="bot 1: expected an entry of 4 legs, found 0"):
        chosen_legs([workload.results[0], empty])
