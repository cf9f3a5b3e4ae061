import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forven.kernels.bars_arrays import words_of
from forven.kernels.bars_schema import CODE_MASK, REGISTERS_MAX, STEP_OUT
from forven.market.bars.synthetic import random_bars
from forven.strategies.bars.combining import all_of
from forven.strategies.bars.compilation import packed
from forven.strategies.bars.errors import InvalidBarStrategy
from forven.strategies.bars.evaluation import Evaluation
from forven.strategies.bars.expressions import Handed
from forven.strategies.bars.program import NO_SIGNAL, Linker
from forven.strategies.bars.writing import Market, sma
from tests.reference.bars.signals import Signals, Step
from tests.strategies.bars.formulas import random_condition

MARKET = Market()
BARS = random_bars(150, 3)


def signals_of_program(linker, linked, bars, masks=()):
    """Return what the oracle makes of a linked run."""
    evaluation = Evaluation(bars)
    columns = np.array([evaluation.column(column) for column in linker.columns])
    columns = columns.reshape(len(linker.columns), len(bars))
    words = np.array([packed(mask) for mask in masks], np.uint64).reshape(
        len(masks), words_of(len(bars))
    )
    begin, end, *registers = linked
    reader = Signals(columns, np.array(list(linker.constants)), words, len(bars))
    written = reader.evaluate([Step(*step) for step in linker.steps[begin:end]])
    return [None if one == NO_SIGNAL else np.array(written[one]) for one in registers]


@pytest.mark.parametrize("seed", range(60))
def test_a_program_decides_as_its_formulas_do(seed):
    random = np.random.default_rng(seed)
    linker = Linker()
    evaluation = Evaluation(BARS)
    for _ in range(2):
        conditions = tuple(random_condition(random, int(random.integers(0, 4))) for _ in range(4))
        found = signals_of_program(linker, linker.link(conditions), BARS)
        for condition, bits in zip(conditions, found, strict=True):
            assert_array_equal(bits, evaluation.condition(condition), err_msg=repr(condition))


def test_a_common_part_is_worked_out_once():
    linker = Linker()
    common = MARKET.close > sma(MARKET.close, 5)
    linker.link((common & (MARKET.volume > 1.0), common & (MARKET.volume > 2.0), None, common))
    outs = [step[STEP_OUT] for step in linker.steps]
    assert len(linker.steps) == 5
    assert len(set(outs)) == 4  # the first comparison of volume is free for the second


def test_the_same_rules_share_a_program_and_columns_are_shared_by_all():
    linker = Linker()
    one = (MARKET.close > MARKET.open, None, None, None)
    first, again = linker.link(one), linker.link(one)
    other = linker.link((MARKET.close < MARKET.open, None, None, None))
    assert first == again == (0, 1, 0, -1, -1, -1)
    assert other[:2] == (1, 2)
    assert len(linker.columns) == 2 and len(linker.steps) == 2


def test_lags_are_read_where_they_are_and_make_no_column():
    linker = Linker()
    linker.link((MARKET.close > MARKET.close.ago(3).ago(2), None, None, None))
    assert len(linker.columns) == 1
    assert linker.steps == [(0, 0, 0, 5, 0, 0)]


def test_a_signal_that_is_part_of_another_keeps_its_register():
    linker = Linker()
    part = MARKET.close > MARKET.open
    conditions = (part & (MARKET.high > 1.0), part, None, ~part)
    found = signals_of_program(linker, linker.link(conditions), BARS)
    assert_array_equal(found[1], ~found[3])
    assert_array_equal(found[0], found[1])


def test_the_same_condition_on_both_sides_frees_its_register_once():
    linker = Linker()
    part = MARKET.close > MARKET.open
    found = signals_of_program(
        linker,
        linker.link(((part & part) | ((part | part) & (MARKET.high > 1.0)), None, None, None)),
        BARS,
    )
    assert_array_equal(found[0], Evaluation(BARS).condition(part))


def test_masks_are_read_by_their_number():
    random = np.random.default_rng(1)
    masks = [random.random(150) > 0.5 for _ in range(2)]
    linker = Linker()
    linked = linker.link((Handed(1), Handed(0), None, None))
    assert [step[0] for step in linker.steps] == [CODE_MASK, CODE_MASK]
    found = signals_of_program(linker, linked, BARS, masks)
    assert_array_equal(found[0], masks[1])
    assert_array_equal(found[1], masks[0])


def test_more_registers_than_there_are_is_refused():
    parts = [MARKET.close > float(number) for number in range(2 * REGISTERS_MAX)]
    Linker().link((all_of(*parts), None, None, None))  # one after another needs two
    while len(parts) > 1:  # a tree whose leaves are all used again at the end
        parts = [a & b for a, b in zip(parts[::2], parts[1::2], strict=True)]
    leaves = [MARKET.close > float(number) for number in range(REGISTERS_MAX + 1)]
    wanted = all_of(*leaves) & all_of(*(leaf.ago(1) for leaf in leaves))
    with pytest.raises(InvalidBarStrategy, match="at most 64 registers"):
        Linker().link((wanted, None, None, None))
