"""`forven data import-bars`: files of bars into a dataset of the catalog."""

import json
import time
from pathlib import Path
from typing import Any

import click

from forven.commands.data_bars import bar_document, print_series
from forven.market.bars.calendars import CALENDARS
from forven.market.bars.catalog import BarCatalog
from forven.market.bars.importing import BarImportReport, BarImportRequest, import_bars
from forven.market.bars.joining import parse_join
from forven.market.bars.layout import parse_columns
from forven.market.bars.presets import PRESETS
from forven.market.bars.stamps import STAMPS, StampRules
from forven.market.bars.timeframes import TIMEFRAMES
from forven.market.readers.mapping import TS_UNITS
from forven.primitives.errors import InvalidInput

_FILE = click.Path(path_type=Path)


@click.command("import-bars")
@click.argument("paths", nargs=-1, required=True, type=_FILE, metavar="PATH...")
@click.option("--name", required=True, help="Name of the dataset.")
@click.option("--format", "format_name", type=click.Choice(list(PRESETS)), help="A known shape.")
@click.option("--symbol", help="Else the one the file names.")
@click.option("--timeframe", type=click.Choice(list(TIMEFRAMES)), help="Length of a bar.")
@click.option("--calendar", type=click.Choice(list(CALENDARS)), help="When bars are due.")
@click.option("--stamp", type=click.Choice(STAMPS), help="What a row's time is: the bar's ...")
@click.option("--columns", default="", help="ts=COLUMN,open=COLUMN,... where names do not tell.")
@click.option("--where", multiple=True, metavar="COLUMN=VALUE", help="Only rows with this value.")
@click.option("--timezone", metavar="ZONE", help="Zone of times without an offset (else UTC).")
@click.option("--unit", type=click.Choice(list(TS_UNITS)), help="Unit of times as whole numbers.")
@click.option("--time-format", metavar="PATTERN", help="strptime pattern of other times.")
@click.option("--decimals", type=int, help="Round prices to so many; else as many as they have.")
@click.option("--join", "joins", multiple=True, metavar="NAME=FILE[:COLUMN]", help="A column.")
@click.option("--funding-hours", type=int, help="Hours that a funding rate is charged for.")
@click.option("--close-only", is_flag=True, help="Open, high and low are not known.")
@click.option("--description", default="", help="A note kept with the dataset.")
@click.option("--append", is_flag=True, help="Add bars; where both have one, the new one counts.")
@click.option("--replace", is_flag=True, help="Replace the dataset if there is one.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def import_bars_command(as_json: bool, **asked: Any) -> None:
    """Import bars from PATH... (Parquet, Arrow or CSV) into a dataset of bars.

    Closed bars only. All of it is imported or nothing; docs/DATA.md has the rules.
    """
    report = import_bars(_request(asked), BarCatalog())
    if as_json:
        click.echo(json.dumps(report_document(report), indent=2))
    else:
        _show(report)


def report_document(report: BarImportReport) -> dict[str, object]:
    """Return an import's report as a JSON document."""
    return {
        **bar_document(report.name, report.manifest),
        "rows_read": report.rows,
        "bars_imported": len(report.bars),
        "import_counts": report.counts,
        "missing": report.missing,
        "bars_per_year": report.bars.bars_per_year,
        "said": list(report.said),
    }


def _request(asked: dict[str, Any]) -> BarImportRequest:
    return BarImportRequest(
        name=asked["name"],
        paths=asked["paths"],
        now_ns=time.time_ns(),
        format=asked["format_name"],
        symbol=asked["symbol"],
        timeframe=asked["timeframe"],
        calendar=asked["calendar"],
        stamp=asked["stamp"],
        columns=parse_columns(asked["columns"]),
        where=tuple(_choice(word) for word in asked["where"]),
        stamps=StampRules(zone=asked["timezone"], unit=asked["unit"], pattern=asked["time_format"]),
        decimals=asked["decimals"],
        joins=tuple(parse_join(word) for word in asked["joins"]),
        funding_hours=asked["funding_hours"],
        close_only=asked["close_only"],
        description=asked["description"],
        append=asked["append"],
        replace=asked["replace"],
    )


def _choice(word: str) -> tuple[str, str]:
    column, separator, value = word.partition("=")
    if not separator or not column:
        raise InvalidInput(f"where: expected COLUMN=VALUE, found {word!r}")
    return column, value


def _show(report: BarImportReport) -> None:
    for line in report.said:
        click.echo(line)
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in report.counts.items())
    click.echo(f"{report.rows:,} rows read, {len(report.bars):,} bars kept; {kinds or 'no other'}")
    if report.missing:
        click.echo(f"{report.missing:,} bars due are missing; they stay so")
    print_series([bar_document(report.name, report.manifest)])
