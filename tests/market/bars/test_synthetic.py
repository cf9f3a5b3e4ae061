import numpy as np
import pytest

from forven.market.bars.calendars import due
from forven.market.bars.columns import ENRICHMENT
from forven.market.bars.synthetic import random_bars
from forven.market.bars.timeframes import TIMEFRAMES
from forven.primitives.errors import InvalidInput


@pytest.mark.parametrize("calendar", ["always", "xnys"])
@pytest.mark.parametrize("timeframe", TIMEFRAMES)
def test_bars_are_made_for_every_timeframe_and_calendar(timeframe, calendar):
    bars = random_bars(500, 3, timeframe, calendar=calendar)
    assert len(bars) == 500
    assert due(timeframe, calendar, bars.ends_ns).all()


def test_the_same_seed_makes_the_same_bars_and_another_seed_others():
    assert random_bars(300, 5).content_hash == random_bars(300, 5).content_hash
    assert random_bars(300, 5).content_hash != random_bars(300, 6).content_hash


def test_every_column_can_be_made_up_and_begins_missing():
    bars = random_bars(1_000, 1, columns=list(ENRICHMENT))
    assert set(bars.columns) == set(ENRICHMENT)
    for name, values in bars.columns.items():
        assert np.isnan(values[:24]).all(), name
        assert np.isfinite(values[24:]).all(), name
        assert np.unique(values[24:]).size > 100, name
    assert np.abs(bars.columns["funding_rate"][24:]).max() < 1e-3


def test_bars_may_be_missing():
    bars = random_bars(900, 1, missing_share=0.1)
    steps = np.diff(bars.ends_ns)
    assert len(bars) == 900
    assert steps.max() > steps.min() == TIMEFRAMES["1h"].duration_ns


def test_long_walks_stay_within_what_a_price_may_be():
    bars = random_bars(200_000, 2, "1d")
    assert bars.floats("low").min() > 1_000 and bars.floats("high").max() < 1_000_000


@pytest.mark.parametrize(
    "asked", [{"count": 0}, {"missing_share": 1.0}, {"columns": ["nonsense"]}, {"timeframe": "7m"}]
)
def test_what_cannot_be_made_is_refused(asked):
    with pytest.raises(InvalidInput):
        random_bars(**{"count": 10, "seed": 1, **asked})
