import math
from statistics import NormalDist

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forven.kernels.jit import synthetic as kernels
from forven.kernels.schema import MISSING

STRIKES = np.array([490_000.0, 500_000.0, 510_000.0])
FAR = 10_000


def quoted(frames, *, glitches=(), windows=None, refresh=0.0, deviation=0.01, spot=500_300.0):
    """Return the rows of `frames` frames of a chain of three strikes under a flat smile."""
    surface = np.zeros((frames, kernels.SURFACE_WIDTH))
    surface[:, kernels.SURFACE_FORWARD] = spot
    surface[:, kernels.SURFACE_DEVIATION] = deviation
    surface[:, kernels.SURFACE_WIDENING] = 1.0
    rows = np.zeros((6 * frames, kernels.ROW_WIDTH), np.int32)
    if windows is None:
        windows = np.tile(np.array([0, FAR], np.int64), (6, 1))
    used = kernels.quote_chain(
        surface,
        STRIKES,
        windows,
        np.full((frames, 6), 0xFF808080, np.uint32),
        np.array(glitches, np.int64).reshape(-1, 3),
        np.array([1.5, 0.007, 600.0, 4_000.0, refresh]),
        np.empty(3),
        np.zeros((6, kernels.STATE_WIDTH), np.int32),
        rows,
    )
    return rows[:used]


def black(forward, strike, deviation, sign):
    d1 = math.log(forward / strike) / deviation + deviation / 2
    cdf = NormalDist().cdf
    return sign * (forward * cdf(sign * d1) - strike * cdf(sign * (d1 - deviation)))


def test_mean_reverting_is_the_first_order_recursion_and_can_be_cut():
    shocks = np.linspace(-1.0, 1.0, 50)
    whole, first, second = np.empty(50), np.empty(20), np.empty(30)
    last = kernels.mean_reverting(shocks, 0.9, 2.0, whole)
    level, expected = 2.0, []
    for shock in shocks:
        level = 0.9 * level + shock
        expected.append(level)
    assert_array_equal(whole, expected)
    middle = kernels.mean_reverting(shocks[:20], 0.9, 2.0, first)
    assert kernels.mean_reverting(shocks[20:], 0.9, middle, second) == last
    assert_array_equal(np.concatenate([first, second]), whole)


def test_every_quote_surrounds_its_black_76_value():
    rows = quoted(1)
    assert_array_equal(rows[:, kernels.ROW_INSTRUMENT], np.arange(6))
    for row in rows:
        number = row[kernels.ROW_INSTRUMENT]
        value = black(500_300.0, STRIKES[number % 3], 0.01, 1 if number < 3 else -1)
        assert row[kernels.ROW_BID] <= value <= row[kernels.ROW_ASK]
        assert row[kernels.ROW_ASK] - row[kernels.ROW_BID] <= max(0.04 * value, 700)


def test_a_quote_that_nothing_changes_is_written_once():
    assert quoted(50).shape[0] == 6


def test_a_renewed_quote_is_written_in_every_frame():
    assert quoted(50, refresh=256.0).shape[0] == 300


def test_far_from_the_money_there_is_no_bid_and_no_bid_size():
    rows = quoted(1, deviation=0.001)
    far = rows[[2, 3]]
    assert_array_equal(far[:, kernels.ROW_BID], 0)
    assert_array_equal(far[:, kernels.ROW_ASK], 5)
    assert_array_equal(far[:, kernels.ROW_BID_SIZE], 0)
    assert np.all(far[:, kernels.ROW_ASK_SIZE] > 0)


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_a_glitch_lasts_one_frame_and_strikes_one_contract(kind):
    rows = quoted(9, glitches=[(4, 1, kind)])
    assert_array_equal(rows[:, kernels.ROW_FRAME], [0] * 6 + [4, 5])
    spoiled, mended = rows[6], rows[7]
    bid, ask = spoiled[kernels.ROW_BID], spoiled[kernels.ROW_ASK]
    if kind == kernels.GLITCH_LOCKED:
        assert bid == ask
    elif kind == kernels.GLITCH_CROSSED:
        assert bid > ask
    else:
        assert ask == MISSING
        assert bid > 0
        assert spoiled[kernels.ROW_ASK_SIZE] == MISSING
    assert_array_equal(mended[kernels.ROW_BID :], rows[1, kernels.ROW_BID :])


def test_a_contract_is_quoted_from_its_first_frame_until_it_is_withdrawn():
    windows = np.tile(np.array([0, FAR], np.int64), (6, 1))
    windows[2] = (3, 6)
    rows = quoted(9, windows=windows, refresh=256.0)
    frames = rows[rows[:, kernels.ROW_INSTRUMENT] == 2, kernels.ROW_FRAME]
    assert_array_equal(frames, [3, 4, 5, 6])
    last = rows[(rows[:, kernels.ROW_INSTRUMENT] == 2) & (rows[:, kernels.ROW_FRAME] == 6)][0]
    assert_array_equal(last[kernels.ROW_BID :], MISSING)
