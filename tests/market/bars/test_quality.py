from dataclasses import replace

import numpy as np

from forven.market.bars.quality import picture, quality_of
from forven.market.bars.synthetic import random_bars


def kept(bars, places, **changed):
    fields = {
        "ends_ns": bars.ends_ns[places],
        "prices": np.ascontiguousarray(bars.prices[:, places]),
        "volume": bars.volume[places],
        "columns": {name: values[places] for name, values in bars.columns.items()},
    }
    return replace(bars, **{**fields, **changed}, content_hash="", bars_per_year=0.0)


def test_a_whole_series_has_no_gap_and_no_spike():
    quality = quality_of(random_bars(2_000, 1))
    assert (quality.bars, quality.due, quality.missing, quality.gaps) == (2_000, 2_000, 0, 0)
    assert (quality.spikes, quality.spike_at, quality.zero_volume) == (0, None, 0)
    assert (quality.first, quality.last) == ("2020-01-01T01:00:00Z", "2020-03-24T08:00:00Z")


def test_gaps_are_counted_against_the_calendar_the_longest_first():
    bars = random_bars(100, 1)
    quality = quality_of(kept(bars, np.delete(np.arange(100), [10, 20, 21, 22])))
    assert (quality.due, quality.missing, quality.gaps) == (100, 4, 2)
    assert [gap.missing for gap in quality.longest_gaps] == [3, 1]
    assert quality.longest_gaps[0].after == "2020-01-01T20:00:00Z"
    assert quality.longest_gaps[0].before == "2020-01-02T00:00:00Z"


def test_nights_and_weekends_are_no_gaps_of_the_exchange():
    bars = random_bars(5_000, 1, "15m", calendar="xnys")
    assert quality_of(bars).missing == 0
    quality = quality_of(kept(bars, np.delete(np.arange(5_000), [700])))
    assert (quality.missing, quality.gaps) == (1, 1)


def test_where_the_calendar_does_not_say_missing_bars_are_not_counted():
    bars = random_bars(100, 1, calendar="measured")
    quality = quality_of(kept(bars, np.delete(np.arange(100), [10])))
    assert (quality.due, quality.missing, quality.gaps) == (None, None, 1)


def test_spikes_silent_bars_and_missing_values_are_counted():
    bars = random_bars(500, 1, columns=["basis"])
    prices = bars.prices.copy()
    prices[:, 300] *= 3
    prices[:, 400:404] = prices[3, 399]
    volume = bars.volume.copy()
    volume[:7], volume[7:10] = 0.0, np.nan
    quality = quality_of(kept(bars, np.arange(500), prices=prices, volume=volume))
    assert quality.spikes == 2
    assert -0.7 < quality.spike_return_max < -0.6
    assert (quality.zero_volume, quality.unknown_volume) == (7, 3)
    assert (quality.unmoved, quality.unmoved_run_max) == (4, 4)
    assert quality.missing_values == {"basis": 24 / 500}


def test_a_single_bar_and_a_still_market_have_a_quality_too():
    bars = random_bars(50, 1)
    assert quality_of(bars.slice(0, 1)).spikes == 0
    still = kept(bars, np.arange(50), prices=np.full((4, 50), 7))
    assert quality_of(still).spikes == 0
    assert picture(still, 10) == "▁" * 10
    assert picture(bars.slice(0, 1)) == "▁"


def test_the_picture_rises_with_the_closes():
    bars = random_bars(80, 1)
    rising = kept(bars, np.arange(80), prices=np.tile(np.arange(1, 81), (4, 1)))
    assert picture(rising, 8) == "▁▂▃▄▅▆▇█"
