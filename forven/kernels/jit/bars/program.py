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
    STEP_CODE,
    STEP_LEFT,
    STEP_LEFT_LAG,
    STEP_OUT,
    STEP_RIGHT,
    STEP_RIGHT_LAG,
)
from forven.kernels.jit.bars.scratch import inlined
from forven.kernels.jit.bars.words import compare_words
from forven.kernels.jit.steps import step

BLOCK_WORDS = 16
"""1,024 bars of two columns lie in the first cache while every instruction passes over them."""

_NONE = np.uint64(0)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@step
def evaluate_program(source, program, first, last, bars, registers):
    """Evaluate the instructions [first, last) over all bars.

    source      (columns, constants, masks): constants[c, 64] hold each value 64 times
    registers   (R, W); each must be written before it is read
    """
    words = registers.shape[1]
    block = BLOCK_WORDS
    for at in range(first, last):
        code = program[at, STEP_CODE]
        if code == CODE_LAG or code == CODE_ALL or code == CODE_ANY:
            block = words
    for begin in range(0, words, block):
        end = min(begin + block, words)
        for at in range(first, last):
            _evaluate_step(source, program[at], bars, begin, end, registers)


@step
def _evaluate_step(source, instruction, bars, first, last, registers):
    """Evaluate an instruction over the words [first, last)."""
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
