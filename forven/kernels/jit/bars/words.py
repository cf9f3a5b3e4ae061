"""Bits of bars in words of 64: comparing columns into them, and finding the next one that is set.

Indices are unsigned, as numba would otherwise ask of each whether it counts from the end.
"""

import numpy as np
from numba.cpython.unsafe.numbers import trailing_zeros

from forven.kernels.bars_schema import CODE_CROSS, CODE_EQ, CODE_LE, CODE_LT
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

    Equal is up to and not below; crossing above is above, and up to it a bar before.
    """
    left_row, left_lag, left_pace = left
    right_row, right_lag, right_pace = right
    least = max(left_lag, right_lag) + (1 if code == CODE_CROSS else 0)
    back = 1 if code == CODE_CROSS else 0
    lower = right_row if code == CODE_CROSS else left_row
    upper = left_row if code == CODE_CROSS else right_row
    for word in range(first, last):
        begin = word * 64
        if begin < least or begin + 64 > bars:
            out[word] = edge_word(code, left, right, bars, begin)
            continue
        left_at = begin * left_pace - left_lag
        right_at = begin * right_pace - right_lag
        below = _ALL
        if code != CODE_LE:
            lower_at = right_at if code == CODE_CROSS else left_at
            upper_at = left_at if code == CODE_CROSS else right_at
            below = below_word(lower, lower_at, upper, upper_at)
            below = ~below if code == CODE_EQ else below
        if code != CODE_LT:
            left_at -= back * left_pace
            right_at -= back * right_pace
            below &= upto_word(left_row, left_at, right_row, right_at)
        out[word] = below


@step
def cross_words(left, right, bars, first, last, outs):
    """Write words [first, last) of two crossings at once: above in `outs[0]`, below in `outs[1]`.

    Each pair of values is loaded and compared once: what was before is the word moved by a bar.
    """
    left_row, left_lag, left_pace = left
    right_row, right_lag, right_pace = right
    above_out, below_out = outs
    least = max(left_lag, right_lag) + 1
    is_known = False
    upto_carry = from_carry = _NONE
    for word in range(first, last):
        begin = word * 64
        left_at = begin * left_pace - left_lag
        right_at = begin * right_pace - right_lag
        if begin < least or begin + 64 > bars:
            above_out[word] = edge_word(CODE_CROSS, left, right, bars, begin)
            below_out[word] = edge_word(CODE_CROSS, right, left, bars, begin)
            is_known = False
            continue
        if not is_known:
            one = left_row[np.uint64(left_at - left_pace)]
            other = right_row[np.uint64(right_at - right_pace)]
            upto_carry = np.uint64(one <= other)
            from_carry = np.uint64(one >= other)
            is_known = True
        above, below, equal = _order_words(left_row, left_at, right_row, right_at)
        upto = below | equal
        above_out[word] = above & ((upto << np.uint64(1)) | upto_carry)
        upto_carry = upto >> np.uint64(63)
        upto = above | equal
        below_out[word] = below & ((upto << np.uint64(1)) | from_carry)
        from_carry = upto >> np.uint64(63)


@inlined
def _order_words(left, left_at, right, right_at):
    """Return words of `left > right`, `left < right` and `left == right` from two places on."""
    left_from = np.uint64(left_at)
    right_from = np.uint64(right_at)
    above = below = equal = _NONE
    for bit in range(np.uint64(64)):
        one = left[left_from + bit]
        other = right[right_from + bit]
        above |= np.uint64(one > other) << bit
        below |= np.uint64(one < other) << bit
        equal |= np.uint64(one == other) << bit
    return above, below, equal


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
