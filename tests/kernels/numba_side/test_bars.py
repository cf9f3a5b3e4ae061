"""Sweeps by numba: the same whatever the threads, the chunks and the room for registers."""

from dataclasses import replace

import numpy as np
import pytest

from forven.kernels import bars_schema as schema
from forven.kernels.bars_arrays import new_results, new_trace
from forven.kernels.numba_side import bars as side
from tests.kernels.crossings import crossings

SETTINGS = {
    "DETAIL": 1,
    "SIZING": schema.SIZING_ATR,
    "RISK_PPM": 10_000,
    "ATR_STOP_MILLI": 2_000,
    "MODE": schema.MODE_BOTH,
    "TARGET_PPM": 40_000,
    "TRAIL_PPM": 25_000,
}


def swept(arrays, threads=1):
    counts, sums = new_results(arrays)
    side.sweep(arrays, counts, sums, threads)
    return counts, sums.view(np.int64)


@pytest.mark.parametrize("settings", [{}, SETTINGS])
@pytest.mark.parametrize("threads", [2, 3, 8, 100])
def test_threads_change_nothing(settings, threads):
    arrays = crossings(**settings)
    for one, other in zip(swept(arrays), swept(arrays, threads), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_small_room_for_registers_changes_nothing(monkeypatch):
    arrays = crossings(**SETTINGS)
    whole = swept(arrays)
    row_bytes = 8 * arrays.words
    for rows in (1, 3, 10, 17):
        monkeypatch.setattr(side, "_REGISTER_BYTES", rows * row_bytes)
        for one, other in zip(whole, swept(arrays), strict=True):
            np.testing.assert_array_equal(one, other)


def test_plans_of_one_program_are_those_of_programs_of_their_own():
    arrays = crossings(**SETTINGS)
    plans = np.repeat(arrays.plans, 3, axis=0)
    plans[1::3, schema.PLAN_TARGET_PPM] = 0
    plans[2::3, schema.PLAN_SIZING] = schema.SIZING_KELLY
    plans[2::3, schema.PLAN_KELLY_MILLI] = 500
    together = swept(replace(arrays, plans=plans))
    order = np.random.default_rng(5).permutation(len(plans))
    apart = swept(replace(arrays, plans=np.ascontiguousarray(plans[order])))
    for one, other in zip(together, apart, strict=True):
        np.testing.assert_array_equal(one[order], other)


def test_values_end_where_the_equity_ends():
    arrays = crossings(**SETTINGS)
    counts, sums = new_results(arrays)
    written = new_trace(arrays, values=True)
    side.trace(arrays, counts, sums, written)
    for segment, (begin, end) in enumerate(arrays.segments):
        curve = written.values[:, segment]
        assert np.isnan(curve[:, :begin]).all()
        assert np.isnan(curve[:, end:]).all()
        assert not np.isnan(curve[:, begin:end]).any()
        equity = np.maximum(sums[:, segment, schema.SUM_EQUITY], 0.0)
        np.testing.assert_array_equal(curve[:, end - 1], equity)


def test_no_plans_and_no_bars_of_a_column_are_fine():
    arrays = crossings()
    none = replace(arrays, plans=arrays.plans[:0])
    counts, sums = new_results(none)
    side.sweep(none, counts, sums, threads=4)
    assert counts.shape == (0, 2, schema.COUNT_WIDTH)
