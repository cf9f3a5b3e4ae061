from dataclasses import replace

import numpy as np
import pytest

from forven.market.bars.merging import merge
from forven.market.bars.synthetic import random_bars
from forven.primitives.errors import InvalidInput


def test_the_later_bar_counts_where_both_have_one():
    bars = random_bars(100, 1)
    changed = replace(bars.slice(50, 60), volume=np.full(10, 7.0), content_hash="")
    merged, counts = merge(bars, changed)
    assert counts == {"replaced_by_append": 10}
    assert merged.volume[50:60].tolist() == [7.0] * 10
    assert merged.volume[:50].tolist() == bars.volume[:50].tolist()


def test_earlier_bars_are_put_before():
    bars = random_bars(100, 1)
    merged, counts = merge(bars.slice(60, 100), bars.slice(0, 60))
    assert (merged.content_hash, counts) == (bars.content_hash, {})


def test_the_finer_quantum_is_taken_and_values_stay():
    bars = random_bars(20, 1)
    finer = replace(
        bars.slice(10, 20), decimals=4, prices=bars.prices[:, 10:] * 100, content_hash=""
    )
    merged, counts = merge(bars, finer)
    assert merged.decimals == 4
    assert counts == {"repeated_by_append": 10}
    assert merged.floats("close").tolist() == bars.floats("close").tolist()


def test_a_column_of_one_series_alone_is_missing_in_the_other():
    bars = random_bars(20, 1)
    later = bars.slice(10, 20).with_columns({"basis": np.ones(10)})
    merged, counts = merge(bars.slice(0, 12), later)
    assert np.isnan(merged.columns["basis"][:10]).all()
    assert merged.columns["basis"][10:].tolist() == [1.0] * 10
    assert counts == {"repeated_by_append": 2}


def test_a_column_that_later_bars_lack_stays_as_it_was():
    whole = random_bars(25, 1)
    bars = whole.slice(0, 20).with_columns({"basis": np.ones(20)})
    merged, counts = merge(bars, whole.slice(10, 25))
    assert merged.columns["basis"][:20].tolist() == [1.0] * 20
    assert np.isnan(merged.columns["basis"][20:]).all()
    assert counts == {"repeated_by_append": 10}


@pytest.mark.parametrize(
    "change", [{"symbol": "ETH"}, {"timeframe": "4h"}, {"calendar": "measured"}]
)
def test_series_that_do_not_fit_together_are_refused(change):
    bars = random_bars(20, 1)
    with pytest.raises(InvalidInput, match=rf"append: expected the {next(iter(change))}"):
        merge(bars, replace(bars, **change))


def test_a_quantum_too_fine_for_a_price_is_refused():
    bars = random_bars(20, 1)
    finer = replace(bars, decimals=8, prices=np.full((4, 20), 100), content_hash="")
    with pytest.raises(InvalidInput, match="--decimals 2"):
        merge(bars, finer)
