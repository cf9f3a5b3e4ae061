"""Section 2 of docs/BARS.md: each instruction, bit by bit."""

import math

import numpy as np
import pytest

from forven.kernels import bars_schema as schema
from tests.reference.bars.kernel_run import Kernel
from tests.reference.bars.runners import KERNELS, NAMES, runner_named
from tests.reference.bars.signals import Signals, packed, steps_of, unpacked

NAN = math.nan
LT, LE, EQ, CROSS = schema.CODE_LT, schema.CODE_LE, schema.CODE_EQ, schema.CODE_CROSS
AND, OR, NOT, LAG = schema.CODE_AND, schema.CODE_OR, schema.CODE_NOT, schema.CODE_LAG
ALL, ANY, MASK = schema.CODE_ALL, schema.CODE_ANY, schema.CODE_MASK


class Reading:
    """Columns, constants and masks by hand, and what evaluates programs over them."""

    def __init__(self, kernel: Kernel | None) -> None:
        self.kernel = kernel

    def last(self, steps: list[tuple[int, ...]], columns=(), constants=(), masks=()) -> str:
        """Return the last instruction's register as text, "1" where a bit is set."""
        count = len([*columns, *masks][0])
        words = np.array([packed([bit == "1" for bit in mask]) for mask in masks], dtype=np.uint64)
        arrays = (
            np.array(columns, dtype=np.float64).reshape(len(columns), count),
            np.array(constants, dtype=np.float64),
            words.reshape(len(masks), (count + 63) // 64),
        )
        program = np.array([(*step, 0, 0, 0, 0)[:6] for step in steps], dtype=np.int64)
        return "".join("01"[bit] for bit in self.bits(arrays, program, count))

    def bits(self, arrays, program: np.ndarray, count: int) -> list[bool]:
        out = int(program[-1, schema.STEP_OUT])
        if self.kernel is None:
            return Signals(*arrays, count).evaluate(steps_of(program))[out]
        registers = np.zeros((schema.REGISTERS_MAX, (count + 63) // 64), dtype=np.uint64)
        self.kernel.side.evaluate(*arrays, program, registers)
        words = registers[out].tolist()
        assert packed(unpacked(words, count)) == words, "bits beyond the last bar"
        return unpacked(words, count)


@pytest.fixture(params=["oracle", *NAMES])
def reading(request: pytest.FixtureRequest) -> Reading:
    runner_named(request.param)
    return Reading(KERNELS.get(request.param))


LEFT = [1.0, 2.0, 3.0, NAN, 5.0, NAN]
RIGHT = [2.0, 2.0, 2.0, 2.0, NAN, NAN]


@pytest.mark.parametrize(
    ("code", "found"), [(LT, "100000"), (LE, "110000"), (EQ, "010000"), (CROSS, "001000")]
)
def test_columns_are_compared_and_nan_never_is(reading, code, found):
    assert reading.last([(code, 0, 0, 0, 1, 0)], [LEFT, RIGHT]) == found


@pytest.mark.parametrize(("code", "found"), [(LT, "100000"), (LE, "110000"), (EQ, "010000")])
def test_a_constant_is_the_same_at_each_bar(reading, code, found):
    assert reading.last([(code, 0, 0, 0, -2, 0)], [LEFT], [9.0, 2.0]) == found


def test_a_constant_may_stand_on_the_left(reading):
    assert reading.last([(LT, 0, -1, 0, 0, 0)], [LEFT], [2.0]) == "001010"
    assert reading.last([(LE, 0, -1, 0, -2, 0)], [LEFT], [2.0, 2.0]) == "111111"
    assert reading.last([(EQ, 0, -1, 0, -2, 0)], [LEFT], [NAN, NAN]) == "000000"


def test_zeros_are_equal_whatever_their_sign_and_infinities_are_numbers(reading):
    inf = math.inf
    assert reading.last([(EQ, 0, 0, 0, 1, 0)], [[0.0, inf, -inf], [-0.0, inf, inf]]) == "110"
    assert reading.last([(LT, 0, 0, 0, 1, 0)], [[0.0, inf, -inf], [-0.0, inf, inf]]) == "001"


def test_each_operand_has_its_lag_and_nothing_lies_before_the_first_bar(reading):
    rising = [1.0, 2.0, 3.0, 4.0]
    assert reading.last([(LT, 0, 0, 1, 0, 0)], [rising]) == "0111"
    assert reading.last([(LE, 0, 0, 2, 0, 0)], [rising]) == "0011"
    assert reading.last([(LE, 0, 0, 0, 0, 3)], [rising]) == "0000"
    assert reading.last([(LT, 0, 0, 4, -1, 0)], [rising], [9.0]) == "0000"
    assert reading.last([(LT, 0, 0, 3, -1, 0)], [rising], [9.0]) == "0001"


def test_a_cross_needs_the_bar_before(reading):
    low, high = [1.0, 3.0, 1.0, 3.0], [2.0, 2.0, 2.0, 2.0]
    assert reading.last([(CROSS, 0, 0, 0, 1, 0)], [low, high]) == "0101"
    assert reading.last([(CROSS, 0, 1, 0, 0, 0)], [low, high]) == "0010"
    assert reading.last([(CROSS, 0, 0, 1, 1, 0)], [low, high]) == "0010"
    assert reading.last([(CROSS, 0, 0, 1, 1, 1)], [low, high]) == "0010"
    assert reading.last([(CROSS, 0, 0, 0, 1, 3)], [low, high]) == "0000"


def test_a_cross_starts_from_equal_and_not_at_equal(reading):
    assert reading.last([(CROSS, 0, 0, 0, -1, 0)], [[1.0, 2.0, 3.0, 2.0, 3.0]], [2.0]) == "00101"


def test_a_cross_of_nan_at_either_bar_is_none(reading):
    assert reading.last([(CROSS, 0, 0, 0, -1, 0)], [[NAN, 3.0, 1.0, NAN, 3.0]], [2.0]) == "00000"


def test_bits_are_joined(reading):
    masks = ["0011", "0101"]
    both = [(MASK, 0, 0), (MASK, 1, 1)]
    assert reading.last([*both, (AND, 2, 0, 0, 1, 0)], masks=masks) == "0001"
    assert reading.last([*both, (OR, 2, 0, 0, 1, 0)], masks=masks) == "0111"
    assert reading.last([*both, (NOT, 2, 0)], masks=masks) == "1100"


def test_not_inverts_what_was_undefined(reading):
    steps = [(LT, 0, 0, 0, -1, 0), (NOT, 1, 0)]
    assert reading.last(steps, [[NAN, 1.0, 3.0]], [2.0]) == "101"


@pytest.mark.parametrize(
    ("bars", "found"), [(0, "10110"), (1, "01011"), (3, "00010"), (4, "00001"), (9, "00000")]
)
def test_a_lag_moves_bits(reading, bars, found):
    assert reading.last([(MASK, 0, 0), (LAG, 1, 0, 0, bars, 0)], masks=["10110"]) == found


@pytest.mark.parametrize(
    ("bars", "every", "some"),
    [(1, "110111", "110111"), (2, "010011", "111111"), (3, "000001", "111111")],
)
def test_all_and_any_look_back_from_the_bar_itself(reading, bars, every, some):
    steps = [(MASK, 0, 0), (ALL, 1, 0, 0, bars, 0)]
    assert reading.last(steps, masks=["110111"]) == every
    steps = [(MASK, 0, 0), (ANY, 1, 0, 0, bars, 0)]
    assert reading.last(steps, masks=["110111"]) == some


def test_all_of_more_bars_than_there_are_is_never(reading):
    assert reading.last([(MASK, 0, 0), (ALL, 1, 0, 0, 4, 0)], masks=["111"]) == "000"
    assert reading.last([(MASK, 0, 0), (ANY, 1, 0, 0, 99, 0)], masks=["010"]) == "011"


@pytest.mark.parametrize("code", [LAG, ALL, ANY])
@pytest.mark.parametrize("bars", [1, 3, 63, 64, 65, 127, 128, 129, 200])
def test_an_instruction_may_write_the_register_it_reads(reading, code, bars):
    mask = "".join("1" if bar % 7 < 5 or 40 < bar < 260 else "0" for bar in range(300))
    apart = reading.last([(MASK, 0, 0), (code, 1, 0, 0, bars, 0)], masks=[mask])
    assert reading.last([(MASK, 0, 0), (code, 0, 0, 0, bars, 0)], masks=[mask]) == apart
    assert "1" in apart


@pytest.mark.parametrize("count", [1, 63, 64, 65, 127, 128, 129])
def test_bits_beyond_the_last_bar_are_nothing(reading, count):
    """`last` asserts it of every register it reads."""
    assert reading.last([(MASK, 0, 0), (NOT, 1, 0)], masks=["0" * count]) == "1" * count
    ones = [[1.0] * count]
    assert reading.last([(LE, 0, 0, 0, 0, 0)], ones) == "1" * count
    assert reading.last([(MASK, 0, 0), (ANY, 1, 0, 0, 2, 0)], masks=["1" * count]) == "1" * count
    lagged = [(MASK, 0, 0), (LAG, 1, 0, 0, 1, 0)]
    assert reading.last(lagged, masks=["1" * count]) == "0" + "1" * (count - 1)


def test_a_mask_loses_what_it_holds_beyond_the_last_bar(reading):
    """`bits` asserts that nothing is left there."""
    everything = np.full((1, 2), 2**64 - 1, dtype=np.uint64)
    arrays = np.zeros((0, 70)), np.zeros(0), everything
    program = np.array([[MASK, 0, 0, 0, 0, 0]])
    assert reading.bits(arrays, program, 70) == [True] * 70
    program = np.array([[MASK, 0, 0, 0, 0, 0], [LAG, 0, 0, 0, 1, 0], [NOT, 0, 0, 0, 0, 0]])
    assert reading.bits(arrays, program, 70) == [True] + [False] * 69


def test_a_bit_is_in_its_word():
    assert packed([bar in (0, 64, 70) for bar in range(71)]) == [1, 1 | 1 << 6]
