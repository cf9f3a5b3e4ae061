"""Which column of a file plays which part: as asked for, else told by its name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from forven.market.bars.columns import ENRICHMENT, PRICE_NAMES, checked_column
from forven.market.bars.stamps import END, START
from forven.primitives.errors import InvalidInput, UntrustedData

TIME = "ts"
_START_NAMES = ("ts_start", "open_time", "start", "start_time", "opentime")
_END_NAMES = ("ts_end", "end", "end_time")
_TIME_NAMES = ("ts", "timestamp", "time", "datetime", "date", "unix", "t")
_PRICE_NAMES = {
    "open": ("open", "o"),
    "high": ("high", "h"),
    "low": ("low", "l"),
    "close": ("close", "c"),
}
_VOLUME_NAMES = ("volume", "vol", "v")
SYMBOL_NAMES = ("symbol", "pair", "ticker", "instrument", "root", "contract")
CHOOSING_NAMES = (*SYMBOL_NAMES, "venue", "exchange")
"""Columns that say whose bar a row is; an import takes the rows of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The columns of one file; `stamp` is None where the name of the time column does not tell.

    prices   column of open, high, low and close; of a file of closes alone four times the same
    beside   name among the bars' columns -> column of the file
    ignored  columns that play no part
    """

    time: str
    stamp: str | None
    prices: tuple[str, str, str, str]
    volume: str | None
    beside: dict[str, str]
    choosing: tuple[str, ...]
    ignored: tuple[str, ...]

    def needed(self) -> tuple[str, ...]:
        """Return the names of the columns to read."""
        volume = () if self.volume is None else (self.volume,)
        parts = (self.time, *self.prices, *volume, *self.beside.values(), *self.choosing)
        return tuple(dict.fromkeys(parts))


def parse_columns(text: str) -> dict[str, str]:
    """Return the mapping written as `ts=time,open=o,...,vix_close=vix`; InvalidInput otherwise."""
    parts = (TIME, *PRICE_NAMES, "volume")
    pairs: dict[str, str] = {}
    for word in text.split(",") if text else []:
        name, separator, column = (piece.strip() for piece in word.partition("="))
        if not separator or not name or not column:
            raise InvalidInput(f"columns: expected name=COLUMN, found {word!r}")
        if name in pairs:
            raise InvalidInput(f"columns: {name} is given twice")
        if name not in parts:
            checked_column(name)
        pairs[name] = column
    return pairs


def lay_out(
    path: Path, columns: Sequence[str], asked: Mapping[str, str], *, close_only: bool
) -> Layout:
    """Return the layout of a file; UntrustedData says what is missing or could be several."""
    asked = {name: _written(path, columns, name, column) for name, column in asked.items()}
    time = asked.get(TIME) or _time_column(path, columns)
    closes = _column(path, columns, asked, "close")
    if close_only:
        prices = (closes,) * 4
    else:
        opening, high, low = (_column(path, columns, asked, name) for name in PRICE_NAMES[:3])
        prices = (opening, high, low, closes)
    volume = asked.get("volume") or _only(path, columns, _VOLUME_NAMES, "volume")
    beside = {n: c for n, c in asked.items() if n not in (TIME, *PRICE_NAMES, "volume")}
    choosing = tuple(column for column in columns if _bare(column) in CHOOSING_NAMES)
    taken = {time, *prices, volume, *beside.values(), *choosing}
    return Layout(
        time=time,
        stamp=_stamp_of(time),
        prices=prices,
        volume=volume,
        beside=beside,
        choosing=choosing,
        ignored=tuple(column for column in columns if column not in taken),
    )


def unmapped(layout: Layout) -> list[str]:
    """Return the ignored columns that bear the name of one that could stand beside the prices."""
    return [column for column in layout.ignored if _bare(column) in ENRICHMENT]


def time_column(path: Path, columns: Sequence[str]) -> str:
    """Return the column of moments in a table of values; UntrustedData if there is none."""
    found = _only(path, columns, (*_END_NAMES, *_TIME_NAMES), "the time")
    if found is None:
        raise UntrustedData(
            f"{path}: expected a column of the moments at which values are known, named one of "
            f"{', '.join((*_END_NAMES, *_TIME_NAMES))}; found {', '.join(columns)}"
        )
    return found


def _time_column(path: Path, columns: Sequence[str]) -> str:
    for names in (_START_NAMES, _END_NAMES, _TIME_NAMES):
        found = _only(path, columns, names, "the time", option=TIME)
        if found is not None:
            return found
    raise UntrustedData(_missing_text(path, columns, TIME, (*_START_NAMES, *_TIME_NAMES)))


def _stamp_of(column: str) -> str | None:
    if _bare(column) in _START_NAMES:
        return START
    return END if _bare(column) in _END_NAMES else None


def _bare(column: str) -> str:
    """Return a column's name without case and the blanks around it, as of `date, open, high`."""
    return column.strip().lower()


def _written(path: Path, columns: Sequence[str], name: str, asked: str) -> str:
    """Return the column that was asked for as the file spells it, blanks around it included."""
    for column in (asked, *(column for column in columns if column.strip() == asked)):
        if column in columns:
            return column
    raise UntrustedData(
        f"{path}: expected the column {asked!r} for {name}, found {', '.join(columns)}"
    )


def _column(path: Path, columns: Sequence[str], asked: Mapping[str, str], name: str) -> str:
    found = asked.get(name) or _only(path, columns, _PRICE_NAMES[name], name)
    if found is None:
        raise UntrustedData(_missing_text(path, columns, name, _PRICE_NAMES[name]))
    return found


def _only(
    path: Path, columns: Sequence[str], names: Sequence[str], what: str, option: str = ""
) -> str | None:
    found = [column for column in columns if _bare(column) in names]
    if len(found) > 1:
        raise UntrustedData(
            f"{path}: expected one column of {what}, found {', '.join(found)}; "
            f"choose with --columns {option or what}=COLUMN"
        )
    return found[0] if found else None


def _missing_text(path: Path, columns: Sequence[str], name: str, names: Sequence[str]) -> str:
    text = f"{path}: expected a column of {name} ({', '.join(names)}), found {', '.join(columns)}; "
    if columns and all(column.strip().lstrip("-").replace(".", "").isdigit() for column in columns):
        return text + "the first line holds numbers: write a line of names above it"
    if name in PRICE_NAMES and "close" in (_bare(column) for column in columns):
        return text + f"name it with --columns {name}=COLUMN, or take closes alone (--close-only)"
    return text + f"name it with --columns {name}=COLUMN"
