"""The Arrow schemas of one perpetual's ticks: quotes, trades, marks; integers only, never NaN.

Prices are quanta, sizes lots of the contract. A missing side is `MISSING` (-1) with any size.
`arrival`, when a row reached the host that recorded it, may be left out: it is then `ts`.
"""

import pyarrow as pa

from forven.market.schema import MISSING

__all__ = ["ARRIVAL", "MARKS", "MISSING", "QUOTES", "TRADES"]

_STAMP = pa.timestamp("ns", tz="UTC")
_TS = pa.field("ts", _STAMP, nullable=False)

ARRIVAL = pa.field("arrival", _STAMP, nullable=False)
"""Optional in quotes and trades."""

QUOTES = pa.schema(
    [
        _TS,
        pa.field("bid", pa.int64(), nullable=False),
        pa.field("ask", pa.int64(), nullable=False),
        pa.field("bid_size", pa.int64(), nullable=False),
        pa.field("ask_size", pa.int64(), nullable=False),
    ]
)
"""The best price of either side: one row a change, sorted by `ts`."""

TRADES = pa.schema(
    [
        _TS,
        pa.field("last", pa.int64(), nullable=False),
        pa.field("last_size", pa.int64(), nullable=False),
        pa.field("aggressor", pa.int8(), nullable=False),
    ]
)
"""Trades, sorted by `ts`; aggressor +1: a buyer, -1: a seller, 0: not known."""

MARKS = pa.schema([_TS, pa.field("mark", pa.int64(), nullable=False)])
"""The venue's mark price, sorted by `ts`."""
