"""The market channels: index values and the option chain of the latest frame, as numbers."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forven.bots.hub import MarketView
from forven.kernels.schema import CALL, MISSING, QUOTE_ASK, QUOTE_BID
from forven.market.instruments import parse_osi

_QUANTA_PER_POINT = 100
_DELTA_UNITS = 1_000_000


@lru_cache(maxsize=4)
def _listing(symbols: tuple[str, ...]) -> tuple[tuple[int, int | None, int | None], ...]:
    """Return strike, place of the call and place of the put, ascending, of a day's symbols."""
    found: dict[int, list[int | None]] = {}
    for place, symbol in enumerate(symbols):
        option = parse_osi(symbol)
        found.setdefault(option.strike_quanta, [None, None])[option.right != CALL] = place
    return tuple((strike, pair[0], pair[1]) for strike, pair in sorted(found.items()))


def aggregates(view: MarketView) -> dict[str, Any]:
    """Return the underlying and its expected move in points; what is not known is null.

    There is no VIX in any feed of ours: its field is there for clients that look for it.
    """
    return {
        view.underlying: _points(view.spot),
        "VIX": None,
        "expected_move": expected_move(view),
    }


def expected_move(view: MarketView) -> float | None:
    """Return the at-the-money straddle's mid in points: of the pair nearest to parity."""
    bids, asks = view.quotes[QUOTE_BID, :, 0], view.quotes[QUOTE_ASK, :, 0]
    nearest: tuple[int, int] | None = None
    for _, call, put in _listing(view.symbols):
        if call is None or put is None:
            continue
        if not (_two_sided(bids, asks, call) and _two_sided(bids, asks, put)):
            continue
        call2, put2 = (int(bids[place]) + int(asks[place]) for place in (call, put))
        if nearest is None or abs(call2 - put2) < nearest[0]:
            nearest = (abs(call2 - put2), call2 + put2)
    return None if nearest is None else nearest[1] / (2 * _QUANTA_PER_POINT)


def option_chain(view: MarketView) -> list[dict[str, Any]]:
    """Return one object a strike, ascending: strike, call and put with bid, ask and delta."""
    bids, asks = view.quotes[QUOTE_BID, :, 0], view.quotes[QUOTE_ASK, :, 0]
    deltas = view.marks.deltas()

    def side(place: int | None) -> dict[str, float | None] | None:
        if place is None:
            return None
        delta = int(deltas[place])
        return {
            "bid": _points(int(bids[place])),
            "ask": _points(int(asks[place])),
            "delta": None if delta == MISSING else delta / _DELTA_UNITS,
        }

    return [
        {"strike": strike / _QUANTA_PER_POINT, "call": side(call), "put": side(put)}
        for strike, call, put in _listing(view.symbols)
    ]


def _two_sided(bids: NDArray[np.int32], asks: NDArray[np.int32], place: int) -> bool:
    """Return whether an option has a bid and an ask that do not cross."""
    return 0 < int(bids[place]) <= int(asks[place])


def _points(quanta: int) -> float | None:
    """Return quanta as points; None where there is no value."""
    return None if quanta == MISSING else quanta / _QUANTA_PER_POINT
