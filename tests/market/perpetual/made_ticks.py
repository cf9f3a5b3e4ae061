"""Small Arrow tables of ticks for the tests of perpetuals."""

import pyarrow as pa

from forven.market.perpetual import schema
from forven.market.perpetual.contract import MarginTier, PerpetualContract
from forven.market.perpetual.ticks import PerpetualTicks

TIERS = (MarginTier(from_micros=0, leverage=10),)
CONTRACT = PerpetualContract.fixed_tick("PERP", "0.1", "0.001", TIERS)


def table(rows, expected, arrivals=None):
    """Rows of integers as a table of a schema, with an arrival column if it is given."""
    columns = list(zip(*rows)) if rows else [[] for _ in expected]
    arrays = [
        pa.array(column, pa.int64()).cast(field.type)
        for column, field in zip(columns, expected, strict=True)
    ]
    fields = list(expected)
    if arrivals is not None:
        arrays.append(pa.array(arrivals, pa.int64()).cast(schema.ARRIVAL.type))
        fields.append(schema.ARRIVAL)
    return pa.table(arrays, schema=pa.schema(fields))


def ticks(quotes, trades=(), marks=None, arrivals=None, trade_arrivals=None, **given):
    """Ticks of rows: quotes (ts, bid, ask, bid_size, ask_size), trades (ts, last, size, side)."""
    return PerpetualTicks(
        quotes=table(quotes, schema.QUOTES, arrivals),
        trades=table(list(trades), schema.TRADES, trade_arrivals),
        marks=None if marks is None else table(marks, schema.MARKS),
        **given,
    )
