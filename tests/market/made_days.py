"""Small days of ticks made by hand for the market's tests."""

from datetime import date, time

import numpy as np

from forven.kernels.schema import CALL
from forven.market.bounds import SessionBounds
from forven.market.columns import rows_table
from forven.market.instruments import OptionSymbol
from forven.market.schema import PRINTS, QUOTES
from forven.market.ticks import DayTicks
from forven.primitives.time import NANOSECONDS_PER_SECOND, exchange_time

DAY = date(2024, 6, 3)
NEXT_DAY = date(2024, 6, 4)


def bounds_of(day: date = DAY, close: time = time(16, 0)) -> SessionBounds:
    return SessionBounds(
        day=day,
        open_ns=exchange_time(day, time(9, 30)),
        close_ns=exchange_time(day, close),
        early_close=close < time(16, 0),
    )


def osi(strike: int, right: int = CALL, day: date = DAY, root: str = "SPXW") -> str:
    return OptionSymbol(root=root, expiry=day, right=right, strike_quanta=strike * 100).osi


def quotes_table(rows, day: date = DAY):
    """Rows of (second after the open, symbol, bid, ask), in the order given."""
    open_ns = bounds_of(day).open_ns
    bids = [row[2] for row in rows]
    return rows_table(
        {
            "ts": [open_ns + int(row[0] * NANOSECONDS_PER_SECOND) for row in rows],
            "instrument": [row[1] for row in rows],
            "bid": bids,
            "ask": [row[3] for row in rows],
            "bid_size": np.ones(len(rows)),
            "ask_size": np.ones(len(rows)),
        },
        QUOTES,
    )


def prints_table(rows, day: date = DAY, underlying: str = "SPX"):
    """Rows of (second after the open, value in quanta)."""
    open_ns = bounds_of(day).open_ns
    return rows_table(
        {
            "ts": [open_ns + int(row[0] * NANOSECONDS_PER_SECOND) for row in rows],
            "instrument": [underlying] * len(rows),
            "last": [row[1] for row in rows],
            "last_size": np.full(len(rows), -1),
            "aggressor": np.zeros(len(rows)),
        },
        PRINTS,
    )


LAST_SECOND = 390 * 60


def day_ticks(day: date = DAY, quotes=None, prints=None, **fields) -> DayTicks:
    """A sound day of two calls and a put, unless told otherwise."""
    sound = [
        (0, osi(5300, day=day), 200, 210),
        (1, osi(5310, day=day), 100, 110),
        (1, osi(5300, right=1, day=day), 150, 155),
        (2, osi(5300, day=day), 205, 215),
    ]
    values = [(0, 530_000), (LAST_SECOND - 60, 530_500)]
    return DayTicks(
        day=day,
        underlying=fields.pop("underlying", "SPX"),
        quotes=quotes_table(sound, day) if quotes is None else quotes,
        prints=prints_table(values, day) if prints is None else prints,
        **fields,
    )
