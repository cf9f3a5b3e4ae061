import pytest

from tests.strategies.bars.library.drawn import assert_drawn, draw

QUIET = [100, 101] * 12 + [100]
RELEASE = [*QUIET, 103, 103.2, 102.6, 102]
BUSY = {25: 300, 26: 300}
BELOW = [*range(4, 25, 2), 28]
"""Closes below the mean of four bars: each 100, and the last."""

CHANNEL = {"period": 4, "width": 1.0, "adx_period": 2}


@pytest.mark.parametrize("name", ["bollinger", "keltner"])
def test_a_cross_of_the_upper_band_is_bought_and_a_close_near_it(name):
    bars = draw(RELEASE, volume=BUSY)
    assert_drawn(name, bars, [25], BELOW, **CHANNEL, near_pct=0.0)
    assert_drawn(name, bars, [25, 26], BELOW, **CHANNEL)


@pytest.mark.parametrize("name", ["bollinger", "keltner"])
def test_a_break_is_confirmed_by_volume_and_adx(name):
    assert_drawn(name, draw(RELEASE), [], BELOW, **CHANNEL)
    # nothing moves but at bar 25: ADX of two bars is 50 there, 75 at bar 26
    bars = draw(RELEASE, opens={0: 101}, volume=BUSY)
    assert_drawn(name, bars, [26], BELOW, **CHANNEL, adx_min=60.0)


def test_a_break_that_rsi_calls_exhausted_is_left_alone():
    # RSI of two bars: 83.3 at bar 25, 84.8 at bar 26
    bars, exits = draw(RELEASE, volume=BUSY), sorted([*BELOW, 26])
    given = {**CHANNEL, "rsi_period": 2, "rsi_low": 16.0, "rsi_high": 84.0}
    assert_drawn("bollinger_s00120", bars, [25], exits, **given)
    given |= {"rsi_low": 10.0, "rsi_high": 90.0}
    assert_drawn("bollinger_s00120", bars, [25, 26], BELOW, **given)


SQUEEZE = {"period": 4, "width": 2.0, "channel_width": 1.5}


def test_the_release_of_a_squeeze_is_bought():
    # half widths: 1.0 in 1.5 before; at bar 25 2.45 around 101 and 2.25 around 101.4
    assert_drawn("bb_squeeze", draw(RELEASE), [25], BELOW, **SQUEEZE, channel_period=4)


def test_bands_that_were_never_inside_release_nothing():
    given = {**SQUEEZE, "channel_period": 4, "channel_width": 0.9}
    assert_drawn("bb_squeeze", draw(RELEASE), [], BELOW, **given)


def test_the_release_of_a_squeeze_is_bought_by_its_momentum():
    # momentum: 0.3 and -0.3 by turns until bar 24, 1.18 at bar 25, -0.025 at bar 28
    exits = [*range(6, 25, 2), 28]
    assert_drawn("ttm_squeeze", draw(RELEASE), [25], exits, **SQUEEZE, momentum_period=4)
    assert_drawn(
        "ttm_squeeze",
        draw(RELEASE),
        [],
        exits,
        **SQUEEZE | {"channel_width": 0.9},
        momentum_period=4,
    )


CALM = [100, 104] * 7 + [102, 102.2, 102, 102.1, 102, 104, 103.5, 102]
CONTRACTION = {
    "atr_period": 2,
    "period": 4,
    "width": 1.0,
    "regime": 2,
    "rsi_period": 2,
    "lookback": 10,
}
LEFT = [4, 6, 8, 10, 12, 14, 16, 18, 21]


def test_a_break_out_of_quiet_is_bought():
    assert_drawn("volatility_contraction_breakout", draw(CALM), [19], LEFT, **CONTRACTION)


@pytest.mark.parametrize(
    ("highs", "given"),
    [
        ({}, {"width_factor": 0.01}),  # the bands are not narrow
        ({18: 108.0}, {}),  # ATR over the close is above that of four of the ten bars before
    ],
)
def test_a_break_without_quiet_is_not_bought(highs, given):
    bars = draw(CALM, highs=highs)
    assert_drawn("volatility_contraction_breakout", bars, [], LEFT, **CONTRACTION | given)


def test_a_break_below_the_long_average_is_not_bought():
    # the average of 15 bars begins at 122 and is near 112 at the break
    bars, exits = draw([150, 154] * 3 + CALM[6:]), sorted([*LEFT, 7])
    given = CONTRACTION | {"regime": 15}
    assert_drawn("volatility_contraction_breakout", bars, [], exits, **given)
    assert_drawn("volatility_contraction_breakout", bars, [19], exits, **CONTRACTION)
