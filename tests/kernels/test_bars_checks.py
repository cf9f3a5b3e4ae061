"""The door of the bar kernel refuses what its loops could not bear, naming it."""

from dataclasses import replace

import numpy as np
import pytest

from forven.kernels import bars_schema as schema
from forven.kernels.bars_arrays import new_results, new_trace
from forven.kernels.bars_checks import check_arrays, check_program, check_results, check_trace
from forven.primitives.errors import InvalidInput
from tests.kernels.crossings import crossings


def changed(name, at, value):
    """Return arrays of which one cell is changed."""
    arrays = crossings(300)
    array = getattr(arrays, name).copy()
    array[at] = value
    return replace(arrays, **{name: array})


def plan_field(name):
    return (slice(None), getattr(schema, f"PLAN_{name}"))


BAD_CELLS = [
    ("bars", (schema.BAR_LOW, 7), 0, "a low of 1 quantum or more, found 0 in row 7"),
    ("bars", (schema.BAR_HIGH, 7), schema.PRICE_MAX + 1, "a high up to 500000000000"),
    ("bars", (schema.BAR_OPEN, 7), 10**9, "an open from low to high"),
    ("bars", (schema.BAR_CLOSE, 7), 1, "a close from low to high"),
    ("bars", (schema.BAR_ATR_FIRST, 7), schema.PRICE_MAX + 1, "an ATR up to"),
    ("funding", (0, 9), np.nan, "sums of rates within"),
    ("funding", (0, 9), np.inf, "sums of rates within"),
    ("funding", (1, 9), 7.5, "counts of missing rates that rise by 0 or 1"),
    ("segments", (0, 0), -1, "a begin of 0 or more, found -1 in row 0"),
    ("segments", (1, 1), 301, "an end up to 300, found 301 in row 1"),
    ("segments", (0, 1), 0, "an end after its begin"),
    ("program", (3, schema.STEP_CODE), 11, "a code from 0 to 10, found 11 in row 3"),
    ("program", (3, schema.STEP_OUT), -1, "a register from 0 to 63"),
    ("program", (3, schema.STEP_OUT), 64, "a register from 0 to 63"),
    ("program", (3, schema.STEP_LEFT), 9, "an operand from 0 to 8, found 9 in row 3"),
    ("program", (3, schema.STEP_RIGHT), -1, "an operand from 0 to 8, found -1"),
    ("program", (3, schema.STEP_LEFT_LAG), -1, "a lag from 0"),
    ("program", (3, schema.STEP_CODE), schema.CODE_NOT, "a register written before it is read"),
    ("program", (3, schema.STEP_CODE), schema.CODE_MASK, "a mask from 0 to -1"),
    ("plans", plan_field("MODE"), 0, "MODE from 1 to 3, found 0 in row 0"),
    ("plans", plan_field("SIZING"), 5, "SIZING from 0 to 4"),
    ("plans", plan_field("LEVERAGE_PPM"), 0, "LEVERAGE_PPM from 1"),
    ("plans", plan_field("LEVERAGE_PPM"), 125_000_001, "LEVERAGE_PPM from 1 to 125000000"),
    ("plans", plan_field("TARGET_PPM"), 10_000_001, "TARGET_PPM from 0 to 10000000"),
    ("plans", plan_field("STOP_PPM"), -1, "STOP_PPM from 0"),
    ("plans", plan_field("CAPITAL_MICROS"), 0, "CAPITAL_MICROS from 1"),
    ("plans", plan_field("KELLY_LOOKBACK"), 1_001, "KELLY_LOOKBACK from 1 to 1000"),
    ("plans", plan_field("PROGRAM_BEGIN"), -1, "PROGRAM_BEGIN of 0 or more"),
    ("plans", plan_field("PROGRAM_END"), 41, "PROGRAM_END from PROGRAM_BEGIN to 40"),
    ("plans", plan_field("ENTER_LONG"), 2, "ENTER_LONG a register that its program writes"),
    ("plans", plan_field("EXIT_SHORT"), -2, "EXIT_SHORT a register that its program writes"),
    ("plans", plan_field("ENTER_SHORT"), 64, "ENTER_SHORT a register that its program writes"),
]


def test_good_arrays_pass():
    check_arrays(crossings(300))


@pytest.mark.parametrize(("name", "at", "value", "words"), BAD_CELLS)
def test_a_bad_cell_is_refused_by_name(name, at, value, words):
    with pytest.raises(InvalidInput, match=f"{name}: expected {words}"):
        check_arrays(changed(name, at, value))


@pytest.mark.parametrize("sizing", [schema.SIZING_ATR, schema.SIZING_FRACTION])
def test_a_size_by_risk_needs_a_stop(sizing):
    arrays = crossings(300, SIZING=sizing, FALLBACK_STOP_PPM=0)
    with pytest.raises(InvalidInput, match="FALLBACK_STOP_PPM of 1 or more without a STOP_PPM"):
        check_arrays(arrays)
    check_arrays(crossings(300, SIZING=sizing, FALLBACK_STOP_PPM=0, STOP_PPM=1))


def test_atr_sizing_needs_its_row():
    with pytest.raises(InvalidInput, match="ATR_ROW from 4 to 4, found -1 in row 0"):
        check_arrays(crossings(300, SIZING=schema.SIZING_ATR, ATR_ROW=-1))
    check_arrays(crossings(300, ATR_ROW=-1))


@pytest.mark.parametrize(
    "name", ["bars", "funding", "columns", "constants", "masks", "program", "plans", "segments"]
)
def test_arrays_of_another_kind_are_refused(name):
    arrays = crossings(300)
    array = getattr(arrays, name)
    with pytest.raises(InvalidInput, match=f"{name}: expected an array, found list"):
        check_arrays(replace(arrays, **{name: array.tolist()}))
    with pytest.raises(InvalidInput, match=f"{name}: expected .*, found float32"):
        check_arrays(replace(arrays, **{name: array.astype(np.float32)}))
    with pytest.raises(InvalidInput, match=f"{name}: expected shape"):
        check_arrays(replace(arrays, **{name: array[None]}))


@pytest.mark.parametrize("name", ["bars", "columns", "program", "plans"])
def test_arrays_out_of_order_in_memory_are_refused(name):
    arrays = crossings(300)
    turned = np.asfortranarray(getattr(arrays, name))
    with pytest.raises(InvalidInput, match=f"{name}: expected aligned C-contiguous memory"):
        check_arrays(replace(arrays, **{name: turned}))


def test_results_must_fit_and_be_writable():
    arrays = crossings(300)
    counts, sums = new_results(arrays)
    check_results(arrays, counts, sums)
    with pytest.raises(InvalidInput, match=r"counts: expected shape \(20, 2, 22\)"):
        check_results(arrays, counts[1:], sums)
    sums.flags.writeable = False
    with pytest.raises(InvalidInput, match="sums: expected an array that can be written"):
        check_results(arrays, counts, sums)


def test_a_trace_must_fit():
    arrays = crossings(300)
    check_trace(arrays, new_trace(arrays))
    check_trace(arrays, new_trace(arrays, 5, values=True, signals=True))
    written = new_trace(arrays, 5, values=True)
    for name, array in (
        ("trade_values", written.trade_values[1:]),
        ("values", written.values[:, :, 1:]),
        ("signals", np.zeros((1, 4, arrays.words), np.uint64)),
    ):
        with pytest.raises(InvalidInput, match=f"{name}: expected shape"):
            check_trace(arrays, replace(written, **{name: array}))


def test_a_program_alone_is_checked():
    arrays = crossings(300)
    program = arrays.program[:2].copy()
    registers = np.zeros((2, arrays.words), np.uint64)
    check_program(arrays.columns, arrays.constants, arrays.masks, program, registers)
    with pytest.raises(InvalidInput, match="registers: expected 2 rows or more, found 1"):
        check_program(arrays.columns, arrays.constants, arrays.masks, program, registers[:1])
    program[0] = schema.CODE_AND, 0, 0, 0, 1, 0
    with pytest.raises(InvalidInput, match="written before it is read, found 0 in row 0"):
        check_program(arrays.columns, arrays.constants, arrays.masks, program, registers)
