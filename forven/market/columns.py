"""Plain numpy columns of a day's ticks, checked once, and the identity of their content."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forven.market.bounds import SessionBounds
from forven.market.schema import MISSING, PRINTS, QUOTES
from forven.market.ticks import DayTicks
from forven.primitives.errors import InvalidInput, UntrustedData
from forven.primitives.identifiers import bytes_hash, canonical_json

PRICE_QUANTA_MAX = 1_000_000_000
"""Prices above it are refused, so that bid + ask always fits the int32 of a mark."""

_FORMAT = "forven ticks 1"
_DTYPES: dict[pa.DataType, np.dtype[Any]] = {
    pa.timestamp("ns", tz="UTC"): np.dtype(np.int64),
    pa.int32(): np.dtype(np.int32),
    pa.int8(): np.dtype(np.int8),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayColumns:
    """A day's ticks as read-only columns, sorted by time; `quote_code` indexes `symbols`."""

    ticks: DayTicks
    symbols: tuple[str, ...]
    quote_ts: npt.NDArray[np.int64]
    quote_code: npt.NDArray[np.int32]
    quote_bid: npt.NDArray[np.int32]
    quote_ask: npt.NDArray[np.int32]
    quote_bid_size: npt.NDArray[np.int32]
    quote_ask_size: npt.NDArray[np.int32]
    print_ts: npt.NDArray[np.int64]
    print_last: npt.NDArray[np.int32]
    print_last_size: npt.NDArray[np.int32]
    print_aggressor: npt.NDArray[np.int8]

    def between(self, open_ns: int, close_ns: int) -> "DayColumns":
        """Return the rows from `open_ns` to `close_ns`, both included, without copying them."""
        quotes = slice(*_positions(self.quote_ts, open_ns, close_ns))
        prints = slice(*_positions(self.print_ts, open_ns, close_ns))
        return replace(
            self,
            **{name: getattr(self, name)[quotes] for name in _QUOTE_COLUMNS},
            **{name: getattr(self, name)[prints] for name in _PRINT_COLUMNS},
        )

    def content_hash(self, bounds: SessionBounds) -> str:
        """Return the SHA-256 of the day: its bounds, settlement, symbols and little-endian columns.

        It does not depend on how the rows were chunked, encoded or compressed.
        """
        return bytes_hash(self._content(bounds))

    def _content(self, bounds: SessionBounds) -> Iterator[bytes | memoryview]:
        counts = np.bincount(self.quote_code, minlength=len(self.symbols))
        used = sorted((symbol, code) for code, symbol in enumerate(self.symbols) if counts[code])
        head = {
            "format": _FORMAT,
            "bounds": bounds.as_dict(),
            "underlying": self.ticks.underlying,
            "settlement": self.ticks.settlement,
            "symbols": [symbol for symbol, _ in used],
            "rows": [int(self.quote_ts.size), int(self.print_ts.size)],
        }
        yield canonical_json(head).encode("ascii")
        position = np.full(len(self.symbols), -1, np.dtype("<i4"))
        position[[code for _, code in used]] = np.arange(len(used))
        yield position[self.quote_code].data
        for name in _QUOTE_COLUMNS + _PRINT_COLUMNS:
            if name != "quote_code":
                column = getattr(self, name)
                yield column.astype(column.dtype.newbyteorder("<"), copy=False).data


_QUOTE_COLUMNS = (
    *("quote_ts", "quote_code", "quote_bid", "quote_ask"),
    *("quote_bid_size", "quote_ask_size"),
)
_PRINT_COLUMNS = ("print_ts", "print_last", "print_last_size", "print_aggressor")


def columns_of(ticks: DayTicks) -> DayColumns:
    """Return the checked columns of a day; UntrustedData names the table, the row, the reason."""
    quotes = _plain(ticks.quotes, QUOTES, f"quotes of {ticks.day}")
    prints = _plain(ticks.prints, PRINTS, f"prints of {ticks.day}")
    symbols, codes = _decoded(quotes.column("instrument"), f"quotes of {ticks.day}")
    underlyings, sources = _decoded(prints.column("instrument"), f"prints of {ticks.day}")
    for code in np.flatnonzero(np.bincount(sources)):  # `np.unique` loads `numpy.ma`
        if underlyings[code] != ticks.underlying:
            raise UntrustedData(
                f"prints of {ticks.day}, row {int(np.argmax(sources == code))}: expected values "
                f"of {ticks.underlying}, found {underlyings[code]!r}"
            )
    columns = DayColumns(
        ticks=ticks,
        symbols=symbols,
        quote_ts=_integers(quotes, "ts"),
        quote_code=codes,
        quote_bid=_integers(quotes, "bid"),
        quote_ask=_integers(quotes, "ask"),
        quote_bid_size=_integers(quotes, "bid_size"),
        quote_ask_size=_integers(quotes, "ask_size"),
        print_ts=_integers(prints, "ts"),
        print_last=_integers(prints, "last"),
        print_last_size=_integers(prints, "last_size"),
        print_aggressor=_integers(prints, "aggressor"),
    )
    _check(columns)
    return columns


def _positions(ts: npt.NDArray[np.int64], open_ns: int, close_ns: int) -> tuple[int, int]:
    first = int(np.searchsorted(ts, open_ns, side="left"))
    return first, int(np.searchsorted(ts, close_ns, side="right"))


def _plain(table: pa.Table, schema: pa.Schema, name: str) -> pa.Table:
    """Return the table in one chunk a column with one dictionary, its schema checked."""
    found = {field.name: field.type for field in table.schema}
    for field in schema:
        if found.get(field.name) != field.type:
            raise UntrustedData(
                f"{name}, column {field.name!r}: expected {field.type}, "
                f"found {found.get(field.name, 'no such column')}"
            )
        if table.column(field.name).null_count:
            row = table.column(field.name).is_null().index(True).as_py()
            raise UntrustedData(f"{name}, row {row}: {field.name} is null; {MISSING} is missing")
    if table.column("instrument").num_chunks == 1:
        return table
    return table.unify_dictionaries().combine_chunks()


def _decoded(column: pa.ChunkedArray, name: str) -> tuple[tuple[str, ...], npt.NDArray[np.int32]]:
    if column.num_chunks == 0:
        return (), np.empty(0, np.int32)
    chunk = column.chunk(0)
    if chunk.dictionary.null_count:
        raise UntrustedData(f"{name}: the instrument dictionary holds a null")
    symbols = tuple(chunk.dictionary.to_pylist())
    if len(set(symbols)) != len(symbols):
        raise UntrustedData(f"{name}: the instrument dictionary holds a symbol twice")
    return symbols, _values(chunk.indices)


def _integers(table: pa.Table, name: str) -> npt.NDArray[Any]:
    column = table.column(name)
    chunks = [_values(chunk) for chunk in column.chunks]
    if len(chunks) == 1:
        return chunks[0]
    return np.concatenate([np.empty(0, _DTYPES[column.type]), *chunks])


def _values(array: pa.Array) -> npt.NDArray[Any]:
    """Return an integer or timestamp array without copying it; `to_numpy` would load pandas."""
    dtype = _DTYPES[array.type]
    if not len(array):
        return np.empty(0, dtype)
    return np.frombuffer(array.buffers()[1], dtype, len(array), array.offset * dtype.itemsize)


def _check(columns: DayColumns) -> None:
    day = columns.ticks.day
    for name in ("quote_ts", "print_ts"):
        ts = getattr(columns, name)
        backwards = ts[1:] < ts[:-1]
        if backwards.any():
            row = int(np.argmax(backwards)) + 1
            raise UntrustedData(f"{name} of {day}, row {row}: time goes backwards")
    lowest = {"print_last": 1}
    for name in ("quote_bid", "quote_ask", "print_last"):
        values = getattr(columns, name)
        low = lowest.get(name, MISSING)
        if values.size and not (values.min() >= low and values.max() <= PRICE_QUANTA_MAX):
            row = int(np.argmax((values < low) | (values > PRICE_QUANTA_MAX)))
            raise UntrustedData(
                f"{name} of {day}, row {row}: expected {low} to {PRICE_QUANTA_MAX} quanta, "
                f"found {values[row]}"
            )


def rows_table(columns: Mapping[str, npt.ArrayLike], schema: pa.Schema) -> pa.Table:
    """Return a tick table from plain columns, in one of the schemas of `forven.market.schema`.

    `ts` is int64 nanoseconds UTC, `instrument` strings, the rest integers; InvalidInput names a
    value that its column cannot hold.
    """
    arrays = []
    for field in schema:
        values = columns[field.name]
        if pa.types.is_dictionary(field.type):
            arrays.append(pa.array(values, pa.string()).dictionary_encode())
        else:
            arrays.append(_array(field, np.asarray(values)))
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(field: pa.Field, values: npt.NDArray[Any]) -> pa.Array:
    held = values.astype(_DTYPES[field.type])
    if not np.array_equal(held, values):
        row = int(np.argmax(held != values))
        raise InvalidInput(f"{field.name}, row {row}: {values[row]} is not a whole {field.type}")
    return pa.Array.from_buffers(field.type, len(held), [None, pa.py_buffer(held)])
