"""Reads best quotes and trades as NautilusTrader's test data stores them: two Parquet files.

Quotes: `ts, symbol, bid, ask, bid_size, ask_size`. Trades: `ts, symbol, trade_id, price, quantity,
buyer_maker`; a buyer who was the maker means that a seller was the aggressor.
"""

from pathlib import Path

import numpy as np

from forven.market.perpetual.contract import PerpetualContract
from forven.market.perpetual.readers.recordings import (
    floats_of,
    instrument_rows,
    quote_table,
    stamps_of,
    trade_table,
)
from forven.market.perpetual.ticks import PerpetualTicks
from forven.market.perpetual.units import price_column, size_column

_SIDES = (("bid", "bid_size"), ("ask", "ask_size"))


def read_nautilus(quotes: Path, trades: Path | None, contract: PerpetualContract) -> PerpetualTicks:
    """Return the ticks of the contract's symbol; a trade whose id was seen before is left out.

    trades  None: quotes only
    """
    counts: dict[str, int] = {}
    table = instrument_rows(quotes, ("ts", "bid", "ask", "bid_size", "ask_size"), contract.symbol)
    columns = {"ts": stamps_of(quotes, table, "ts")}
    for side, size in _SIDES:
        columns[side] = price_column(f"{quotes}.{side}", floats_of(quotes, table, side), contract)
        sizes = floats_of(quotes, table, size)
        columns[size] = size_column(f"{quotes}.{size}", sizes, contract, counts)
    if trades is None:
        return PerpetualTicks(quotes=quote_table(columns), counts=counts)
    names = ("ts", "trade_id", "price", "quantity", "buyer_maker")
    table = instrument_rows(trades, names, contract.symbol)
    _, first = np.unique(table["trade_id"].to_numpy(), return_index=True)
    counts["duplicate_trade"] = table.num_rows - first.size
    table = table.take(np.sort(first))
    prices = floats_of(trades, table, "price")
    sizes = floats_of(trades, table, "quantity")
    printed = {
        "ts": stamps_of(trades, table, "ts"),
        "last": price_column(f"{trades}.price", prices, contract),
        "last_size": size_column(f"{trades}.quantity", sizes, contract, counts),
        "aggressor": 1 - 2 * table["buyer_maker"].to_numpy().astype(np.int64),
    }
    return PerpetualTicks(quotes=quote_table(columns), trades=trade_table(printed), counts=counts)
