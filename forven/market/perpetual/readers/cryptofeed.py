"""Reads depth recordings normalised from cryptofeed: one file, several instruments, L2 levels.

Columns `ts_recv, symbol, kind, side, price, size`; kind is snapshot, delta, trade or bbo; size 0
removes a level. Rows are stamped with the recorder's clock, in whose order they came.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa

from forven.market.perpetual.contract import PerpetualContract
from forven.market.perpetual.l2 import BestQuotes, LevelRows, rebuild_quotes
from forven.market.perpetual.readers.recordings import (
    floats_of,
    instrument_rows,
    quote_table,
    stamps_of,
    texts_are,
    trade_table,
)
from forven.market.perpetual.ticks import PerpetualTicks
from forven.market.perpetual.units import price_column, size_column
from forven.primitives.errors import UntrustedData

_COLUMNS = ("ts_recv", "kind", "side", "price", "size")
_KINDS = ("snapshot", "delta", "trade", "bbo")


def read_cryptofeed(path: Path, contract: PerpetualContract) -> PerpetualTicks:
    """Return one instrument's ticks: the best quotes of the rebuilt depth, and the trades.

    contract  its symbol names the instrument in the file
    """
    table = _instrument(path, contract)
    counts: dict[str, int] = {}
    best = _rebuilt(path, table, contract, counts).changes()
    return PerpetualTicks(
        quotes=quote_table({name: getattr(best, name) for name in _QUOTE_COLUMNS}),
        trades=_trades(path, table, contract, counts),
        counts=counts,
    )


def read_cryptofeed_states(path: Path, contract: PerpetualContract) -> BestQuotes:
    """Return the best quote after every stamp of one instrument's depth, unchanged ones too."""
    return _rebuilt(path, _instrument(path, contract), contract, {})


_QUOTE_COLUMNS = ("ts", "bid", "ask", "bid_size", "ask_size")


def _instrument(path: Path, contract: PerpetualContract) -> pa.Table:
    """Return the contract's rows; a kind that is not known refuses the file."""
    table = instrument_rows(path, _COLUMNS, contract.symbol)
    known = np.logical_or.reduce([texts_are(table, "kind", kind) for kind in _KINDS])
    if not known.all():
        row = int(np.argmin(known))
        raise UntrustedData(
            f"{path}, {contract.symbol} row {row}: expected a kind of {', '.join(_KINDS)}, "
            f"found {table['kind'][row].as_py()!r}"
        )
    return table


def _rebuilt(
    path: Path, table: pa.Table, contract: PerpetualContract, counts: dict[str, int]
) -> BestQuotes:
    """Return the best quotes of the depth rows."""
    is_snapshot = texts_are(table, "kind", "snapshot")
    depth = table.filter(pa.array(is_snapshot | texts_are(table, "kind", "delta")))
    place = f"{path}, depth of {contract.symbol}"
    sizes = floats_of(path, depth, "size")
    is_bid = texts_are(depth, "side", "bid")
    if not (is_bid | texts_are(depth, "side", "ask")).all():
        raise UntrustedData(f"{place}: expected the sides bid and ask, found others")
    return rebuild_quotes(
        LevelRows(
            ts=stamps_of(path, depth, "ts_recv"),
            is_snapshot=texts_are(depth, "kind", "snapshot"),
            is_bid=is_bid,
            is_removed=sizes == 0.0,
            price=price_column(place, floats_of(path, depth, "price"), contract),
            size=size_column(place, sizes, contract, counts),
        )
    )


def _trades(
    path: Path, table: pa.Table, contract: PerpetualContract, counts: dict[str, int]
) -> pa.Table:
    """Return the trades; side is the aggressor's."""
    trades = table.filter(pa.array(texts_are(table, "kind", "trade")))
    place = f"{path}, trades of {contract.symbol}"
    bought, sold = texts_are(trades, "side", "buy"), texts_are(trades, "side", "sell")
    return trade_table(
        {
            "ts": stamps_of(path, trades, "ts_recv"),
            "last": price_column(place, floats_of(path, trades, "price"), contract),
            "last_size": size_column(place, floats_of(path, trades, "size"), contract, counts),
            "aggressor": bought.astype(np.int64) - sold.astype(np.int64),
        }
    )
