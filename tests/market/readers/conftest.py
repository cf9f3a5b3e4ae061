"""What the readers' tests share: a calendar, small files to read, and one call to read them."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from forven.market.calendar import TradingCalendar, trading_calendar
from forven.market.readers.days import DayReader
from forven.market.readers.formats import recognise
from forven.market.readers.mapping import ColumnMap

HEADER = "ts,root,expiry,strike,right,bid,ask,bid_size,ask_size,active_underlying_price"


@pytest.fixture(scope="session")
def calendar() -> TradingCalendar:
    return trading_calendar()


@pytest.fixture
def quote_file(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes rows (or dicts of changes to a good row) as a CSV file."""

    def write(rows: list[dict[str, object]], name: str = "quotes.csv") -> Path:
        good = dict(
            zip(
                HEADER.split(","),
                ("2021-01-06T14:31:00Z", "SPXW", "2021-01-06", 3700, "C", 1.25, 1.3, 1, 2, 3700.5),
            )
        )
        lines = [HEADER] + [",".join(str(v) for v in (good | row).values()) for row in rows]
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n")
        return path

    return write


@pytest.fixture
def read(calendar: TradingCalendar) -> Callable[..., SimpleNamespace]:
    """Return a function that reads a file's days and gives them with the file's tally."""

    def read_file(
        path: Path,
        format: str | None = None,
        columns: ColumnMap | None = None,
        sort: bool = False,
    ) -> SimpleNamespace:
        file = recognise(path, format, columns)
        reader = DayReader(file, calendar.bounds, sort=sort, progress=lambda *_: None)
        days = list(reader.days())
        return SimpleNamespace(format=file.format, days=days, tally=reader.tally, reader=reader)

    return read_file


@pytest.fixture
def minutes() -> Callable[[int], str]:
    """Return a function that spells the moment n minutes after 14:31 UTC on 2021-01-06."""
    return lambda n: f"2021-01-06T{14 + (31 + n) // 60}:{(31 + n) % 60:02d}:00Z"
