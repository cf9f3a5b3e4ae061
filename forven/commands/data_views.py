"""`forven data list`, `inspect`, `check`, `remove`: what the catalog holds and what it is worth."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import click

from forven.commands.data_bars import (
    check_series,
    inspect_series,
    listed_series,
    print_series,
)
from forven.commands.data_import import day_document, settlement_text
from forven.commands.data_tables import print_table
from forven.commands.progress import session_progress
from forven.market.bars.catalog import BarCatalog
from forven.market.catalog import Catalog
from forven.market.dataset import Dataset
from forven.market.instruments import parse_osi
from forven.market.manifest import BARS, TICKS
from forven.market.quality import DayQuality
from forven.primitives.errors import InvalidInput, UntrustedData
from forven.primitives.money import price_text
from forven.primitives.time import exchange_datetime, parse_date

_DAY = click.option("--day", metavar="YYYY-MM-DD", help="This day only.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
_NANOSECONDS_PER_SECOND = 1e9


@click.command("list")
@_JSON
def list_command(as_json: bool) -> None:
    """List the datasets of the catalog."""
    catalog, bar_catalog = Catalog(), BarCatalog()
    rows = [_listed(catalog, name) for name in catalog.names(TICKS)]
    series = [listed_series(bar_catalog, name) for name in bar_catalog.names()]
    if as_json:
        ticks = [{"kind": TICKS, **row} for row in rows]
        click.echo(json.dumps(sorted(ticks + series, key=lambda row: row["name"]), indent=2))
        return
    if not rows and not series:
        click.echo(f"no datasets in {catalog.folder}; `forven data import` brings files in")
    if rows:
        print_table("datasets", rows, ("days", "quote_rows"))
    if series:
        print_series(series)


def _listed(catalog: Catalog, name: str) -> dict[str, Any]:
    try:
        manifest = catalog.open(name).manifest
    except UntrustedData as error:
        blank = dict.fromkeys(("days", "first", "last", "quote_rows"))
        return {"name": name, **blank, "source": f"damaged: {error}", "description": ""}
    days = sorted(manifest.days)
    return {
        "name": name,
        "days": len(days),
        "first": days[0].isoformat() if days else None,
        "last": days[-1].isoformat() if days else None,
        "quote_rows": sum(entry.quote_rows for entry in manifest.days.values()),
        "source": manifest.source,
        "description": manifest.description,
    }


@click.command("inspect")
@click.argument("name")
@_DAY
@_JSON
def inspect_command(name: str, day: str | None, as_json: bool) -> None:
    """Show the dataset NAME: its days (sessions, strikes, rows, settlement), or its bars."""
    if _holds_bars(name, day):
        inspect_series(name, as_json)
        return
    dataset = Catalog().open(name)
    rows = _each_day(dataset, day, as_json, lambda found: _inspected(dataset, found))
    head = {
        "name": name,
        "source": dataset.manifest.source,
        "description": dataset.manifest.description,
        "content_hash": dataset.content_hash_of(_chosen(dataset, day)),
    }
    if as_json:
        click.echo(json.dumps({**head, "days": rows}, indent=2))
        return
    note = f" ({head['description']})" if head["description"] else ""
    click.echo(f"{name}: {head['source']}{note}\ncontent {head['content_hash']}")
    shown = [
        {
            "day": row["day"],
            "root": row["root"],
            "session": _session_text(dataset, row["day"]),
            "strikes": row["strikes"],
            "quotes": row["quote_rows"],
            "prints": row["print_rows"],
            "settlement": settlement_text(dataset.record(parse_date(row["day"]))),
            "content": row["content_hash"][:8],
        }
        for row in rows
    ]
    print_table("", shown, ("strikes", "quotes", "prints", "settlement"))
    for row in rows if day else []:
        click.echo(f"strikes {row['lowest']} to {row['highest']}")
        for kind, count in row["counts"].items():
            click.echo(f"{kind:20} {count:>12,}")


def _holds_bars(name: str, day: str | None) -> bool:
    """Return whether a dataset is one of bars, which has no days to choose."""
    if Catalog().kind(name) != BARS:
        return False
    if day is not None:
        raise InvalidInput(f"--day: dataset {name!r} holds bars, expected days; leave it out")
    return True


def _inspected(dataset: Dataset, day: date) -> dict[str, Any]:
    symbols = dataset.load_ticks(day).quotes.column("instrument").unify_dictionaries()
    strikes = sorted(
        {parse_osi(text).strike_quanta for text in symbols.chunk(0).dictionary.to_pylist()}
    )
    return {
        **day_document(dataset.record(day)),
        "strikes": len(strikes),
        "lowest": price_text(strikes[0]),
        "highest": price_text(strikes[-1]),
    }


def _session_text(dataset: Dataset, day: str) -> str:
    bounds = dataset.record(parse_date(day)).bounds
    opening, closing = exchange_datetime(bounds.open_ns), exchange_datetime(bounds.close_ns)
    return f"{opening:%H:%M}-{closing:%H:%M} ET"


@click.command("check")
@click.argument("name")
@_DAY
@_JSON
@click.pass_context
def check_command(ctx: click.Context, name: str, day: str | None, as_json: bool) -> None:
    """Check the dataset NAME, days one by one or bars; exit status 1 if it cannot be used."""
    if _holds_bars(name, day):
        ctx.exit(0 if check_series(name, as_json) else 1)
    dataset = Catalog().open(name)
    rows = _each_day(dataset, day, as_json, lambda found: _checked(dataset, found))
    unusable = [row for row in rows if not row["usable"]]
    if as_json:
        click.echo(json.dumps({"name": name, "days": rows, "unusable": len(unusable)}, indent=2))
    else:
        sound = [row for row in rows if "frames" in row]
        if sound:
            print_table(f"quality of {name}", [_quality_row(row) for row in sound], _NUMERIC)
        for row in unusable:
            click.echo(f"{row['day']} cannot be used: {row['reason']}")
        click.echo(f"{len(rows) - len(unusable)} of {len(rows)} days can be used")
    ctx.exit(1 if unusable else 0)


def _checked(dataset: Dataset, day: date) -> dict[str, Any]:
    try:
        quality: DayQuality = dataset.quality(day)
    except UntrustedData as error:
        return {"day": day.isoformat(), "usable": False, "reason": str(error)}
    usable = quality.settlement is not None
    document = quality.as_dict()
    if quality.settlement is not None:
        document["settlement"] = price_text(quality.settlement)
    return {
        "day": day.isoformat(),
        "usable": usable,
        "reason": None if usable else "no settlement value, and no print near the close",
        **document,
    }


@click.command("remove")
@click.argument("name")
@_JSON
def remove_command(name: str, as_json: bool) -> None:
    """Delete the dataset NAME for good."""
    Catalog().remove(name)
    click.echo(json.dumps({"removed": name}) if as_json else f"removed dataset {name}")


_NUMERIC = (
    *("frames", "rows", "zero bid", "no quote", "crossed", "gap s", "missing %", "arb", "settles"),
)


def _quality_row(row: dict[str, Any]) -> dict[str, Any]:
    estimated = " estimated" if row["settlement_estimated"] else ""
    return {
        "day": row["day"],
        "frames": row["frames"],
        "rows": row["quote_rows"],
        "zero bid": row["zero_bid_rows"],
        "no quote": row["no_ask_rows"] + row["empty_rows"],
        "crossed": row["crossed_rows"],
        "gap s": f"{row['gap_ns_max'] / _NANOSECONDS_PER_SECOND:.0f}",
        "missing %": f"{100 * row['missing_quotes_share']:.1f}",
        "arb": row["vertical_arbitrage"],
        "settles": "none" if row["settlement"] is None else f"{row['settlement']}{estimated}",
    }


def _chosen(dataset: Dataset, day: str | None) -> list[date]:
    if day is None:
        return dataset.days()
    wanted = parse_date(day)
    return dataset.days(wanted, wanted)


def _each_day(
    dataset: Dataset, day: str | None, quiet: bool, look: Callable[[date], dict[str, Any]]
) -> list[dict[str, Any]]:
    days = _chosen(dataset, day)
    rows = []
    with session_progress(len(days), quiet=quiet) as done:
        for found in days:
            rows.append(look(found))
            done(found)
    return rows
