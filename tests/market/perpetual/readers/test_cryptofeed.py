"""Depth recordings: every book of the recorded files rebuilds without a crossed state."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from forven.market.perpetual.contract import PerpetualContract
from forven.market.perpetual.frames import build_stream
from forven.market.perpetual.readers.cryptofeed import read_cryptofeed, read_cryptofeed_states
from forven.primitives.errors import UntrustedData
from tests.market.perpetual.made_ticks import TIERS

# The data's own notes count 1,978, 7,023 and 755 checked states: their check left out the last
# state of each file, ours does not.
RECORDED = [("bitmex", 10, 1_979), ("kraken_futures", 10, 7_024), ("binance_futures", 4, 756)]
FINE = {"XRPU21": ("0.00000001", "100"), "TRXU21": ("0.0000000001", "10000")}
"""Instruments quoted in bitcoin: their quantum needs a large lot to be worth a micro."""
COARSE = ("XBT", "PI_ETH", "PI_LTC")


def contract_for(symbol: str) -> PerpetualContract:
    coarse = ("0.01", "1") if any(name in symbol for name in COARSE) else ("0.00001", "1")
    quantum, lot = FINE.get(symbol, coarse)
    return PerpetualContract.fixed_tick(symbol, quantum, lot, TIERS)


@pytest.mark.data
@pytest.mark.parametrize(("venue", "symbols", "states"), RECORDED)
def test_every_recorded_book_rebuilds_without_a_crossed_state(shared_data, venue, symbols, states):
    path = shared_data / "cryptofeed" / f"l2_{venue}.parquet"
    names = sorted(set(pq.read_table(path, columns=["symbol"])["symbol"].to_pylist()))
    found = [read_cryptofeed_states(path, contract_for(name)) for name in names]
    assert len(names) == symbols
    assert sum(best.ts.size for best in found) == states
    assert sum(best.crossed for best in found) == 0
    assert all((best.bid > 0).all() and (best.ask > 0).all() for best in found)


@pytest.mark.data
@pytest.mark.parametrize("venue", ["bitmex", "binance_futures"])
def test_rebuilt_quotes_are_the_ones_the_venue_sent(shared_data, venue):
    """Both venues send their best quote as well; nearly all were a state of the rebuilt book."""
    path = shared_data / "cryptofeed" / f"l2_{venue}.parquet"
    rows = pq.read_table(path).to_pylist()
    same = total = 0
    for symbol in sorted({row["symbol"] for row in rows}):
        contract = contract_for(symbol)
        best = read_cryptofeed_states(path, contract)
        known = {("bid", each) for each in best.bid.tolist()}
        known |= {("ask", each) for each in best.ask.tolist()}
        first = int(best.ts[0])
        for row in rows:
            at = row["ts_recv"].value if hasattr(row["ts_recv"], "value") else 0
            if row["symbol"] == symbol and row["kind"] == "bbo" and at >= first:
                price = Decimal(repr(row["price"])) / contract.quantum
                same += (row["side"], int(price)) in known
                total += 1
    assert total > 800
    assert same / total > 0.97


@pytest.mark.data
def test_a_recorded_instrument_becomes_a_stream(shared_data):
    path = shared_data / "cryptofeed" / "l2_binance_futures.parquet"
    contract = PerpetualContract.fixed_tick("SUSHIUSDT", "0.001", "1", TIERS)
    ticks = read_cryptofeed(path, contract)
    stream = build_stream(contract, ticks)
    assert ticks.quotes.num_rows == 101
    assert ticks.trades.num_rows == len(stream.prints) == 40
    assert stream.counts == {}
    assert not stream.is_blocked.any()
    assert set(np.unique(stream.prints[:, 2])) <= {-1, 1}
    # 22:25:42.301402, the REST snapshot: 7.611 for 6 against 7.612.
    assert stream.book[2:6, 0].tolist() == [7_611, 7_612, 6, 297]


ROWS = [
    (1, "snapshot", "bid", 1.0, 5.0),
    (1, "snapshot", "ask", 1.2, 5.0),
    (2, "trade", "buy", 1.2, 1.0),
    (2, "trade", "sell", 1.0, 2.0),
    (3, "delta", "ask", 1.2, 0.0),
    (3, "delta", "ask", 1.3, 0.0005),
]


def write(path, rows, symbol="PERP"):
    ts, kind, side, price, size = zip(*rows)
    stamps = pa.array(ts, pa.int64()).cast(pa.timestamp("ns", "UTC"))
    table = pa.table(
        {"ts_recv": stamps, "symbol": [symbol] * len(rows), "kind": kind, "side": side}
        | {"price": price, "size": size}
    )
    pq.write_table(table, path)
    return path


PERP = PerpetualContract.fixed_tick("PERP", "0.1", "0.001", TIERS)


def test_trades_carry_the_aggressors_side_and_removed_levels_go(tmp_path):
    ticks = read_cryptofeed(write(tmp_path / "a.parquet", ROWS), PERP)
    assert ticks.trades.select(["last", "last_size", "aggressor"]).to_pydict() == {
        "last": [12, 10],
        "last_size": [1_000, 2_000],
        "aggressor": [1, -1],
    }
    assert ticks.quotes["ask"].to_pylist() == [12, 13]
    assert ticks.quotes["ask_size"].to_pylist() == [5_000, 0]
    assert ticks.counts == {"finer_size": 1}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((4, "level", "bid", 1.0, 1.0), "row 6: expected a kind of snapshot, delta, trade, bbo, f"),
        ((4, "delta", "left", 1.0, 1.0), "expected the sides bid and ask, found others"),
        ((4, "delta", "bid", 1.05, 1.0), "row 4: expected a multiple of 0.1"),
        ((4, "delta", "bid", -1.0, 1.0), "levels, row 4: expected a price above 0"),
    ],
)
def test_a_recording_of_another_form_is_refused(tmp_path, row, message):
    with pytest.raises(UntrustedData, match=message):
        read_cryptofeed(write(tmp_path / "a.parquet", [*ROWS, row]), PERP)


def test_an_instrument_that_is_not_there_is_refused(tmp_path):
    path = write(tmp_path / "a.parquet", ROWS, "OTHER")
    with pytest.raises(UntrustedData, match="expected rows of PERP, found only OTHER"):
        read_cryptofeed(path, PERP)
