"""Programs: instructions on rows of bits, evaluated into registers."""

import numpy as np

from forven.kernels.bars_schema import (
    CODE_ALL,
    CODE_AND,
    CODE_ANY,
    CODE_CROSS,
    CODE_LAG,
    CODE_MASK,
    CODE_NOT,
    CODE_OR,
    PLAN_PROGRAM_BEGIN,
    PLAN_PROGRAM_END,
    STEP_CODE,
    STEP_LEFT,
    STEP_LEFT_LAG,
    STEP_OUT,
    STEP_RIGHT,
    STEP_RIGHT_LAG,
)
from forven.kernels.jit.bars.scratch import inlined
from forven.kernels.jit.bars.words import compare_words, cross_words
from forven.kernels.jit.steps import part, step

_BLOCK_WORDS_MAX = 16
_BLOCK_WORDS_MIN = 4
_BLOCKED_COLUMN_WORDS = 512
"""Words of all columns that a block has: 256 KB, which lie in the second cache."""

_NONE = np.uint64(0)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@part
def evaluate_programs(source, program, plans, bars, registers, spanning):
    """Evaluate the programs of plans, one that differs from the plan's before a slot each.

    source      (columns, constants, masks): constants[c, 64] hold each value 64 times
    registers   (slots, R + 1, W); each must be written before it is read
    spanning    (slots,) scratch: whether a slot's program looks at words before its own

    All programs pass over a block of bars before the next block: a column that many of them compare
    is read from memory once. Where instructions look back over words, each passes over all bars.
    """
    words = registers.shape[2]
    block = _BLOCKED_COLUMN_WORDS // max(1, len(source[0]))
    block = max(_BLOCK_WORDS_MIN, min(_BLOCK_WORDS_MAX, block))
    slot = -1
    for run in range(len(plans)):
        if has_own_program(plans, run):
            slot += 1
            spanning[slot] = _looks_back(program, plans[run])
    # First what passes over all bars, then the others block by block.
    begin = -block
    while begin < words:
        is_whole = 1 if begin < 0 else 0
        end = words if begin < 0 else min(begin + block, words)
        span = (bars, max(begin, 0), end)
        slot = -1
        for run in range(len(plans)):
            if has_own_program(plans, run):
                slot += 1
                if spanning[slot] == is_whole:
                    _pass_over(source, program, plans[run], span, registers[slot])
        begin += block


@inlined
def has_own_program(plans, run):
    """Return whether a plan's program is another than that of the plan before it."""
    if run == 0:
        return True
    is_same = plans[run, PLAN_PROGRAM_BEGIN] == plans[run - 1, PLAN_PROGRAM_BEGIN]
    return not is_same or plans[run, PLAN_PROGRAM_END] != plans[run - 1, PLAN_PROGRAM_END]


@inlined
def _looks_back(program, plan):
    """Return 1 if a program has an instruction that looks at words before its own."""
    for at in range(plan[PLAN_PROGRAM_BEGIN], plan[PLAN_PROGRAM_END]):
        code = program[at, STEP_CODE]
        if code == CODE_LAG or code == CODE_ALL or code == CODE_ANY:
            return 1
    return 0


@part
def _pass_over(source, program, plan, span, registers):
    """Evaluate a plan's program over words; span: (bars, first word, the one after the last)."""
    at = plan[PLAN_PROGRAM_BEGIN]
    end = plan[PLAN_PROGRAM_END]
    while at < end:
        if at + 1 < end and _are_opposite(program, at):
            _evaluate_crossings(source, program[at], program[at + 1], span, registers)
            at += 2
        else:
            _evaluate_step(source, program[at], span, registers)
            at += 1


@inlined
def _are_opposite(program, at):
    """Return whether two instructions are the crossings of one pair, above and below."""
    is_pair = program[at, STEP_CODE] == CODE_CROSS and program[at + 1, STEP_CODE] == CODE_CROSS
    is_pair = is_pair and program[at, STEP_LEFT] == program[at + 1, STEP_RIGHT]
    is_pair = is_pair and program[at, STEP_RIGHT] == program[at + 1, STEP_LEFT]
    is_pair = is_pair and program[at, STEP_LEFT_LAG] == program[at + 1, STEP_RIGHT_LAG]
    is_pair = is_pair and program[at, STEP_RIGHT_LAG] == program[at + 1, STEP_LEFT_LAG]
    return is_pair and program[at, STEP_OUT] != program[at + 1, STEP_OUT]


@part
def _evaluate_crossings(source, instruction, opposite, span, registers):
    """Evaluate two opposite crossings over words."""
    bars, first, last = span
    columns, constants, _ = source
    left = instruction[STEP_LEFT]
    right = instruction[STEP_RIGHT]
    one = columns[left] if left >= 0 else constants[-1 - left]
    other = columns[right] if right >= 0 else constants[-1 - right]
    before = (one, instruction[STEP_LEFT_LAG], 1 if left >= 0 else 0)
    after = (other, instruction[STEP_RIGHT_LAG], 1 if right >= 0 else 0)
    outs = (registers[instruction[STEP_OUT]], registers[opposite[STEP_OUT]])
    cross_words(before, after, bars, first, last, outs)


@part
def _evaluate_step(source, instruction, span, registers):
    """Evaluate an instruction over words."""
    bars, first, last = span
    code = instruction[STEP_CODE]
    left = instruction[STEP_LEFT]
    right = instruction[STEP_RIGHT]
    out = registers[instruction[STEP_OUT]]
    if code <= CODE_CROSS:
        columns, constants, _ = source
        one = columns[left] if left >= 0 else constants[-1 - left]
        other = columns[right] if right >= 0 else constants[-1 - right]
        before = (one, instruction[STEP_LEFT_LAG], 1 if left >= 0 else 0)
        after = (other, instruction[STEP_RIGHT_LAG], 1 if right >= 0 else 0)
        compare_words(code, before, after, bars, first, last, out)
    elif code == CODE_MASK:
        row = source[2][left]
        for word in range(first, last):
            out[word] = row[word]
        _clear_beyond(out, bars, last)
    elif code == CODE_AND:
        row, another = registers[left], registers[right]
        for word in range(first, last):
            out[word] = row[word] & another[word]
    elif code == CODE_OR:
        row, another = registers[left], registers[right]
        for word in range(first, last):
            out[word] = row[word] | another[word]
    elif code == CODE_NOT:
        row = registers[left]
        for word in range(first, last):
            out[word] = ~row[word]
        _clear_beyond(out, bars, last)
    elif code == CODE_LAG:
        row = registers[left]
        for word in range(last - 1, first - 1, -1):
            out[word] = _lagged(row, word, right)
        _clear_beyond(out, bars, last)
    else:
        _gather(code, registers[left], right, out)
        _clear_beyond(out, bars, last)


@inlined
def _clear_beyond(out, bars, last):
    """Clear the bits of bars that are not there."""
    if last * 64 > bars:
        out[last - 1] &= _ALL >> np.uint64(last * 64 - bars)


@inlined
def _lagged(row, word, bars):
    """Return a word of a row as it was some bars before; none is set before the first bar."""
    back = word - (bars >> 6)
    shift = np.uint64(bars & 63)
    if back < 0:
        return _NONE
    lagged = row[back] << shift
    if shift != _NONE and back > 0:
        lagged |= row[back - 1] >> (np.uint64(64) - shift)
    return lagged


@step
def _gather(code, row, bars, out):
    """Write whether all, or any, of the last so many bars are set: twice as many a pass."""
    words = out.size
    for word in range(words):
        out[word] = row[word]
    gathered = 1
    while gathered < bars:
        lag = min(gathered, bars - gathered)
        for word in range(words - 1, -1, -1):
            if code == CODE_ALL:
                out[word] &= _lagged(out, word, lag)
            else:
                out[word] |= _lagged(out, word, lag)
        gathered += lag
        if lag >= words * 64:
            break
