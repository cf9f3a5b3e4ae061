"""Indicators built from others, and forven's own kernels, against their definitions."""

import math

import numpy as np
import pytest
import talib
from numpy.testing import assert_allclose, assert_array_equal

from forven.market.bars.synthetic import random_bars
from forven.strategies.bars.evaluation import Evaluation
from forven.strategies.bars.writing import (
    Market,
    awesome_oscillator,
    chaikin_money_flow,
    chandelier,
    connors_rsi,
    donchian,
    elder_ray,
    heikin_ashi,
    hma,
    ichimoku,
    kdj,
    keltner,
    linear_channel,
    opening_range,
    percent_rank,
    pivot_points,
    previous_day,
    rolling_sum,
    squeeze,
    streak,
    supertrend,
    vwap,
    wilder,
    zscore,
)

MARKET = Market()
BARS = random_bars(600, 8)
OPEN, HIGH, LOW, CLOSE = (BARS.floats(name) for name in ("open", "high", "low", "close"))
VOLUME = BARS.volume


def worked_out(formula):
    return Evaluation(BARS).column(formula)


def newer(name):
    """Skip where this TA-Lib does not have a function."""
    return pytest.mark.skipif(not hasattr(talib, name), reason=f"TA-Lib has no {name} yet")


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        pytest.param(hma(MARKET.close, 16), "HMA(CLOSE, 16)", marks=newer("HMA")),
        pytest.param(awesome_oscillator(MARKET), "AO(HIGH, LOW, 5, 34)", marks=newer("AO")),
        pytest.param(
            chaikin_money_flow(MARKET, 20), "CMF(HIGH, LOW, CLOSE, VOLUME, 20)", marks=newer("CMF")
        ),
        pytest.param(wilder(MARKET.close, 9), "RMA(CLOSE, 9)", marks=newer("RMA")),
        pytest.param(
            elder_ray(MARKET, 13).bull, "ERI(HIGH, LOW, CLOSE, 13)[0]", marks=newer("ERI")
        ),
        pytest.param(heikin_ashi(MARKET).open, "HA(OPEN, HIGH, LOW, CLOSE)[0]", marks=newer("HA")),
        pytest.param(heikin_ashi(MARKET).low, "HA(OPEN, HIGH, LOW, CLOSE)[2]", marks=newer("HA")),
        pytest.param(
            donchian(MARKET, 20).middle, "DONCHIAN(HIGH, LOW, 20)[1]", marks=newer("DONCHIAN")
        ),
    ],
)
def test_ours_are_those_of_a_newer_talib(formula, expected):
    name, _, rest = expected.partition("(")
    arguments, _, output = rest.partition(")")
    values = {"OPEN": OPEN, "HIGH": HIGH, "LOW": LOW, "CLOSE": CLOSE, "VOLUME": VOLUME}
    given = [
        values[word] if word in values else float(word) if "." in word else int(word)
        for word in arguments.split(", ")
    ]
    found = getattr(talib, name)(*given)
    found = found[int(output[1])] if output else found
    ours = worked_out(formula)
    both = ~np.isnan(found) & ~np.isnan(ours)
    assert both.sum() > 500
    assert_allclose(ours[both], found[both], rtol=1e-9)


def test_supertrend_flips_where_the_close_passes_the_band():
    line, direction = (worked_out(one) for one in supertrend(MARKET, 10, 3.0))
    atr = talib.ATR(HIGH, LOW, CLOSE, 10)
    lower, upper = (HIGH + LOW) / 2 - 3 * atr, (HIGH + LOW) / 2 + 3 * atr
    below, above, way = lower[10], upper[10], 1.0 if CLOSE[10] > (HIGH[10] + LOW[10]) / 2 else -1.0
    for bar in range(11, 600):
        below = max(below, lower[bar]) if CLOSE[bar - 1] >= below else lower[bar]
        above = min(above, upper[bar]) if CLOSE[bar - 1] <= above else upper[bar]
        if way > 0 and CLOSE[bar] < below:
            way = -1.0
        elif way < 0 and CLOSE[bar] > above:
            way = 1.0
        assert direction[bar] == way
        assert line[bar] == pytest.approx(below if way > 0 else above, rel=1e-12)
    assert {-1.0, 1.0} == set(direction[10:])


def test_a_chandelier_hangs_from_the_extremes():
    stops = chandelier(MARKET, 22, 3.0, 14)
    atr = talib.ATR(HIGH, LOW, CLOSE, 14)
    assert worked_out(stops.long)[99] == HIGH[78:100].max() - 3.0 * atr[99]
    assert worked_out(stops.short)[99] == LOW[78:100].min() + 3.0 * atr[99]


def test_a_channel_of_true_ranges_lies_around_the_average():
    bands = keltner(MARKET, 20, 2.0, 10)
    assert_array_equal(worked_out(bands.middle), talib.EMA(CLOSE, 20))
    reach = 2.0 * talib.ATR(HIGH, LOW, CLOSE, 10)
    assert_array_equal(worked_out(bands.upper), talib.EMA(CLOSE, 20) + reach)
    assert_array_equal(worked_out(bands.lower), talib.EMA(CLOSE, 20) - reach)


def test_sums_ranks_and_streaks():
    sums, ranks = (
        worked_out(rolling_sum(MARKET.close, 7)),
        worked_out(percent_rank(MARKET.close, 9)),
    )
    runs = worked_out(streak(MARKET.close))
    run = 0
    for bar in range(1, 600):
        if bar >= 6:
            assert sums[bar] == pytest.approx(CLOSE[bar - 6 : bar + 1].sum(), rel=1e-14)
        if bar >= 9:
            assert ranks[bar] == 100.0 * (CLOSE[bar - 9 : bar] < CLOSE[bar]).sum() / 9
        sign = np.sign(CLOSE[bar] - CLOSE[bar - 1])
        run = 0 if sign == 0 else run + sign if run * sign > 0 else sign
        assert runs[bar] == run


def test_what_is_built_from_others_is_what_its_page_says():
    connors = worked_out(connors_rsi(MARKET.close, 3, 2, 100))
    assert np.nanmin(connors) >= 0.0 and np.nanmax(connors) <= 100.0
    mean = [CLOSE[bar - 19 : bar + 1].mean() for bar in range(19, 600)]
    deviation = [CLOSE[bar - 19 : bar + 1].std() for bar in range(19, 600)]
    scores = worked_out(zscore(MARKET.close, 20))[19:]
    assert_allclose(scores, (CLOSE[19:] - mean) / deviation, rtol=1e-5, atol=1e-6)
    typical = (HIGH + LOW + CLOSE) / 3
    money = [
        (typical * VOLUME)[b - 9 : b + 1].sum() / VOLUME[b - 9 : b + 1].sum() for b in range(9, 600)
    ]
    assert_allclose(worked_out(vwap(MARKET, 10))[9:], money, rtol=1e-12)


def test_kdj_smooths_from_fifty_on():
    k, d, j = (worked_out(one) for one in kdj(MARKET, 9, 3, 3))
    last_k = last_d = 50.0
    for bar in range(8, 600):
        top, bottom = HIGH[bar - 8 : bar + 1].max(), LOW[bar - 8 : bar + 1].min()
        raw = 100.0 * (CLOSE[bar] - bottom) / (top - bottom)
        last_k += (raw - last_k) / 3
        last_d += (last_k - last_d) / 3
        assert (k[bar], d[bar]) == pytest.approx((last_k, last_d), rel=1e-12)
        assert j[bar] == pytest.approx(3 * last_k - 2 * last_d, rel=1e-9, abs=1e-9)


def test_the_cloud_of_a_bar_was_drawn_before():
    lines = ichimoku(MARKET, 9, 26, 52)
    middle = (HIGH[100:152].max() + LOW[100:152].min()) / 2
    assert worked_out(lines.span_b)[151 + 26] == middle
    assert worked_out(lines.tenkan)[150] == (HIGH[142:151].max() + LOW[142:151].min()) / 2


def test_a_channel_is_as_wide_as_its_residuals():
    channel = linear_channel(MARKET.close, 50, 2.0)
    upper, middle = worked_out(channel.upper), worked_out(channel.middle)
    for bar in (49, 300, 599):
        window = CLOSE[bar - 49 : bar + 1]
        slope, start = np.polyfit(np.arange(50), window, 1)
        residual = window - (start + slope * np.arange(50))
        assert middle[bar] == pytest.approx(start + slope * 49, rel=1e-9)
        assert upper[bar] - middle[bar] == pytest.approx(2 * residual.std(), rel=1e-5)


def test_a_squeeze_is_on_where_the_bands_lie_inside_the_channel():
    on, momentum = squeeze(MARKET, 20, 2.0, 1.5, 12)
    held = Evaluation(BARS).condition(on)
    upper, _, _ = talib.BBANDS(CLOSE, 20, 2.0, 2.0, 0)
    reach = 1.5 * talib.SMA(talib.TRANGE(HIGH, LOW, CLOSE), 20)
    assert_array_equal(held[25:], upper[25:] < talib.SMA(CLOSE, 20)[25:] + reach[25:])
    assert 0 < held.sum() < 600
    assert not np.isnan(worked_out(momentum)[30:]).any()


def test_days_show_the_day_before_and_the_first_bars():
    high, low, close = (worked_out(one) for one in previous_day(MARKET))
    first, last = (worked_out(one) for one in opening_range(MARKET, 4))
    pivots = pivot_points(MARKET)
    days = (np.asarray(BARS.ends_ns) - 1) // 86_400_000_000_000
    begins = np.flatnonzero(np.diff(days)) + 1
    assert np.isnan(high[: begins[1]]).all() and np.isnan(first[: begins[0] + 3]).all()
    for begin, end in zip(begins[1:-1], begins[2:], strict=True):
        before = slice(begins[list(begins).index(begin) - 1], begin)
        assert (high[begin:end] == HIGH[before].max()).all()
        assert (low[begin:end] == LOW[before].min()).all()
        assert (close[begin:end] == CLOSE[begin - 1]).all()
        assert np.isnan(first[begin : begin + 3]).all()
        assert (first[begin + 3 : end] == HIGH[begin : begin + 4].max()).all()
        assert (last[begin + 3 : end] == LOW[begin : begin + 4].min()).all()
    bar = int(begins[3])
    pivot = (high[bar] + low[bar] + close[bar]) / 3
    assert worked_out(pivots.s1)[bar] == 2 * pivot - high[bar]
    assert math.isclose(worked_out(pivots.r2)[bar], pivot + high[bar] - low[bar])
