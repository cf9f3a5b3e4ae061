from dataclasses import replace

import numpy as np
import pytest

from forven.kernels.bars_schema import PRICE_MAX
from forven.market.bars.bars import Bars
from forven.market.bars.synthetic import random_bars
from forven.primitives.errors import InvalidInput

HOUR = 3_600_000_000_000


def made(**changed):
    given = {
        "symbol": "BTC",
        "timeframe": "1h",
        "calendar": "always",
        "decimals": 2,
        "ends_ns": np.array([1, 2, 3], np.int64) * HOUR,
        "prices": np.array([[10, 12, 11], [14, 13, 15], [9, 11, 10], [12, 11, 14]], np.int64),
        "volume": np.array([1.0, np.nan, 2.0]),
        "columns": {"funding_rate": np.array([np.nan, 1e-5, 1e-5])},
    }
    return Bars(**{**given, **changed})


def test_floats_are_quanta_over_a_power_of_ten():
    bars = made()
    assert bars.floats("close").tolist() == [0.12, 0.11, 0.14]
    assert bars.floats("open").tolist() == [0.10, 0.12, 0.11]
    assert bars.floats("funding_rate")[1] == 1e-5
    assert len(bars) == 3 and bars.bars_per_year == 8_760
    assert bars.has("funding_rate") and bars.has("volume") and not bars.has("basis")
    with pytest.raises(InvalidInput, match=r"column 'basis': BTC 1h has funding_rate"):
        bars.floats("basis")


def test_nothing_of_bars_can_be_changed_and_the_arrays_handed_in_stay_their_owners():
    ends = np.array([1, 2, 3], np.int64) * HOUR
    bars = made(ends_ns=ends)
    for array in (bars.ends_ns, bars.prices, bars.volume, bars.columns["funding_rate"]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(TypeError):
        bars.columns["basis"] = bars.volume
    assert ends.flags.writeable


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"timeframe": "2h"}, "timeframe: expected one of 1m, 5m"),
        ({"calendar": "moon"}, "calendar: expected one of these"),
        ({"symbol": "a\nb"}, "symbol"),
        ({"decimals": 9}, "decimals: expected 0 to 8, found 9"),
        ({"ends_ns": np.array([1, 1, 3]) * HOUR}, "bar 1 .*ends after the bar before it"),
        ({"prices": np.zeros((4, 3), np.int64)}, "bar 0 .*prices of 1 to"),
        ({"prices": np.full((4, 3), PRICE_MAX + 1)}, "bar 0 .*prices of 1 to"),
        ({"prices": np.array([[1, 1, 9], [2, 2, 2], [1, 1, 1], [1, 1, 1]])}, "bar 2 .*low <= open"),
        ({"prices": np.ones((4, 3))}, "prices: expected int64.*found float64"),
        ({"volume": np.ones(2)}, r"volume: expected float64\[3\].*found float64\[2\]"),
        ({"columns": {"close": np.ones(3)}}, "column: expected"),
        ({"columns": {"Not a name": np.ones(3)}}, "column: expected"),
    ],
)
def test_what_is_no_series_of_bars_is_refused(changed, said):
    with pytest.raises(InvalidInput, match=said):
        made(**changed)


def test_no_bars_at_all_are_refused():
    empty = {"ends_ns": np.zeros(0, np.int64), "prices": np.zeros((4, 0), np.int64)}
    with pytest.raises(InvalidInput, match="one bar or more"):
        made(**empty, volume=np.zeros(0), columns={})


def test_the_identity_is_that_of_every_value_and_of_nothing_else():
    bars = made()
    assert made().content_hash == bars.content_hash
    assert bars.slice(0, 3).content_hash == bars.content_hash
    volume = np.array([1.0, np.nan, 2.5])
    others = (
        made(symbol="ETH"),
        made(decimals=3),
        made(volume=volume),
        made(columns={}),
        bars.slice(0, 2),
        bars.with_columns({"basis": volume}),
    )
    assert len({bars.content_hash, *(other.content_hash for other in others)}) == 7


def test_a_slice_keeps_the_years_of_the_whole():
    bars = replace(random_bars(100, 1), calendar="measured", bars_per_year=123.0, content_hash="")
    part = bars.slice(10, 20)
    assert part.bars_per_year == 123.0
    assert part.ends_ns.tolist() == bars.ends_ns[10:20].tolist()
    assert part.prices.tolist() == bars.prices[:, 10:20].tolist()
    for begin, end in ((-1, 5), (5, 5), (0, 101)):
        with pytest.raises(InvalidInput, match="slice"):
            bars.slice(begin, end)
