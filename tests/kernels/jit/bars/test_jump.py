"""The short way between signals writes what the walk over events and marks writes, bit for bit."""

from dataclasses import replace

import numpy as np
import pytest

from forven.kernels import bars_schema as schema
from forven.kernels.bars_arrays import new_results, new_trace
from forven.kernels.jit.bars import runs
from forven.kernels.numba_side import bars as side
from tests.kernels.crossings import crossings

OF_BARS = [
    schema.SUM_BAR_RETURNS,
    schema.SUM_BAR_SQUARES,
    schema.SUM_BAR_DOWNSIDE,
    schema.SUM_MAX_DRAWDOWN,
]
SETTINGS = [
    {"MODE": mode, **sizing, **stop}
    for mode in (schema.MODE_LONG, schema.MODE_SHORT)
    for sizing in (
        {"SIZING": schema.SIZING_FULL},
        {"SIZING": schema.SIZING_FULL, "COST_PPM": 150_000},
        {"SIZING": schema.SIZING_FULL, "LEVERAGE_PPM": 300_000},
        {"SIZING": schema.SIZING_FIXED, "FIXED_SIZE_MICROS": 5_000 * 10**6},
        {"SIZING": schema.SIZING_FIXED, "FIXED_SIZE_MICROS": 0},
    )
    for stop in ({"TIME_STOP_BARS": 0}, {"TIME_STOP_BARS": 7})
]


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("seed", [1, 2])
def test_jumping_equals_walking(settings, seed):
    jumped = crossings(seed=seed, **settings)
    walked = crossings(seed=seed, **settings, DETAIL=1)
    counts, sums = new_results(jumped)
    side.sweep(jumped, counts, sums)
    full_counts, full_sums = new_results(walked)
    side.sweep(walked, full_counts, full_sums)
    np.testing.assert_array_equal(counts, full_counts)
    assert np.isnan(sums[:, :, OF_BARS]).all()
    np.testing.assert_array_equal(
        np.delete(sums, OF_BARS, axis=2).view(np.int64),
        np.delete(full_sums, OF_BARS, axis=2).view(np.int64),
    )
    trades = schema.COUNT_TRADES + schema.SIDE_COUNTS * (settings["MODE"] == schema.MODE_SHORT)
    happened = trades if settings.get("FIXED_SIZE_MICROS", 1) else schema.COUNT_SHADOWS
    assert counts[:, :, happened].min() > 0


def test_an_account_is_ruined_on_the_short_way_too():
    arrays = crossings(MODE=schema.MODE_SHORT, COST_PPM=200_000)
    arrays.bars[:4, 1_000:] *= 100
    counts, sums = new_results(arrays)
    side.sweep(arrays, counts, sums)
    assert counts[:, :, schema.COUNT_RUINED].any()
    wanted = new_results(arrays)
    detailed = arrays.plans.copy()
    detailed[:, schema.PLAN_DETAIL] = 1
    side.sweep(replace(arrays, plans=detailed), *wanted)
    np.testing.assert_array_equal(counts, wanted[0])


def test_trades_without_room_are_counted_on_the_short_way():
    arrays = crossings()
    counts, sums = new_results(arrays)
    none, room = new_trace(arrays), new_trace(arrays, trades=1)
    needed = side.trace(arrays, counts, sums, none)
    assert needed == side.trace(arrays, counts, sums, room)
    assert needed == counts[:, :, schema.COUNT_TRADES].sum() > 100


def test_the_kernel_is_compiled_in_advance():
    assert len(runs.run_plans.signatures) == 1
