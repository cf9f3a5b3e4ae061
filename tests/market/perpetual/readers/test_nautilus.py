"""Best quotes and trades of the recorded spot sample, and duplicate trades."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from forven.kernels import perpetual_schema as layout
from forven.market.perpetual.contract import PerpetualContract
from forven.market.perpetual.frames import build_stream
from forven.market.perpetual.readers.nautilus import read_nautilus
from tests.market.perpetual.made_ticks import TIERS

CONTRACT = PerpetualContract.fixed_tick("BTCUSDT", "0.01", "0.0001", TIERS)


@pytest.mark.data
def test_the_recorded_sample_reads_to_the_cent(shared_data):
    folder = shared_data / "nautilus"
    quotes = folder / "binance_btcusdt_spot_quotes_2021-01-08.parquet"
    trades = folder / "binance_btcusdt_spot_trades_2021-01-08.parquet"
    ticks = read_nautilus(quotes, trades, CONTRACT)
    stream = build_stream(CONTRACT, ticks)
    frame = pq.read_table(quotes).to_pandas()
    assert ticks.quotes["bid"].to_pylist() == [round(each * 100) for each in frame.bid]
    assert ticks.quotes["ask_size"].to_pylist() == [
        int(Decimal(repr(each)) * 10_000) for each in frame.ask_size
    ]
    assert len(stream.prints) == 2_001
    assert stream.counts == {"finer_size": 2_542, "superseded": 23, "unquoted": 15}
    traded = pq.read_table(trades).to_pandas()
    stamps = sorted({each.value for each in [*frame.ts, *traded.ts]})
    assert stream.ts.tolist() == stamps
    aggressor = np.where(traded.buyer_maker, -1, 1)
    assert stream.prints[:, layout.PRINT_AGGRESSOR].tolist() == aggressor.tolist()


def test_a_trade_id_seen_before_is_left_out(tmp_path):
    stamps = pa.array([1, 2, 3], pa.timestamp("ns", "UTC"))
    symbol = ["BTCUSDT"] * 3
    quotes = pa.table({"ts": stamps, "symbol": symbol, "bid": [1.0, None, 1.0], "ask": [2.0] * 3})
    quotes = quotes.append_column("bid_size", pa.array([1.0] * 3))
    quotes = quotes.append_column("ask_size", pa.array([1.0] * 3))
    trades = pa.table(
        {"ts": stamps, "symbol": symbol, "trade_id": [7, 7, 8], "price": [1.0, 1.0, 2.0]}
        | {"quantity": [0.5] * 3, "buyer_maker": [True, True, False]}
    )
    pq.write_table(quotes, tmp_path / "q.parquet")
    pq.write_table(trades, tmp_path / "t.parquet")
    ticks = read_nautilus(tmp_path / "q.parquet", tmp_path / "t.parquet", CONTRACT)
    assert ticks.trades["last"].to_pylist() == [100, 200]
    assert ticks.trades["aggressor"].to_pylist() == [-1, 1]
    assert ticks.counts == {"duplicate_trade": 1, "finer_size": 0}
    assert ticks.quotes["bid"].to_pylist() == [100, -1, 100]
    assert read_nautilus(tmp_path / "q.parquet", None, CONTRACT).trades.num_rows == 0
