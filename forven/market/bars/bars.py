"""A series of bars in integers, checked once and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from forven.kernels.bars_schema import BAR_CLOSE, BAR_HIGH, BAR_LOW, BAR_OPEN, PRICE_MAX
from forven.market.bars.calendars import bars_per_year, calendar_of
from forven.market.bars.columns import PRICE_NAMES, checked_column
from forven.market.bars.timeframes import timeframe_of
from forven.primitives.errors import InvalidInput
from forven.primitives.identifiers import bytes_hash, content_hash
from forven.primitives.time import rfc3339

DECIMALS_MAX = 8

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """OHLCV of one symbol; closed bars only, in order of time.

    decimals       a quantum is 10**-decimals
    ends_ns        (n,) end of each bar, the first moment it may be known; strictly increasing
    prices         (4, n) open, high, low, close in quanta, 1 to 500,000,000,000
    volume         (n,) NaN where the source has none
    columns        by name, each (n,), NaN where missing: what was known at the bar's end;
                   `funding_rate` is a fraction an hour
    bars_per_year  of the whole series it was made as: a slice keeps its parent's
    content_hash   identity of everything else; made where it is not given
    """

    symbol: str
    timeframe: str
    calendar: str
    decimals: int
    ends_ns: Integers
    prices: Integers
    volume: Floats
    columns: Mapping[str, Floats]
    bars_per_year: float = 0.0
    content_hash: str = ""

    def __post_init__(self) -> None:
        _check_head(self)
        _check_arrays(self)
        for name in ("ends_ns", "prices", "volume"):
            object.__setattr__(self, name, _read_only(getattr(self, name)))
        columns = {name: _read_only(values) for name, values in self.columns.items()}
        object.__setattr__(self, "columns", MappingProxyType(columns))
        if not self.bars_per_year:
            yearly = bars_per_year(self.timeframe, self.calendar, self.ends_ns)
            object.__setattr__(self, "bars_per_year", yearly)
        if not self.content_hash:
            object.__setattr__(self, "content_hash", _identity(self))

    def __len__(self) -> int:
        return int(self.ends_ns.size)

    def floats(self, name: str) -> Floats:
        """Return a series of floats: open, high, low or close in units, volume or a column."""
        if name in PRICE_NAMES:
            return np.asarray(self.prices[PRICE_NAMES.index(name)] / 10.0**self.decimals)
        return self.volume if name == "volume" else self.column(name)

    def column(self, name: str) -> Floats:
        """Return a column beside the prices; InvalidInput lists those there are."""
        if name not in self.columns:
            there = ", ".join(self.columns) or "none"
            raise InvalidInput(f"column {name!r}: {self.symbol} {self.timeframe} has {there}")
        return self.columns[name]

    def has(self, name: str) -> bool:
        """Return whether there is a series of that name."""
        return name in PRICE_NAMES or name == "volume" or name in self.columns

    def slice(self, begin: int, end: int) -> "Bars":
        """Return the bars from `begin` to `end - 1`, without a copy of their arrays' rows."""
        if not 0 <= begin < end <= len(self):
            raise InvalidInput(
                f"slice: expected 0 <= begin < end <= {len(self)}, found {begin} and {end}"
            )
        return replace(
            self,
            ends_ns=self.ends_ns[begin:end],
            prices=np.ascontiguousarray(self.prices[:, begin:end]),
            volume=self.volume[begin:end],
            columns={name: values[begin:end] for name, values in self.columns.items()},
            content_hash="",
        )

    def with_columns(self, columns: Mapping[str, Floats]) -> "Bars":
        """Return the same bars with further columns, or others in the place of theirs."""
        return replace(self, columns={**self.columns, **columns}, content_hash="")


def _read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view


def _check_head(bars: Bars) -> None:
    timeframe_of(bars.timeframe)
    calendar_of(bars.calendar)
    if not 1 <= len(bars.symbol) <= 64 or not bars.symbol.isprintable():
        raise InvalidInput(f"symbol: expected 1 to 64 printable characters, found {bars.symbol!r}")
    if not 0 <= bars.decimals <= DECIMALS_MAX:
        raise InvalidInput(f"decimals: expected 0 to {DECIMALS_MAX}, found {bars.decimals}")


def _check_arrays(bars: Bars) -> None:
    size = bars.ends_ns.size
    expected = [
        ("ends_ns", bars.ends_ns, np.int64, (size,)),
        ("prices", bars.prices, np.int64, (4, size)),
        ("volume", bars.volume, np.float64, (size,)),
    ]
    expected += [
        (checked_column(name), values, np.float64, (size,)) for name, values in bars.columns.items()
    ]
    for name, array, kind, shape in expected:
        if array.dtype != kind or array.shape != shape or not array.flags.c_contiguous:
            raise InvalidInput(
                f"{name}: expected {np.dtype(kind)}{list(shape)} in one piece, "
                f"found {array.dtype}{list(array.shape)}"
            )
    if not size:
        raise InvalidInput("bars: expected one bar or more, found none")
    _refuse(bars, np.append(False, np.diff(bars.ends_ns) <= 0), "ends after the bar before it")
    opening, high, low, close = (
        bars.prices[row] for row in (BAR_OPEN, BAR_HIGH, BAR_LOW, BAR_CLOSE)
    )
    _refuse(bars, (low < 1) | (high > PRICE_MAX), f"prices of 1 to {PRICE_MAX:,} quanta")
    inside = (low <= np.minimum(opening, close)) & (np.maximum(opening, close) <= high)
    _refuse(bars, ~inside, "low <= open, close <= high")


def _refuse(bars: Bars, wrong: npt.NDArray[np.bool_], rule: str) -> None:
    if wrong.any():
        at = int(np.argmax(wrong))
        found = dict(zip(PRICE_NAMES, bars.prices[:, at].tolist(), strict=True))
        raise InvalidInput(
            f"bar {at} ({rfc3339(int(bars.ends_ns[at]))}): expected {rule}, found {found}"
        )


def _identity(bars: Bars) -> str:
    """Return the SHA-256 of the series; how it is stored has no part in it."""
    arrays: dict[str, npt.NDArray[Any]] = {"ends_ns": bars.ends_ns, "prices": bars.prices}
    arrays |= {"volume": bars.volume, **bars.columns}
    return content_hash(
        {
            "format": "forven bars 1",
            "symbol": bars.symbol,
            "timeframe": bars.timeframe,
            "calendar": bars.calendar,
            "decimals": bars.decimals,
            "arrays": {name: bytes_hash([array.data]) for name, array in arrays.items()},
        }
    )
