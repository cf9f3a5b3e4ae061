from dataclasses import replace

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from forven.market.bars.synthetic import random_bars
from forven.strategies.bars.evaluation import Evaluation, clock
from forven.strategies.bars.writing import Market, day_vwap

BARS = random_bars(24 * 6 + 5, 9)
LINE = Evaluation(BARS).column(day_vwap(Market()))


def test_it_is_the_mean_price_of_the_day_so_far_weighed_by_volume():
    typical = sum(BARS.floats(name) for name in ("high", "low", "close")) / 3.0
    day = clock(BARS.ends_ns, "day")
    expected = []
    for bar in range(len(BARS)):
        same = np.flatnonzero(day[: bar + 1] == day[bar])
        expected.append((typical[same] * BARS.volume[same]).sum() / BARS.volume[same].sum())
    assert_allclose(LINE[24:], expected[24:], rtol=1e-12)
    assert len(np.unique(day)) == 7


def test_nothing_is_known_of_the_first_day():
    assert_array_equal(np.isnan(LINE), np.arange(len(BARS)) < 24)


def test_where_nothing_was_traded_yet_there_is_none():
    volume = BARS.volume.copy()
    volume[24:27] = 0.0
    bars = replace(BARS, volume=volume, content_hash="")
    line = Evaluation(bars).column(day_vwap(Market()))
    assert np.isnan(line[24:27]).all() and not np.isnan(line[27:]).any()
