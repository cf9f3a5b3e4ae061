"""The underlying from its own file: index bars, a derived spot, LEAN index zips, or a mapping."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from forven.market.bounds import SessionBounds
from forven.market.readers import lean, tables
from forven.market.readers.mapping import PriceMap
from forven.market.readers.order import OrderCheck
from forven.market.readers.rows import numbers_of
from forven.market.readers.rules import BAD_SHARE_PERCENT_MAX
from forven.market.readers.spots import SpotSeries, spot_series, usable_spots
from forven.market.readers.stamps import nanoseconds_of_column
from forven.primitives.errors import UntrustedData
from forven.primitives.money import CENT_QUANTA_PER_POINT
from forven.primitives.time import NANOSECONDS_PER_SECOND

PRICE_FORMATS = (
    PriceMap(ts="ts", price="active_underlying_price"),
    PriceMap(ts="ts", price="implied_spot"),
    PriceMap(ts="ts", price="last", price_scale=CENT_QUANTA_PER_POINT),
    PriceMap(ts="ts", price="close"),
    PriceMap(ts="ts", price="price"),
)
"""Known tables of the underlying, the first that fits counts; `last` is forven's own prints."""
_OPTION_COLUMNS = ("strike", "right", "option_type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Underlying:
    """All values of the underlying in one file, sorted: stamps and `usable_spots` values."""

    path: Path
    ts: np.ndarray
    values: np.ndarray

    def within(self, bounds: SessionBounds) -> SpotSeries:
        """Return the values of one session, open and close included."""
        first = np.searchsorted(self.ts, bounds.open_ns, side="left")
        last = np.searchsorted(self.ts, bounds.close_ns, side="right")
        return spot_series(self.ts[first:last], self.values[first:last])


def read_underlying(path: Path, columns: PriceMap | None = None, *, sort: bool) -> Underlying:
    """Return the underlying's values in a file; UntrustedData says why it is refused.

    columns  how to read a table that is none of `PRICE_FORMATS`
    sort     accept stamps in any order
    """
    order = OrderCheck(sort=sort)
    stamps, values = [np.array([], np.int64)], [np.array([], np.float64)]
    kinds: Counter[str] = Counter()
    first_bad, first_row = "", 1
    for table, mapping, place in _tables(path, columns):
        with tables.refusing(path):
            ts, read = nanoseconds_of_column(
                _flat(table, mapping.ts), mapping.zone, mapping.ts_unit, mapping.ts_format
            )
            ts = ts + mapping.shift_seconds * NANOSECONDS_PER_SECOND
            scale = CENT_QUANTA_PER_POINT / mapping.price_scale
            spots = usable_spots(numbers_of(_flat(table, mapping.price), scale))
        row = first_row + np.arange(ts.size)
        bad = ~read | np.isnan(spots)
        kinds.update(unreadable_ts=int((~read).sum()), bad_underlying=int((bad & read).sum()))
        if bad.any() and not first_bad:
            first_bad = f"{place}, row {int(row[bad][0])}"
        order.take(ts[read], np.zeros(int(read.sum()), np.int64), row[read], place)
        stamps.append(ts[read])
        values.append(spots[read])
        first_row += ts.size
    bad_rows, rows = kinds.total(), first_row - 1
    if bad_rows * 100 > rows * BAD_SHARE_PERCENT_MAX:
        raise UntrustedData(
            f"{first_bad}: expected a stamp and a value above 0. {bad_rows} of {rows} rows are bad"
            f" ({kinds['unreadable_ts']} stamps, {kinds['bad_underlying']} values); a file is"
            f" refused whole above {BAD_SHARE_PERCENT_MAX} %"
        )
    ts = np.concatenate(stamps)
    by_time = np.argsort(ts, kind="stable")
    return Underlying(path=path, ts=ts[by_time], values=np.concatenate(values)[by_time])


def _tables(path: Path, columns: PriceMap | None) -> Iterator[tuple[pa.Table, PriceMap, str]]:
    kind = tables.table_kind(path)
    if kind == "zip":
        archive = lean.index_entries(path)
        if not archive.entries:
            raise UntrustedData(
                f"{path}: expected a LEAN index entry named like 20210104_spx_minute_trade.csv;"
                " found none"
            )
        yield from lean.index_tables(archive)
        return
    table = tables.open_table(path, kind)
    mapping = columns or _recognised(table)
    lacking = [name for name in mapping.needed() if name not in table.columns]
    if lacking:
        raise UntrustedData(
            f"{path}: columns missing for the underlying's mapping: {', '.join(lacking)};"
            f" the file has {', '.join(table.columns)}"
        )
    for batch, _ in tables.read_batches(table, mapping.needed()):
        yield batch, mapping, str(path)


def _recognised(table: tables.TableFile) -> PriceMap:
    found = table.columns
    for known in PRICE_FORMATS:
        is_options = known.price == "close" and any(name in found for name in _OPTION_COLUMNS)
        if all(name in found for name in known.needed()) and not is_options:
            return known
    prices = ", ".join(known.price for known in PRICE_FORMATS)
    raise UntrustedData(
        f"{table.path}: no known table of the underlying; expected a column ts and one of"
        f" {prices}, or a mapping as in --underlying-map ts=time,price=value;"
        f" the file has {', '.join(found) or 'no columns'}"
    )


def _flat(table: pa.Table, name: str) -> pa.Array:
    return pa.concat_arrays(table.column(name).chunks or [pa.array([], table.field(name).type)])
