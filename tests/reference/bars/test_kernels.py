"""Every bar kernel equals the oracle in each bit it writes, however it is called."""

from dataclasses import replace

import numpy as np
import pytest

from forven.kernels import bars_schema as schema
from tests.reference.bars.comparison import difference, oracle_outcome
from tests.reference.bars.kernel_run import (
    first_difference,
    is_same,
    kernel_outcome,
    room,
)
from tests.reference.bars.runners import KERNELS
from tests.reference.bars.scenarios import Scenario, scenario_of

CHUNK = 50


@pytest.mark.parametrize("first", range(0, 16 * CHUNK, CHUNK))
def test_kernels_write_what_the_oracle_writes(first):
    for seed in range(first, first + CHUNK):
        words = first_difference(KERNELS, seed)
        assert not words, words


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_threads_change_nothing(kernel, threads):
    for seed in range(100):
        scenario = scenario_of(seed)
        counts, sums = kernel.sweep(scenario)
        counts_of_several, sums_of_several = kernel.sweep(scenario, threads)
        assert is_same(counts, counts_of_several)
        assert is_same(sums, sums_of_several)


def test_a_run_does_the_same_alone_and_in_any_company(kernel):
    for seed in range(60):
        scenario = scenario_of(seed)
        counts, sums = kernel.sweep(scenario)
        runs, segments = scenario.cells
        for run in range(runs):
            for segment in range(segments):
                alone = replace(
                    scenario,
                    plans=scenario.plans[run : run + 1].copy(),
                    segments=scenario.segments[segment : segment + 1].copy(),
                )
                single_counts, single_sums = kernel.sweep(alone)
                assert is_same(single_counts[0, 0], counts[run, segment])
                assert is_same(single_sums[0, 0], sums[run, segment])


def test_trades_without_room_are_counted_and_not_written(kernel):
    for seed in range(60):
        scenario = scenario_of(seed)
        everything = kernel_outcome(kernel, scenario, 2_000)
        for rows in {0, 1, len(everything.trades) // 2}:
            written = room(scenario, rows)
            counts, sums, needed = kernel.trace(scenario, written)
            assert needed == len(everything.trades)
            kept = min(rows, needed)
            assert is_same(written.trades[:kept], everything.trades[:kept])
            assert is_same(written.trade_values[:kept], everything.trade_values[:kept])
            assert is_same(counts, everything.counts)
            assert is_same(sums, everything.sums)


@pytest.mark.parametrize(("has_values", "has_signals"), [(0, 0), (0, 1), (1, 0)])
def test_what_is_asked_for_changes_nothing_else(kernel, has_values, has_signals):
    for seed in range(60):
        scenario = scenario_of(seed)
        everything = kernel_outcome(kernel, scenario, 2_000)
        written = room(scenario, 2_000, bool(has_values), bool(has_signals))
        counts, sums, needed = kernel.trace(scenario, written)
        assert is_same(counts, everything.counts)
        assert is_same(sums, everything.sums)
        assert is_same(written.trades[:needed], everything.trades)
        assert is_same(written.values, everything.values if has_values else np.zeros((0, 0, 0)))
        if has_signals:
            assert is_same(written.signals, everything.signals)


def test_detail_changes_no_other_sum(kernel):
    of_bars = [schema.SUM_BAR_RETURNS, schema.SUM_BAR_SQUARES]
    of_bars += [schema.SUM_BAR_DOWNSIDE, schema.SUM_MAX_DRAWDOWN]
    for seed in range(100):
        plain, full = with_detail(scenario_of(seed), 0), with_detail(scenario_of(seed), 1)
        counts, sums = kernel.sweep(plain)
        full_counts, full_sums = kernel.sweep(full)
        assert is_same(counts, full_counts)
        assert np.all(np.isnan(sums[:, :, of_bars]))
        assert not np.any(np.isnan(full_sums))
        assert is_same(
            np.delete(sums, of_bars, axis=2).copy(), np.delete(full_sums, of_bars, axis=2).copy()
        )


def with_detail(scenario: Scenario, detail: int) -> Scenario:
    scenario.plans[:, schema.PLAN_DETAIL] = detail
    return scenario


def test_the_kernel_leaves_what_it_reads_alone(kernel):
    for seed in range(40):
        scenario, untouched = scenario_of(seed), scenario_of(seed)
        kernel_outcome(kernel, scenario, 10)
        kernel.sweep(scenario, 2)
        for name, array in vars(untouched).items():
            assert is_same(getattr(scenario, name), array), name


@pytest.mark.parametrize("name", ["signals", "trades", "trade_values", "counts", "sums", "values"])
def test_a_single_changed_cell_is_a_difference(name):
    scenario = busy_scenario()
    wanted = oracle_outcome(scenario)
    array = getattr(wanted, name)
    for number in np.flatnonzero(~np.isnan(array.reshape(-1).astype(float)))[:500]:
        changed = array.copy().reshape(-1)
        if array.dtype == np.float64:
            changed[number] = np.nextafter(changed[number], np.inf)
        else:
            changed[number] ^= np.array(1, dtype=array.dtype)
        found = replace(wanted, **{name: changed.reshape(array.shape)})
        assert difference(found, wanted).startswith(f"{name}[")


def test_a_trade_more_or_less_is_a_difference():
    wanted = oracle_outcome(busy_scenario())
    fewer = replace(wanted, trades=wanted.trades[:-1], trade_values=wanted.trade_values[:-1])
    assert "rows" in difference(fewer, wanted)
    assert "rows" in difference(wanted, fewer)


def busy_scenario() -> Scenario:
    """Return the first scenario with a dozen trades, half of them or more with a size."""
    for seed in range(200):
        scenario = scenario_of(seed)
        outcome = oracle_outcome(scenario)
        sizes = outcome.trades[:, schema.TRADE_SIZE_PPM]
        if len(sizes) > 12 and np.count_nonzero(sizes) * 2 >= len(sizes):
            return scenario
    raise AssertionError("expected a scenario that trades, found none")
