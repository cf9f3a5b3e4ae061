"""Recorded files read as their shapes say; skipped where the data is not there."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from forven.market.bars.catalog import BarCatalog
from forven.market.bars.importing import BarImportRequest, import_bars
from forven.market.bars.joining import parse_join
from forven.market.bars.presets import PRESETS, preset_of
from forven.market.bars.resampling import resample
from forven.primitives.errors import InvalidInput, UntrustedData
from forven.primitives.time import rfc3339

BTC = "nautilus/btc_perp_1m_2021-12-31_2022-01-23.parquet"
COINBASE = "lean/crypto_minute/coinbase_2017-2018_trades.parquet"
COINBASE_DAYS = "lean/crypto_bars/coinbase_btcusd_daily.parquet"
BITFINEX = "lean/crypto_bars/bitfinex_btcusd_hour_2013-10.parquet"
PERPS = "lean/cryptofuture_minute/perps_2022-12-13_trades.parquet"
PERPS_FUNDING = "lean/cryptofuture_minute/funding_rates.parquet"
XRP = "freqtrade/xrp_usdt_perp_5m_2021-11.parquet"
XRP_FUNDING = "freqtrade/xrp_usdt_perp_funding_8h_2021-11_12.parquet"
PAIRS = "freqtrade/spot_btc_pairs_5m_2018-01.parquet"
SPX = "arch/sp500_daily_1999_2018.parquet"
VIX = "arch/vix_close_daily_2014_2019.parquet"
ES_CLOSES = "curvol_es/es_front_1min_2013-09_2015-02.parquet"
ES_TRADES = "lean/es_future_minute/es_2013-10-06_2013-10-11_trades.parquet"


@pytest.fixture
def recorded(shared_data, tmp_path):
    """Return a function that imports a recorded file."""

    def run(path, **asked):
        request = BarImportRequest(
            name="made", paths=(shared_data / path,), now_ns=time.time_ns(), **asked
        )
        return import_bars(request, BarCatalog(tmp_path))

    return run


CASES = [
    (BTC, {"format": "nautilus"}, ("BTC-PERP", 33_179, 3, 0, {})),
    (
        COINBASE,
        {"format": "lean", "timeframe": "1m", "stamp": "end", "where": (("symbol", "ETHUSD"),)},
        ("ETHUSD", 5_329, 2, None, {"not_chosen": 9_111}),
    ),
    (COINBASE_DAYS, {"format": "lean", "timeframe": "1d"}, ("BTCUSD", 1_318, 2, 34, {})),
    (BITFINEX, {"format": "lean", "timeframe": "1h"}, ("BTCUSD", 733, 6, 9, {})),
    (
        PAIRS,
        {"format": "freqtrade", "timeframe": "5m", "where": (("symbol", "ADA/BTC"),)},
        ("ADA/BTC", 5_720, 8, 40, {"not_chosen": 28_797}),
    ),
    (SPX, {"format": "arch"}, ("SPX", 5_031, 6, 0, {})),
    (ES_CLOSES, {"format": "curvol"}, ("ES", 149_370, 6, None, {"close_only": 149_370})),
    (
        ES_TRADES,
        {"format": "lean-futures", "timeframe": "1m", "where": (("contract", "201312"),)},
        ("ES", 6_826, 2, None, {"not_chosen": 1_715}),
    ),
]


@pytest.mark.data
@pytest.mark.parametrize(("path", "asked", "expected"), CASES, ids=[case[0] for case in CASES])
def test_recorded_bars_are_read_to_the_quantum(recorded, shared_data, path, asked, expected):
    report = recorded(path, **asked)
    bars = report.bars
    symbol, count, decimals, missing, counts = expected
    assert (bars.symbol, len(bars), bars.decimals) == (symbol, count, decimals)
    assert report.counts == counts
    if missing is not None:
        assert report.missing == missing
    table = pq.read_table(shared_data / path).to_pandas()
    for column, value in asked.get("where", ()):
        table = table[table[column] == value]
    for name in ("high", "low", "close") if "high" in table else ("close",):
        np.testing.assert_allclose(bars.floats(name), table[name], rtol=1e-15)


@pytest.mark.data
def test_funding_of_eight_hours_is_an_eighth_an_hour_and_missing_before_the_first(
    recorded, shared_data
):
    join = parse_join(f"funding_rate={shared_data / XRP_FUNDING}")
    bars = recorded(XRP, format="freqtrade", timeframe="5m", symbol="XRP", joins=(join,)).bars
    rates = bars.columns["funding_rate"]
    first = int(np.argmax(~np.isnan(rates)))
    assert rfc3339(int(bars.ends_ns[first])) == "2021-11-18T00:05:00Z"  # stamped 00:00:00.017
    assert np.isnan(rates[:first]).all() and not np.isnan(rates[first:]).any()
    assert rates[first] == 0.0001 / 8


@pytest.mark.data
def test_a_venue_s_funding_is_chosen_with_its_bars(recorded, shared_data):
    join = parse_join(f"funding_rate={shared_data / PERPS_FUNDING}")
    asked = {"format": "lean", "timeframe": "1m", "stamp": "end", "joins": (join,)}
    bars = recorded(PERPS, where=(("symbol", "ADAUSDT"),), **asked).bars
    assert (bars.columns["funding_rate"][0], bars.symbol) == (0.0001 / 8, "ADAUSDT")


@pytest.mark.data
def test_the_vix_of_a_day_is_known_to_the_next(recorded, shared_data):
    bars = recorded(SPX, format="arch", joins=(parse_join(f"vix_close={shared_data / VIX}:vix"),))
    series = bars.bars
    days = [rfc3339(int(end))[:10] for end in series.ends_ns]
    vix = dict(zip(days, series.columns["vix_close"].tolist(), strict=True))
    assert np.isnan(vix["2014-01-03"])
    assert vix["2014-01-06"] == 13.76  # the close of the third, a Friday


@pytest.mark.data
def test_recorded_days_are_the_minutes_that_made_them(recorded):
    minutes = recorded(BTC, format="nautilus").bars
    days = resample(minutes, "1d")
    assert (len(days.bars), days.holes) == (22, 0)
    day = (minutes.ends_ns > days.bars.ends_ns[0]) & (minutes.ends_ns <= days.bars.ends_ns[1])
    inside = minutes.prices[:, day]
    assert days.bars.prices[:, 1].tolist() == [
        inside[0, 0],
        inside[1].max(),
        inside[2].min(),
        inside[3, -1],
    ]


@pytest.mark.data
def test_several_contracts_in_one_file_must_be_chosen_from(recorded):
    with pytest.raises(UntrustedData, match="one contract, found 201312, 201403"):
        recorded(ES_TRADES, format="lean-futures", timeframe="1m")


def test_every_shape_says_what_it_is():
    for name, preset in PRESETS.items():
        assert preset.meaning, name
        assert preset_of(name) is preset
    assert preset_of(None) is None
    with pytest.raises(InvalidInput, match="format: expected one of"):
        preset_of("csv")


def test_what_is_asked_for_goes_before_the_shape(tmp_path):
    path = Path(tmp_path / "bars.csv")
    path.write_text("date,open,high,low,close\n2021-01-04,1,1,1,1\n2021-01-05,1,1,1,1\n")
    request = BarImportRequest(name="made", paths=(path,), now_ns=2**62, format="arch")
    assert import_bars(request, BarCatalog(tmp_path)).bars.symbol == "SPX"
    other = replace(request, name="other", symbol="NDX", calendar="always")
    bars = import_bars(other, BarCatalog(tmp_path)).bars
    assert (bars.symbol, bars.calendar, bars.bars_per_year) == ("NDX", "always", 365)
