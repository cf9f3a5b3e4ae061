"""Days and frames to write on tapes."""

import numpy as np

from forven.kernels.schema import MISSING
from forven.market.feeds.frame import FeedDay, FeedEvent, FeedFrame
from tests.store.made_rows import BOUNDS, DAY, LISTING

SECOND_NS = 10**9
FEED_DAY = FeedDay(
    day=DAY,
    bounds=BOUNDS,
    symbols=LISTING.symbols,
    root="SPXW",
    underlying="SPX",
    multiplier=1_000_000,
    feed="synthetic:7",
)


def frame(number: int, rows: int = 3, **changes: object) -> FeedFrame:
    """Return the frame of a second of the day; every row tells its frame and place."""
    places = np.arange(rows, dtype=np.int32)
    ts = BOUNDS.open_ns + number * SECOND_NS
    fields: dict[str, object] = {
        "ts": ts,
        "arrival": ts + 5,
        "instruments": places % 2,
        "bids": places + number,
        "asks": places + number + 10,
        "bid_sizes": places + 20,
        "ask_sizes": places + 30,
        "spot": 470_000 + number,
        "settlement": MISSING,
        "events": (),
    }
    return FeedFrame(**{**fields, **changes})  # type: ignore[arg-type]


def odd_frames() -> list[FeedFrame]:
    """Return frames of every kind: empty, without a spot, settled, with events, with rows -1."""
    gap = FeedEvent(kind="gap", ts=5, count=3, detail="3 seconds, é 😀 'quoted' \"twice\"")
    late = FeedEvent(kind="late", ts=2**62, count=2**40, detail="")
    missing = np.full(4, MISSING, np.int32)
    return [
        frame(0),
        frame(1, 0),
        frame(2, 0, spot=MISSING),
        frame(3, 5, spot=MISSING, events=(gap,)),
        frame(4, 0, spot=MISSING, events=(gap, late)),
        frame(5, 4, bids=missing, asks=missing, bid_sizes=missing, ask_sizes=missing),
        frame(6, 2, settlement=470_123),
        frame(7, 0, spot=MISSING, settlement=0, events=(late,)),
        frame(8, 1, spot=0),
        frame(9, 1, arrival=0),
    ]


def assert_same_frames(found: list[FeedFrame], expected: list[FeedFrame]) -> None:
    """Every field of every frame is the same."""
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        for name in ("ts", "arrival", "spot", "settlement", "events"):
            assert getattr(one, name) == getattr(other, name)
        for name in ("instruments", "bids", "asks", "bid_sizes", "ask_sizes"):
            column = getattr(one, name)
            assert column.dtype == np.int32
            np.testing.assert_array_equal(column, getattr(other, name))
