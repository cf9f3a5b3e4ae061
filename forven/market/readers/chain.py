"""One day's expiring chain, gathered from kept rows: sorted, without duplicates, in our schema."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from forven.market.instruments import OptionSymbol
from forven.market.readers.spots import SpotSeries, spot_series
from forven.market.schema import MISSING, QUOTES
from forven.primitives.errors import UntrustedData

RIGHT_SPAN = 2**32
"""A contract key is right x RIGHT_SPAN + strike in quanta: calls first, then by strike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainRows:
    """Kept rows of one day and one root, in file order; int64 arrays of one length.

    key   contract key     bid, ask  quanta or MISSING     sizes  lots or MISSING
    spot  float64 `usable_spots`; None: the file has no such column
    """

    root: str
    ts: np.ndarray
    key: np.ndarray
    bid: np.ndarray
    ask: np.ndarray
    bid_size: np.ndarray
    ask_size: np.ndarray
    spot: np.ndarray | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainDay:
    """The chain of one expiry day; `spot` was read beside the quotes, if it was."""

    day: date
    root: str
    quotes: pa.Table
    spot: SpotSeries | None
    counts: Counter[str]


def chain_day(day: date, parts: list[ChainRows], place: str) -> ChainDay:
    """Return the day's chain: sorted by stamp and instrument, the last of duplicates kept."""
    roots = sorted({part.root for part in parts})
    if len(roots) != 1:
        raise UntrustedData(
            f"{place}: expected one option root on {day}, found {', '.join(roots)};"
            " split the file by root"
        )
    names = ("ts", "key", "bid", "ask", "bid_size", "ask_size")
    rows = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    spot = None
    if parts[0].spot is not None:
        spot = spot_series(rows["ts"], np.concatenate([part.spot for part in parts]))
    order = np.lexsort((rows["key"], rows["ts"]))
    rows = {name: values[order] for name, values in rows.items()}
    follows = (np.diff(rows["ts"]) == 0) & (np.diff(rows["key"]) == 0)
    last = np.append(~follows, True)
    rows = {name: values[last] for name, values in rows.items()}
    counts = Counter({"duplicate": int(follows.sum())}) + _noted(rows["bid"], rows["ask"])
    if spot is not None:
        counts += spot.counts
    return ChainDay(
        day=day, root=roots[0], quotes=_table(day, roots[0], rows), spot=spot, counts=counts
    )


def _noted(bid: np.ndarray, ask: np.ndarray) -> Counter[str]:
    return Counter(
        zero_bid=int((bid == 0).sum()),
        one_sided=int((ask == MISSING).sum()),
        crossed=int((bid > ask).sum()),
    )


def _table(day: date, root: str, rows: dict[str, np.ndarray]) -> pa.Table:
    keys, codes = np.unique(rows["key"], return_inverse=True)
    names = [_symbol(day, root, int(key)) for key in keys]
    instrument = pa.DictionaryArray.from_arrays(
        pa.array(codes.astype(np.int32)), pa.array(names, pa.string())
    )
    columns = [pa.array(rows["ts"]).cast(QUOTES.field("ts").type), instrument]
    columns += [pa.array(rows[n].astype(np.int32)) for n in ("bid", "ask", "bid_size", "ask_size")]
    return pa.Table.from_arrays(columns, schema=QUOTES)


def _symbol(day: date, root: str, key: int) -> str:
    right, strike = divmod(key, RIGHT_SPAN)
    return OptionSymbol(root=root, expiry=day, right=right, strike_quanta=strike).osi
