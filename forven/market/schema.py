"""The Arrow schemas of ticks: the one spelling of every column, and what a missing side is."""

import pyarrow as pa

MISSING = -1
"""A side or size that is not there. A bid of 0 is not missing: the market quotes no bid."""

_TS = pa.field("ts", pa.timestamp("ns", tz="UTC"), nullable=False)
_INSTRUMENT = pa.field("instrument", pa.dictionary(pa.int32(), pa.string()), nullable=False)

QUOTES = pa.schema(
    [
        _TS,
        _INSTRUMENT,
        pa.field("bid", pa.int32(), nullable=False),
        pa.field("ask", pa.int32(), nullable=False),
        pa.field("bid_size", pa.int32(), nullable=False),
        pa.field("ask_size", pa.int32(), nullable=False),
    ]
)
"""Quotes: one row a changed quote, sorted by `ts`; prices in quanta, sizes in lots."""

PRINTS = pa.schema(
    [
        _TS,
        _INSTRUMENT,
        pa.field("last", pa.int32(), nullable=False),
        pa.field("last_size", pa.int32(), nullable=False),
        pa.field("aggressor", pa.int8(), nullable=False),
    ]
)
"""Prints: trades and index values, sorted by `ts`; aggressor +1 buy, -1 sell, 0 not known."""
