from dataclasses import replace

import numpy as np

from forven.kernels import schema
from forven.research.workloads.inputs import (
    CONTRACTS,
    chosen_legs,
    condor_plans,
    condors,
    held_frames,
    option_day,
    targets_of,
)
from forven.research.workloads.option_day import OptionDay
from forven.research.workloads.sizes import SIZES, Size


def test_the_day_has_200_contracts_and_a_frame_at_each_step_and_at_the_close(size: Size) -> None:
    day = option_day(size.frame_seconds)
    assert len(day.symbols) == CONTRACTS == 200
    assert day.frame_count == 390 * 60 // size.frame_seconds + 1
    assert day.ts[-1] == day.bounds.close_ns


def test_the_real_size_has_1_000_and_10_000_variants_that_all_differ_and_fleets_of_them() -> None:
    real = SIZES["real"]
    assert [int(np.prod(counts)) for counts in real.variants] == [1_000, 10_000]
    assert [int(np.prod(fleet)) for fleet in real.fleets] == [1_000, 10_000]
    for counts in real.variants:
        assert len({str(document) for document in condors(counts)}) == int(np.prod(counts))


def test_all_plans_of_a_fleet_differ_and_find_four_legs_by_delta(size: Size) -> None:
    plans = condor_plans(size.variants[0], "backtest")
    assert len(np.unique(plans, axis=0)) == np.prod(size.variants[0])
    methods = plans[
        :, [schema.PLAN_LEGS + leg * schema.LEG_WIDTH + schema.LEG_METHOD for leg in range(4)]
    ]
    assert (methods == schema.METHOD_DELTA).all()
    assert (plans[:, schema.PLAN_LEG_COUNT] == 4).all()


def test_the_frames_held_lie_between_the_fills_of_entry_and_exit(day_settings) -> None:
    workload = OptionDay(day_settings)
    workload.round()
    day, results = workload.bots[0].day, workload.results[0]
    for (first, last), result in zip(held_frames(day, results), results):
        rows = result.rows
        filled = rows[rows[:, schema.JOURNAL_KIND] == schema.EVENT_ORDER_FILLED]
        assert filled[0, schema.JOURNAL_TS] == day.ts[first]
        assert len(filled) == 2
        assert filled[1, schema.JOURNAL_TS] == day.ts[last]


def test_a_bot_that_ordered_nothing_has_no_legs(day_settings) -> None:
    workload = OptionDay(day_settings)
    workload.round()
    results = workload.results[0][:2]
    empty = replace(results[1], rows=results[1].rows[:0])
    legs = chosen_legs([results[0], empty])
    assert (legs[0, :4] >= 0).all()
    assert (legs[0, 4:] == -1).all()
    assert (legs[1] == -1).all()


def test_targets_of_a_strategy_all_differ_and_begin_again_with_another_quantity() -> None:
    documents = targets_of({"exit": {"time": "15:00"}, "quantity": 2}, 9_901)
    assert len({str(document) for document in documents}) == 9_901
    targets = [float(document["exit"]["profit_target_pct"]) for document in documents]
    assert min(targets) == 1.0
    assert max(targets) < 100.0
    assert {document["exit"]["time"] for document in documents} == {"15:00"}
    assert [documents[0]["quantity"], documents[-1]["quantity"]] == [2, 3]
