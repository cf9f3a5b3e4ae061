"""`forven data import`: files of option quotes into a dataset of the catalog."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn

from forven.commands.data_tables import print_table
from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.importing import ImportReport, ImportRequest, import_files
from forven.market.readers.days import Progress as ReadProgress
from forven.market.readers.formats import FORMAT_NAMES
from forven.market.readers.mapping import ColumnMap, PriceMap, parse_mapping
from forven.market.readers.settlements import parse_settlement, read_settlements
from forven.market.tick_files import DayRecord
from forven.primitives.money import price_text
from forven.primitives.time import rfc3339

_FILE = click.Path(path_type=Path)


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=_FILE, metavar="PATH...")
@click.option("--name", required=True, help="Name of the dataset.")
@click.option("--format", "format_name", type=click.Choice(FORMAT_NAMES), help="Else by content.")
@click.option("--map", "mapping", help="JSON file, or ts=COLUMN,bid=COLUMN,... (docs/DATA.md).")
@click.option("--underlying", multiple=True, type=_FILE, help="File of the underlying's values.")
@click.option("--underlying-map", help="JSON file, or ts=COLUMN,price=COLUMN,...")
@click.option("--settlements", type=_FILE, help="CSV with columns date, value and maybe kind.")
@click.option("--settlement", metavar="VALUE", help="Settlement value of a single day.")
@click.option("--description", default="", help="A note kept with the dataset.")
@click.option("--append", is_flag=True, help="Add days to a dataset that is there.")
@click.option("--replace", is_flag=True, help="Replace the dataset; with --append, its days.")
@click.option("--sort", is_flag=True, help="Accept rows in any order of time (held in memory).")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def import_command(as_json: bool, **asked: Any) -> None:
    """Import option quotes from PATH... (files or folders) into a dataset.

    Only contracts that expire on the day of their rows are kept, from the open to the close.
    All of it is imported or nothing.
    """
    request = _request(asked)
    with _file_progress(quiet=as_json) as progress:
        report = import_files(request, Catalog(), trading_calendar(), progress)
    if as_json:
        click.echo(json.dumps(report_document(report), indent=2))
    else:
        _show(report)


def report_document(report: ImportReport) -> dict[str, object]:
    """Return an import's report as a JSON document."""
    return {
        "name": report.name,
        "days": [day_document(record) for record in report.days],
        "files": [
            {
                "path": str(file.path),
                "format": file.format,
                "rows": file.rows,
                "days": [day.isoformat() for day in file.days],
                "counts": file.counts,
            }
            for file in report.files
        ],
        "skipped": [{"path": str(path), "reason": reason} for path, reason in report.skipped],
    }


def day_document(record: DayRecord) -> dict[str, object]:
    """Return a stored day's record as a JSON document: times RFC 3339, prices decimal strings."""
    return {
        "day": record.bounds.day.isoformat(),
        "root": record.root,
        "underlying": record.underlying,
        "open": rfc3339(record.bounds.open_ns),
        "close": rfc3339(record.bounds.close_ns),
        "early_close": record.bounds.early_close,
        "quote_rows": record.quote_rows,
        "print_rows": record.print_rows,
        "settlement": None if record.settlement is None else price_text(record.settlement),
        "settlement_estimated": record.settlement_estimated,
        "counts": record.counts,
        "content_hash": record.content_hash,
    }


def settlement_text(record: DayRecord) -> str:
    """Return a day's settlement value as a table shows it."""
    if record.settlement is None:
        return "none"
    return price_text(record.settlement) + (" estimated" if record.settlement_estimated else "")


def _request(asked: dict[str, Any]) -> ImportRequest:
    mapping, underlying_mapping = asked["mapping"], asked["underlying_map"]
    value, settlements = asked["settlement"], asked["settlements"]
    return ImportRequest(
        name=asked["name"],
        paths=asked["paths"],
        description=asked["description"],
        format=asked["format_name"],
        columns=None if mapping is None else parse_mapping(mapping, ColumnMap),
        underlying=asked["underlying"],
        underlying_columns=(
            None if underlying_mapping is None else parse_mapping(underlying_mapping, PriceMap)
        ),
        settlements={} if settlements is None else read_settlements(settlements),
        settlement=None if value is None else parse_settlement(value),
        append=asked["append"],
        replace=asked["replace"],
        sort=asked["sort"],
    )


def _show(report: ImportReport) -> None:
    rows = [
        {
            "day": record.bounds.day.isoformat(),
            "root": record.root,
            "open": rfc3339(record.bounds.open_ns)[11:],
            "close": rfc3339(record.bounds.close_ns)[11:],
            "quotes": record.quote_rows,
            "prints": record.print_rows,
            "settlement": settlement_text(record),
        }
        for record in report.days
    ]
    print_table(f"dataset {report.name}", rows, ("quotes", "prints", "settlement"))
    for file in report.files:
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in file.counts.items())
        click.echo(
            f"{file.path.name} ({file.format}): {file.rows:,} rows; {kinds or 'all kept as is'}"
        )
    for path, _ in report.skipped:
        click.echo(f"skipped {path.name}: not option quotes in a known format")


@contextmanager
def _file_progress(quiet: bool) -> Iterator[ReadProgress]:
    """Yield a function that shows the share of each file read; on a terminal only."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        console=console,
        disable=quiet or not console.is_terminal,
        transient=True,
    )
    tasks: dict[str, TaskID] = {}
    with bar:

        def observe(path: str, share: float) -> None:
            if path not in tasks:
                tasks[path] = bar.add_task(Path(path).name, total=1.0)
            bar.update(tasks[path], completed=share)

        yield observe
