"""A small market for the market channels: four options around 6000."""

import numpy as np

from forven.bots.hub import MarketView
from forven.bots.live_view import FrameMarks
from forven.kernels.schema import CALL, MISSING, PUT

HOUR_NS = 3_600_000_000_000
SYMBOLS = (
    "SPXW  251124C05990000",
    "SPXW  251124C06000000",
    "SPXW  251124P06000000",
    "SPXW  251124P06010000",
)
INSTRUMENTS = np.array([[599_000, CALL], [600_000, CALL], [600_000, PUT], [601_000, PUT]], np.int64)


def market_view(ts: int, spot: int = 600_025) -> MarketView:
    """Return a frame an hour before the close; the straddle at 6000 is worth 20 points."""
    quotes = np.full((3, 4, 1), MISSING, np.int32)
    for place, (bid, ask) in enumerate([(1_500, 1_600), (1_000, 1_040), (960, 1_000), (0, 1_700)]):
        quotes[:, place, 0] = bid, ask, bid + ask
    return MarketView(
        ts=ts,
        underlying="SPX",
        symbols=SYMBOLS,
        quotes=quotes,
        spot=spot,
        marks=FrameMarks(ts, ts + HOUR_NS, quotes, INSTRUMENTS),
    )
