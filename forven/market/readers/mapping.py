"""Column mappings: which column of a table plays which part, and how its numbers are meant."""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from forven.primitives.errors import InvalidInput

SAME_DAY = "@day"
"""As the `expiry` of a mapping: every row is of a contract that expires on the row's own day."""

TS_UNITS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
_INTEGER_KEYS = ("price_scale", "strike_scale", "shift_seconds", "missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """How to read a table of option quotes; the first group names columns of the file.

    ts, bid, ask            stamp and prices, always needed
    symbol                  a column of OSI symbols; or instead of it:
    expiry, strike, right   `expiry` may be `@day`: all rows expire on their own day
    root                    option root; without the column every row is of `root_name`
    bid_size, ask_size      displayed sizes
    spot                    the underlying's value beside each quote

    zone                    IANA zone of stamps without an offset (a LEAN or vendor file: local)
    ts_unit                 s, ms, us or ns: what an integer stamp counts since 1970
    ts_format               strptime pattern of text stamps that are not ISO 8601
    shift_seconds           added to each stamp: the bar's length where a bar carries its start
    price_scale             file units in one point: 10000 where 1.25 is written 12500
    strike_scale            the same for strikes
    missing                 the number that stands for a side that is not there
    """

    ts: str
    bid: str
    ask: str
    symbol: str | None = None
    expiry: str | None = None
    strike: str | None = None
    right: str | None = None
    root: str | None = None
    bid_size: str | None = None
    ask_size: str | None = None
    spot: str | None = None
    zone: str = "UTC"
    ts_unit: str = "ns"
    ts_format: str | None = None
    shift_seconds: int = 0
    price_scale: int = 1
    strike_scale: int = 1
    missing: int | None = None
    root_name: str = "SPXW"

    def __post_init__(self) -> None:
        if self.symbol is None:
            lacking = [k for k in ("expiry", "strike", "right") if getattr(self, k) is None]
            if lacking:
                raise InvalidInput(
                    f"column mapping: expected symbol, or expiry, strike and right;"
                    f" found no {', '.join(lacking)}"
                )
        if (self.bid_size is None) != (self.ask_size is None):
            raise InvalidInput("column mapping: expected bid_size and ask_size together, or none")
        check_stamps(self.zone, self.ts_unit)
        for key in ("price_scale", "strike_scale"):
            if getattr(self, key) < 1:
                raise InvalidInput(
                    f"column mapping: expected {key} >= 1, found {getattr(self, key)}"
                )

    def needed(self) -> tuple[str, ...]:
        """Return the names of all columns that the file must have."""
        parts = (self.ts, self.symbol, self.expiry, self.strike, self.right, self.root)
        more = (self.bid, self.ask, self.bid_size, self.ask_size, self.spot)
        return tuple(dict.fromkeys(c for c in parts + more if c is not None and c != SAME_DAY))


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceMap:
    """How to read a table of the underlying's values: `price` is its column, the rest as above."""

    ts: str
    price: str
    zone: str = "UTC"
    ts_unit: str = "ns"
    ts_format: str | None = None
    shift_seconds: int = 0
    price_scale: int = 1

    def __post_init__(self) -> None:
        check_stamps(self.zone, self.ts_unit)
        if self.price_scale < 1:
            raise InvalidInput(
                f"column mapping: expected price_scale >= 1, found {self.price_scale}"
            )

    def needed(self) -> tuple[str, ...]:
        """Return the names of all columns that the file must have."""
        return (self.ts, self.price)


Mapping = TypeVar("Mapping", ColumnMap, PriceMap)


def check_stamps(zone: str, unit: str) -> None:
    """Refuse a zone that is no IANA name and a unit that is none of s, ms, us, ns."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(
            f"column mapping: expected zone as an IANA name like America/New_York, found {zone!r}"
        ) from None
    if unit not in TS_UNITS:
        raise InvalidInput(f"column mapping: expected ts_unit of s, ms, us or ns, found {unit!r}")


def parse_mapping(text: str, kind: type[Mapping]) -> Mapping:
    """Return the mapping written as `ts=quote_time,bid=b,...` or in the JSON file `text` names."""
    names = [f.name for f in fields(kind)]
    pairs = _pairs(text, names)
    for key in pairs:
        if key not in names:
            raise InvalidInput(f"column mapping: {key!r} is unknown; keys are {', '.join(names)}")
    for key in ("ts", "price") if kind is PriceMap else ("ts", "bid", "ask"):
        if key not in pairs:
            raise InvalidInput(f"column mapping: expected {key}=COLUMN, found {text!r} without it")
    for key in _INTEGER_KEYS:
        if key in pairs:
            pairs[key] = _integer(key, pairs[key])
    for key, value in pairs.items():
        if key not in _INTEGER_KEYS and not (isinstance(value, str) and value):
            raise InvalidInput(f"column mapping: expected text for {key}, found {value!r}")
    return kind(**pairs)


def _pairs(text: str, names: list[str]) -> dict:
    if "=" in text and text.split("=", 1)[0].strip() in names:
        return _pairs_of_text(text)
    path = Path(text)
    if not path.is_file():
        raise InvalidInput(
            f"column mapping: expected a JSON file or key=column pairs"
            f" (keys: {', '.join(names)}), found {text!r}"
        )
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"column mapping {path}: expected JSON, found {error}") from None
    if not isinstance(document, dict):
        raise InvalidInput(f"column mapping {path}: expected a JSON object of key: column")
    return {key: value for key, value in document.items() if value is not None}


def _pairs_of_text(text: str) -> dict:
    pairs: dict[str, object] = {}
    for part in text.split(","):
        key, separator, value = part.partition("=")
        key = key.strip()
        if not separator or not key:
            raise InvalidInput(f"column mapping: expected key=column, found {part!r}")
        if key in pairs:
            raise InvalidInput(f"column mapping: {key} is given twice")
        pairs[key] = value.strip()
    return pairs


def _integer(key: str, value: object) -> int:
    try:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise ValueError
        return int(value)
    except ValueError:
        raise InvalidInput(
            f"column mapping: expected a whole number for {key}, found {value!r}"
        ) from None
