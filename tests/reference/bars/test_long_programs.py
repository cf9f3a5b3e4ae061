"""Programs over more bars than any block or word of a kernel, against whole arrays of numpy."""

import numpy as np
import pytest

from forven.kernels import bars_schema as schema
from tests.reference.bars.kernel_run import Kernel

BARS = 150_001
SPANS = (1, 2, 63, 64, 65, 1_000, 4_096, 65_537, BARS)


def packed(bits: np.ndarray) -> np.ndarray:
    """Return words of many bits at once."""
    padded = np.zeros((BARS + 63) // 64 * 64, dtype=bool)
    padded[:BARS] = bits
    return np.packbits(padded, bitorder="little").view(np.uint64)


def evaluated(kernel: Kernel, columns: np.ndarray, mask: np.ndarray, steps: list) -> np.ndarray:
    """Return the words of register 1 after some instructions; register 0 is the mask at first."""
    program = np.array([[schema.CODE_MASK, 0, 0, 0, 0, 0], *steps], dtype=np.int64)
    registers = np.zeros((schema.REGISTERS_MAX, (BARS + 63) // 64), dtype=np.uint64)
    kernel.side.evaluate(columns, np.array([0.5]), packed(mask).reshape(1, -1), program, registers)
    return registers[1]


@pytest.fixture(scope="module")
def columns() -> np.ndarray:
    rows = np.random.default_rng(5).random((2, BARS)).round(2)
    rows[0, ::97] = np.nan
    return rows


def lagged(row: np.ndarray, bars: int, absent: float) -> np.ndarray:
    found = np.full(BARS, absent, dtype=row.dtype)
    if bars < BARS:
        found[bars:] = row[: BARS - bars]
    return found


@pytest.mark.parametrize("bars", SPANS)
@pytest.mark.parametrize("density", [0.001, 0.5, 0.99995])
def test_bits_are_moved_and_gathered_over_any_number_of_bars(kernel, columns, bars, density):
    mask = np.random.default_rng(bars).random(BARS) < density
    before = np.concatenate([[0], np.cumsum(mask)])
    ends = np.arange(1, BARS + 1)
    inside = before[ends] - before[np.maximum(ends - bars, 0)]
    wanted = {
        schema.CODE_LAG: lagged(mask, bars, False),
        schema.CODE_ALL: inside == bars,
        schema.CODE_ANY: inside > 0,
    }
    for code, bits in wanted.items():
        apart = evaluated(kernel, columns, mask, [[code, 1, 0, 0, bars, 0]])
        assert np.array_equal(apart, packed(bits)), code
        # the same in place, and read once more
        steps = [[code, 0, 0, 0, bars, 0], [schema.CODE_OR, 1, 0, 0, 0, 0]]
        assert np.array_equal(evaluated(kernel, columns, mask, steps), packed(bits)), code


@pytest.mark.parametrize(("left_lag", "right_lag"), [(0, 0), (1, 0), (64, 3), (5_000, 70_000)])
def test_columns_are_compared_over_any_number_of_bars(kernel, columns, left_lag, right_lag):
    left = lagged(columns[0], left_lag, np.nan)
    right = lagged(columns[1], right_lag, np.nan)
    above = left > right
    left_before, right_before = lagged(left, 1, np.nan), lagged(right, 1, np.nan)
    wanted = {
        schema.CODE_LT: left < right,
        schema.CODE_LE: left <= right,
        schema.CODE_EQ: left == right,
        schema.CODE_CROSS: above & (left_before <= right_before),
    }
    mask = np.zeros(BARS, dtype=bool)
    for code, bits in wanted.items():
        found = evaluated(kernel, columns, mask, [[code, 1, 0, left_lag, 1, right_lag]])
        assert np.array_equal(found, packed(bits)), code


def test_a_chain_of_instructions_is_right_over_any_number_of_bars(kernel, columns):
    """Each instruction needs bars far before its own, and the last one all of theirs."""
    mask = np.random.default_rng(9).random(BARS) < 0.3
    above = columns[1] > 0.5
    some = np.convolve(mask, np.ones(300, dtype=int))[:BARS] > 0
    wanted = lagged(~some | above, 7_000, False) & mask
    steps = [
        [schema.CODE_ANY, 2, 0, 0, 300, 0],
        [schema.CODE_NOT, 2, 2, 0, 0, 0],
        [schema.CODE_LT, 3, -1, 0, 1, 0],
        [schema.CODE_OR, 2, 2, 0, 3, 0],
        [schema.CODE_LAG, 2, 2, 0, 7_000, 0],
        [schema.CODE_AND, 1, 2, 0, 0, 0],
    ]
    assert np.array_equal(evaluated(kernel, columns, mask, steps), packed(wanted))
