import numpy as np
import pytest

from forven.market.bars.synthetic import random_bars
from forven.strategies.bars.sealing import sealed

BARS = random_bars(200, 3, columns=("funding_rate",))


@pytest.mark.parametrize(
    "array_of",
    [
        lambda bars: bars.prices,
        lambda bars: bars.volume,
        lambda bars: bars.ends_ns,
        lambda bars: bars.column("funding_rate"),
        lambda bars: bars.prices[3],
    ],
)
def test_no_array_can_be_made_writeable_nor_any_that_it_is_a_view_of(array_of):
    array = array_of(sealed(BARS))
    while isinstance(array, np.ndarray):
        with pytest.raises(ValueError, match="cannot set WRITEABLE"):
            array.flags.writeable = True
        array = array.base
    assert isinstance(array, bytes)


def test_sealed_bars_are_the_same_and_share_nothing():
    copy = sealed(BARS)
    assert copy.content_hash == BARS.content_hash
    assert copy.bars_per_year == BARS.bars_per_year
    assert np.array_equal(copy.prices, BARS.prices)
    assert not np.shares_memory(copy.prices, BARS.prices)
    assert not np.shares_memory(copy.prices, sealed(BARS).prices)
