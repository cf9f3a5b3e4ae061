"""Bits of bars in words of 64: comparing columns into them, and finding the next one that is set.

Indices are unsigned, as numba would otherwise ask of each whether it counts from the end.
"""

import numpy as np
from numba.cpython.unsafe.numbers import trailing_zeros

from forven.kernels.bars_schema import CODE_CROSS, CODE_LE, CODE_LT
from forven.kernels.jit.bars.scratch import inlined
from forven.kernels.jit.steps import step

_NONE = np.uint64(0)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@inlined
def below_word(left, left_at, right, right_at):
    """Return a word of `left < right` from two places on."""
    left_from = np.uint64(left_at)
    right_from = np.uint64(right_at)
    word = _NONE
    for bit in range(np.uint64(64)):
        word |= np.uint64(left[left_from + bit] < right[right_from + bit]) << bit
    return word


@inlined
def upto_word(left, left_at, right, right_at):
    """Return a word of `left <= right` from two places on."""
    left_from = np.uint64(left_at)
    right_from = np.uint64(right_at)
    word = _NONE
    for bit in range(np.uint64(64)):
        word |= np.uint64(left[left_from + bit] <= right[right_from + bit]) << bit
    return word


@inlined
def equal_word(left, left_at, right, right_at):
    """Return a word of `left == right` from two places on."""
    left_from = np.uint64(left_at)
    right_from = np.uint64(right_at)
    word = _NONE
    for bit in range(np.uint64(64)):
        word |= np.uint64(left[left_from + bit] == right[right_from + bit]) << bit
    return word


@step
def edge_word(code, left, right, bars, begin):
    """Return a word of a comparison, bar by bar: where bars are missing before or after."""
    left_row, left_lag, left_pace = left
    right_row, right_lag, right_pace = right
    first = max(left_lag, right_lag) + (1 if code == CODE_CROSS else 0)
    word = _NONE
    for bar in range(max(begin, first), min(begin + 64, bars)):
        one = left_row[bar * left_pace - left_lag]
        other = right_row[bar * right_pace - right_lag]
        if code == CODE_LT:
            holds = one < other
        elif code == CODE_LE:
            holds = one <= other
        elif code == CODE_CROSS:
            former = left_row[(bar - 1) * left_pace - left_lag]
            holds = one > other and former <= right_row[(bar - 1) * right_pace - right_lag]
        else:
            holds = one == other
        if holds:
            word |= np.uint64(1) << np.uint64(bar - begin)
    return word


@step
def compare_words(code, left, right, bars, first, last, out):
    """Write words [first, last) of a comparison.

    left, right   (row, lag, pace): a column at pace 1, a constant 64 times over at pace 0
    """
    left_row, left_lag, left_pace = left
    right_row, right_lag, right_pace = right
    least = max(left_lag, right_lag) + (1 if code == CODE_CROSS else 0)
    for word in range(first, last):
        begin = word * 64
        left_at = begin * left_pace - left_lag
        right_at = begin * right_pace - right_lag
        if begin < least or begin + 64 > bars:
            out[word] = edge_word(code, left, right, bars, begin)
        elif code == CODE_LT:
            out[word] = below_word(left_row, left_at, right_row, right_at)
        elif code == CODE_LE:
            out[word] = upto_word(left_row, left_at, right_row, right_at)
        elif code == CODE_CROSS:
            above = below_word(right_row, right_at, left_row, left_at)
            former = upto_word(left_row, left_at - left_pace, right_row, right_at - right_pace)
            out[word] = above & former
        else:
            out[word] = equal_word(left_row, left_at, right_row, right_at)


@inlined
def next_set(row, first, last):
    """Return the first bar of [first, last) whose bit is set, or `last`."""
    if first >= last:
        return last
    at = first >> 6
    word = row[np.uint64(at)] & (_ALL << np.uint64(first & 63))
    while word == _NONE:
        at += 1
        if at << 6 >= last:
            return last
        word = row[np.uint64(at)]
    return min((at << 6) + np.int64(trailing_zeros(word)), last)


@inlined
def next_entry(enter, exits, first, last):
    """Return the first bar of [first, last) that says enter and not exit, or `last`."""
    if first >= last:
        return last
    at = first >> 6
    word = enter[np.uint64(at)] & ~exits[np.uint64(at)] & (_ALL << np.uint64(first & 63))
    while word == _NONE:
        at += 1
        if at << 6 >= last:
            return last
        word = enter[np.uint64(at)] & ~exits[np.uint64(at)]
    return min((at << 6) + np.int64(trailing_zeros(word)), last)
