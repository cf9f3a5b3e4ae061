"""Programs give the same bits alone, in company, in blocks, and opposite crossings at once."""

from dataclasses import replace

import numpy as np

from forven.kernels import bars_schema as schema
from forven.kernels.bars_arrays import new_results, new_trace, words_of
from forven.kernels.numba_side import bars as side
from tests.kernels.crossings import crossings


def evaluated(arrays, program):
    registers = np.zeros((schema.REGISTERS_MAX, arrays.words), np.uint64)
    program = np.array(program, np.int64)
    side.evaluate(arrays.columns, arrays.constants, arrays.masks, program, registers)
    return registers


def bits(row, count):
    return np.unpackbits(row.view(np.uint8), bitorder="little")[:count].astype(bool)


def with_holes(arrays, seed=3):
    """Return arrays whose columns have NaN and equal values here and there."""
    chance = np.random.default_rng(seed)
    columns = np.round(arrays.columns, -3)
    columns[chance.random(columns.shape) < 0.05] = np.nan
    return replace(arrays, columns=columns)


def test_opposite_crossings_at_once_are_the_two_crossings():
    for count in (1, 63, 64, 65, 130, 1_000, 5_000):
        arrays = with_holes(crossings(max(count, 100)))
        arrays = replace(arrays, columns=np.ascontiguousarray(arrays.columns[:, :count]))
        masks = np.zeros((0, words_of(count)), np.uint64)
        arrays = replace(arrays, bars=arrays.bars[:, :count], masks=masks)
        for left_lag, right_lag in ((0, 0), (1, 0), (2, 70)):
            above = [schema.CODE_CROSS, 0, 0, left_lag, 5, right_lag]
            below = [schema.CODE_CROSS, 1, 5, right_lag, 0, left_lag]
            both = evaluated(arrays, [above, below])
            between = [schema.CODE_LT, 2, 0, 0, 1, 0]
            apart = evaluated(arrays, [above, between, below])
            np.testing.assert_array_equal(both[:2], apart[:2])
            one = shifted(arrays.columns[0], left_lag)
            other = shifted(arrays.columns[5], right_lag)
            wanted = (one > other) & (shifted(one, 1) <= shifted(other, 1))
            np.testing.assert_array_equal(bits(both[0], count), wanted)


def shifted(values, bars):
    moved = np.full(len(values), np.nan)
    moved[bars:] = values[: max(0, len(values) - bars)]
    return moved


def test_comparisons_are_numpys():
    arrays = with_holes(crossings(2_000))
    one, other = arrays.columns[0], arrays.columns[5]
    program = [
        [code, code, 0, 0, 5, 0] for code in (schema.CODE_LT, schema.CODE_LE, schema.CODE_EQ)
    ]
    registers = evaluated(arrays, program)
    for code, wanted in enumerate((one < other, one <= other, one == other)):
        assert wanted.any()
        np.testing.assert_array_equal(bits(registers[code], 2_000), wanted)


def test_programs_evaluated_together_are_those_evaluated_alone():
    arrays = crossings(4_100)
    signals = new_trace(arrays, signals=True)
    side.trace(arrays, *new_results(arrays), signals)
    for run, plan in enumerate(arrays.plans):
        begin, end = plan[schema.PLAN_PROGRAM_BEGIN], plan[schema.PLAN_PROGRAM_END]
        alone = evaluated(arrays, arrays.program[begin:end])
        np.testing.assert_array_equal(signals.signals[run, :2], alone[:2])


def test_programs_that_look_back_stand_beside_those_that_do_not():
    arrays = crossings(4_100)
    plain = new_trace(arrays, signals=True)
    side.trace(arrays, *new_results(arrays), plain)
    program, plans = [], arrays.plans.copy()
    for run, plan in enumerate(plans):
        begin = len(program)
        program += arrays.program[plan[schema.PLAN_PROGRAM_BEGIN] :][:2].tolist()
        if run % 3 == 1:
            program.append([schema.CODE_LAG, 0, 0, 0, 70, 0])
        plan[[schema.PLAN_PROGRAM_BEGIN, schema.PLAN_PROGRAM_END]] = begin, len(program)
    mixed = replace(arrays, plans=plans, program=np.array(program, np.int64))
    found = new_trace(mixed, signals=True)
    side.trace(mixed, *new_results(mixed), found)
    for run in range(len(plans)):
        entered = bits(plain.signals[run, 0], 4_100)
        if run % 3 == 1:
            entered = np.concatenate([np.zeros(70, bool), entered[:-70]])
        np.testing.assert_array_equal(bits(found.signals[run, 0], 4_100), entered)
