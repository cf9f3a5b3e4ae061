"""Arrow batches of a producer as plain columns: the schema, the day and the listing are checked."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from forven.kernels.schema import INT64_MAX, MISSING
from forven.market.instruments import parse_osi
from forven.primitives.errors import InvalidInput
from forven.primitives.time import parse_date

DAY_KEY = b"forven.day"
LISTING_KEY = b"forven.listing"
LISTING_MAX = 5_000
"""More instruments than any expiry lists."""
COLUMNS = ("ts", "instrument", "bid", "ask", "bid_size", "ask_size")
_INTEGERS = ("bid", "ask", "bid_size", "ask_size")
NULL = -INT64_MAX
"""Stands in a column for a null: no price, size or time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What a producer says of itself: the day, and the options it will quote, in their order."""

    day: date
    symbols: tuple[str, ...]
    root: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowBatch:
    """The rows of one batch in its order; int64, `NULL` where a cell was null.

    codes  of each row, places in `names`; -1: null
    """

    ts: NDArray[np.int64]
    codes: NDArray[np.int64]
    names: tuple[str, ...]
    bid: NDArray[np.int64]
    ask: NDArray[np.int64]
    bid_size: NDArray[np.int64]
    ask_size: NDArray[np.int64]


def announcement_of(schema: pa.Schema) -> Announcement:
    """Return what a stream's schema announces; InvalidInput says what is not as it must be."""
    names = tuple(schema.names)
    if sorted(names) != sorted(COLUMNS):
        raise InvalidInput(
            f"schema: expected the columns {', '.join(COLUMNS)}, found {names!r:.200}"
        )
    for name in COLUMNS:
        kind = schema.field(name).type
        if not _is_accepted(name, kind):
            raise InvalidInput(f"schema: column {name}: expected {_accepted(name)}, found {kind}")
    metadata = schema.metadata or {}
    for key in (DAY_KEY, LISTING_KEY):
        if key not in metadata:
            raise InvalidInput(f"schema: expected the metadata {key.decode()}, found none")
    day = parse_date(metadata[DAY_KEY].decode("utf-8", "replace"))
    symbols, root = _listing(metadata[LISTING_KEY], day)
    return Announcement(day=day, symbols=symbols, root=root)


def rows_of_batch(batch: pa.RecordBatch) -> RowBatch:
    """Return a batch's rows; InvalidInput if its bytes do not hold what they say."""
    try:
        batch.validate(full=True)
        names, codes = _names(batch.column("instrument"))
        columns = {name: _integers(batch.column(name)) for name in _INTEGERS}
        return RowBatch(ts=_integers(batch.column("ts")), codes=codes, names=names, **columns)
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise InvalidInput(f"batch: expected sound rows, found {error!s:.200}") from None


def _is_accepted(name: str, kind: pa.DataType) -> bool:
    if name == "ts":
        return bool(kind in (pa.int64(), pa.timestamp("ns", tz="UTC")))
    if name == "instrument":
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        return bool(kind in (pa.string(), pa.large_string()))
    return bool(kind in (pa.int32(), pa.int64()))


def _accepted(name: str) -> str:
    if name == "ts":
        return "int64 or timestamp[ns, UTC]"
    if name == "instrument":
        return "string, or a dictionary of strings"
    return "int32 or int64 (whole quanta and lots, never a float)"


def _listing(text: bytes, day: date) -> tuple[tuple[str, ...], str]:
    """Return the symbols of a listing in instrument order, and their root."""
    try:
        listed: Any = json.loads(text)
    except (ValueError, RecursionError):
        listed = None
    if not isinstance(listed, list) or not all(isinstance(symbol, str) for symbol in listed):
        raise InvalidInput(
            f"forven.listing: expected a JSON list of OSI symbols, found {text!r:.80}"
        )
    if not 1 <= len(listed) <= LISTING_MAX:
        raise InvalidInput(f"forven.listing: expected 1 to {LISTING_MAX}, found {len(listed)}")
    options = sorted((parse_osi(symbol) for symbol in set(listed)), key=_place)
    for option in options:
        if option.expiry != day or option.root != options[0].root:
            raise InvalidInput(
                f"forven.listing: expected {options[0].root} options that expire on {day}, found "
                f"{option.osi!r}"
            )
    return tuple(option.osi for option in options), options[0].root


def _place(option: Any) -> tuple[int, int]:
    return option.right, option.strike_quanta


def _names(column: pa.Array) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the different names of a column, and each row's place among them."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    codes = _integers(column.indices.cast(pa.int64()))
    names = column.dictionary.to_pylist()
    unnamed = np.array([name is None for name in names], np.bool_)
    codes = np.where(codes == NULL, MISSING, codes)
    if unnamed.any():
        codes = np.where((codes != MISSING) & unnamed[codes], MISSING, codes)
    return tuple(name or "" for name in names), codes


def _integers(column: pa.Array) -> NDArray[np.int64]:
    """Return an integer or timestamp column as int64; `to_numpy` would load pandas."""
    whole = column.cast(pa.int64()).fill_null(NULL)
    if not len(whole):
        return np.zeros(0, np.int64)
    return np.frombuffer(whole.buffers()[1], np.int64, len(whole), whole.offset * 8).copy()
