"""Rows as a reader hands them on: one stretch of a file, turned into plain numpy columns."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forven.kernels.schema import CALL, PUT
from forven.market.instruments import parse_osi
from forven.market.readers.mapping import SAME_DAY, ColumnMap
from forven.market.readers.stamps import days_of_column, exchange_days, nanoseconds_of_column
from forven.primitives.errors import InvalidInput, UntrustedData
from forven.primitives.money import CENT_QUANTA_PER_POINT
from forven.primitives.time import NANOSECONDS_PER_SECOND

UNKNOWN_RIGHT = -1
_NUMBER = r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"
_RIGHTS = {"C": CALL, "CALL": CALL, "P": PUT, "PUT": PUT}
_FLOAT32_SHARE = 2.0**-23
_CENT_TOLERANCE_QUANTA = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """A column of numbers in quanta: NaN where there is none; `absent` where nothing was written.

    tolerance  how far from a whole quantum its storage may have moved an exact price
    """

    values: np.ndarray
    absent: np.ndarray
    tolerance: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class RowBlock:
    """Some consecutive rows of a file; all arrays have one length.

    first_row     number of the first row in its place, from 1 (a header is not counted)
    place         the file, or the file and its zip entry, as an error names it
    done_share    how much of the file has been read after this block, 0 to 1
    ts, day       int64 nanoseconds UTC and int32 New York date; `ts_read` where it could be read
    expiry        int32 days since 1970; `expiry_read` where it could be read
    right         CALL, PUT or UNKNOWN_RIGHT        root, roots  code of each row, and their names
    sizes         bid and ask sizes, or None: the file has none       spot  None: likewise
    """

    first_row: int
    place: str
    done_share: float
    ts: np.ndarray
    ts_read: np.ndarray
    day: np.ndarray
    expiry: np.ndarray
    expiry_read: np.ndarray
    strike: Numbers
    right: np.ndarray
    root: np.ndarray
    roots: tuple[str, ...]
    bid: Numbers
    ask: Numbers
    sizes: tuple[Numbers, Numbers] | None
    spot: Numbers | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contracts:
    expiry: np.ndarray
    expiry_read: np.ndarray
    strike: Numbers
    right: np.ndarray
    root: np.ndarray
    roots: tuple[str, ...]


def block_of(
    table: pa.Table, columns: ColumnMap, first_row: int, place: str, done_share: float
) -> RowBlock:
    """Return a table's rows as a block, its columns taken as the mapping says."""
    arrays = {name: _flat(table.column(name)) for name in columns.needed()}
    ts, ts_read = nanoseconds_of_column(
        arrays[columns.ts], columns.zone, columns.ts_unit, columns.ts_format
    )
    ts = ts + columns.shift_seconds * NANOSECONDS_PER_SECOND
    day = exchange_days(ts)
    contracts = _contracts(arrays, columns, day)
    numbers = {
        name: numbers_in(f"{place}, column {column}", arrays[column], scale, columns.missing)
        for name, column, scale in _number_columns(columns)
    }
    sizes = (numbers["bid_size"], numbers["ask_size"]) if "bid_size" in numbers else None
    return RowBlock(
        first_row=first_row,
        place=place,
        done_share=done_share,
        ts=ts,
        ts_read=ts_read,
        day=day,
        expiry=contracts.expiry,
        expiry_read=contracts.expiry_read,
        strike=contracts.strike,
        right=contracts.right,
        root=contracts.root,
        roots=contracts.roots,
        bid=numbers["bid"],
        ask=numbers["ask"],
        sizes=sizes,
        spot=numbers.get("spot"),
    )


def _number_columns(columns: ColumnMap) -> list[tuple[str, str, float]]:
    price = CENT_QUANTA_PER_POINT / columns.price_scale
    spelled = [
        ("bid", columns.bid, price),
        ("ask", columns.ask, price),
        ("bid_size", columns.bid_size, 1.0),
        ("ask_size", columns.ask_size, 1.0),
        ("spot", columns.spot, price),
    ]
    return [(name, column, scale) for name, column, scale in spelled if column is not None]


def numbers_of(column: pa.Array, scale: float, missing: int | None = None) -> Numbers:
    """Return a column of numbers or number texts x `scale`; text that is no number becomes NaN.

    errors  UntrustedData: a column of lists, dates or the like; the caller says which one it is
    """
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    stored = column.type
    absent = np.asarray(pc.is_null(column))
    if pa.types.is_string(stored) or pa.types.is_large_string(stored):
        column = _numbers_of_text(column)
    elif pa.types.is_null(stored) or pa.types.is_boolean(stored):
        column = pa.nulls(len(column), pa.float64())
    elif not _are_numbers(stored):
        raise UntrustedData(f"expected numbers, or text of numbers; found {stored}")
    values = np.asarray(pc.fill_null(column.cast(pa.float64(), safe=False), float("nan")))
    if missing is not None:
        absent = absent | (values == missing)
        values = np.where(absent, np.nan, values)
    scaled = values * scale
    tolerance = np.full(scaled.shape, _CENT_TOLERANCE_QUANTA)
    if pa.types.is_float32(stored):
        tolerance = np.maximum(tolerance, np.abs(scaled) * _FLOAT32_SHARE)
    return Numbers(values=scaled, absent=absent, tolerance=tolerance)


def _are_numbers(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    )


def numbers_in(where: str, column: pa.Array, scale: float, missing: int | None = None) -> Numbers:
    """Return `numbers_of` a column; an error names where it stands."""
    try:
        return numbers_of(column, scale, missing)
    except UntrustedData as error:
        raise UntrustedData(f"{where}: {error}") from None


def _numbers_of_text(column: pa.Array) -> pa.Array:
    """Return the numbers of a text column, null where the text is none ("nan", "inf" included)."""
    text = column.cast(pa.string())
    is_number = pc.match_substring_regex(text, _NUMBER)
    kept = pc.if_else(is_number, pc.utf8_trim_whitespace(text), pa.scalar(None, pa.string()))
    return pc.replace_substring_regex(kept, r"^\+", "").cast(pa.float64())


def _contracts(arrays: dict[str, pa.Array], columns: ColumnMap, day: np.ndarray) -> _Contracts:
    if columns.symbol is not None:
        return _contracts_of_symbols(arrays[columns.symbol])
    expiry, expiry_read = day, np.ones(day.shape, bool)
    if columns.expiry != SAME_DAY:
        expiry, expiry_read = days_of_column(arrays[str(columns.expiry)])
    root, roots = np.zeros(day.shape, np.int32), [columns.root_name]
    if columns.root is not None:
        root, words = _encoded(arrays[columns.root])
        roots = ["" if word is None else str(word).strip().upper() for word in words]
    codes, words = _encoded(arrays[str(columns.right)])
    read = [_RIGHTS.get(str(word).strip().upper(), UNKNOWN_RIGHT) for word in words]
    return _Contracts(
        expiry=expiry,
        expiry_read=expiry_read,
        strike=numbers_in(
            f"column {columns.strike}",
            arrays[str(columns.strike)],
            CENT_QUANTA_PER_POINT / columns.strike_scale,
        ),
        right=np.array([*read, UNKNOWN_RIGHT], np.int8)[codes],
        root=root,
        roots=tuple(roots),
    )


def _contracts_of_symbols(column: pa.Array) -> _Contracts:
    codes, words = _encoded(column)
    parsed = [_parsed_symbol(word) for word in words]
    known = np.array([*(p is not None for p in parsed), False])
    days = [0 if p is None else p[1] for p in parsed]
    strikes = np.array([*(np.nan if p is None else p[2] for p in parsed), np.nan])
    rights = [UNKNOWN_RIGHT if p is None else p[3] for p in parsed]
    roots = tuple(dict.fromkeys(p[0] for p in parsed if p is not None)) or ("",)
    root = [0 if p is None else roots.index(p[0]) for p in parsed]
    values = strikes[codes]
    return _Contracts(
        expiry=np.array([*days, 0], np.int32)[codes],
        expiry_read=known[codes],
        strike=Numbers(
            values=values,
            absent=np.isnan(values),
            tolerance=np.full(values.shape, _CENT_TOLERANCE_QUANTA),
        ),
        right=np.array([*rights, UNKNOWN_RIGHT], np.int8)[codes],
        root=np.array([*root, 0], np.int32)[codes],
        roots=roots,
    )


def _parsed_symbol(word: object) -> tuple[str, int, int, int] | None:
    text = str(word or "").strip()
    if 16 <= len(text) < 21:  # written without the padding of the root
        text = f"{text[:-15]:<6}{text[-15:]}"
    try:
        symbol = parse_osi(text)
    except InvalidInput:
        return None
    days = int(np.datetime64(symbol.expiry, "D").astype(np.int64))
    return symbol.root, days, symbol.strike_quanta, symbol.right


def _encoded(column: pa.Array) -> tuple[np.ndarray, list]:
    """Return each row's code and the words of the codes; a null row has code -1."""
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(column)
    codes = np.asarray(pc.fill_null(column.indices.cast(pa.int32()), -1))
    return codes, [*column.dictionary.to_pylist(), None]


def _flat(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    if isinstance(combined, pa.ChunkedArray):
        combined = combined.chunk(0) if combined.num_chunks else pa.array([], column.type)
    return combined
