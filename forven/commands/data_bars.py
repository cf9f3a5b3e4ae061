"""What `forven data list`, `inspect` and `check` show of datasets of bars."""

import json
from typing import Any

import click

from forven.commands.data_tables import print_table
from forven.market.bars.bars import Bars
from forven.market.bars.catalog import BarCatalog
from forven.market.bars.columns import PRICE_NAMES
from forven.market.bars.quality import BarQuality, picture, quality_of
from forven.market.bars.storage import BarManifest
from forven.primitives.errors import UntrustedData
from forven.primitives.time import rfc3339

_SHOWN = 3


def bar_document(name: str, manifest: BarManifest) -> dict[str, Any]:
    """Return what a series says of itself as a JSON document: times RFC 3339."""
    return {
        "name": name,
        "kind": "bars",
        "symbol": manifest.symbol,
        "timeframe": manifest.timeframe,
        "calendar": manifest.calendar,
        "decimals": manifest.decimals,
        "bars": manifest.rows,
        "first": rfc3339(manifest.first_end_ns),
        "last": rfc3339(manifest.last_end_ns),
        "columns": manifest.columns,
        "counts": manifest.counts,
        "source": manifest.source,
        "description": manifest.description,
        "seed": manifest.seed,
        "content_hash": manifest.content_hash,
    }


def listed_series(catalog: BarCatalog, name: str) -> dict[str, Any]:
    """Return a series as `forven data list` has it; a damaged one says so."""
    try:
        return bar_document(name, catalog.manifest(name))
    except UntrustedData as error:
        blank = dict.fromkeys(("symbol", "timeframe", "calendar", "bars", "first", "last"))
        source = f"damaged: {error}"
        return {"name": name, "kind": "bars", **blank, "source": source, "description": ""}


def print_series(documents: list[dict[str, Any]]) -> None:
    """Print series as a table, a line each."""
    names = ("name", "symbol", "timeframe", "calendar", "bars", "first", "last")
    rows = [{name: document[name] for name in names} for document in documents]
    for row, document in zip(rows, documents, strict=True):
        row["source"] = document["source"]
        row["description"] = document["description"]
    print_table("bars", rows, ("bars",))


def inspect_series(name: str, as_json: bool) -> None:
    """Show a series: what it is, its first and last bars, its closes as a picture."""
    catalog = BarCatalog()
    manifest, bars = catalog.manifest(name), catalog.open(name)
    document = {**bar_document(name, manifest), "bars_per_year": bars.bars_per_year}
    if as_json:
        edges = [_bar(bars, place) for place in _edges(bars)]
        click.echo(json.dumps({**document, "edges": edges, "picture": picture(bars)}, indent=2))
        return
    note = f" ({manifest.description})" if manifest.description else ""
    click.echo(f"{name}: {manifest.source}{note}\ncontent {manifest.content_hash}")
    click.echo(
        f"{manifest.symbol} {manifest.timeframe}, calendar {manifest.calendar}, "
        f"{bars.bars_per_year:,.0f} bars a year, prices of {manifest.decimals} decimals"
    )
    numeric = (*PRICE_NAMES, "volume")
    shown = [_bar(bars, place) for place in _edges(bars)]
    print_table("", [{name: row[name] for name in ("end", *numeric)} for row in shown], numeric)
    if bars.columns:
        beside = [
            {"column": name, "first bar": shown[0][name], "last bar": shown[-1][name]}
            for name in bars.columns
        ]
        print_table("", beside, ("first bar", "last bar"))
    lowest, highest = bars.floats("low").min(), bars.floats("high").max()
    click.echo(f"{picture(bars)}  {_price(bars, lowest)} to {_price(bars, highest)}")
    for kind, count in manifest.counts.items():
        click.echo(f"{kind:20} {count:>12,}")


def check_series(name: str, as_json: bool) -> bool:
    """Show what a series is worth; return whether it can be used."""
    try:
        bars = BarCatalog().open(name)
    except UntrustedData as error:
        if as_json:
            click.echo(json.dumps({"name": name, "usable": False, "reason": str(error)}, indent=2))
        else:
            click.echo(f"{name} cannot be used: {error}")
        return False
    quality = quality_of(bars)
    if as_json:
        document = {"name": name, "kind": "bars", "usable": True, "reason": None}
        click.echo(json.dumps({**document, **quality.as_dict()}, indent=2))
        return True
    _show_quality(name, bars, quality)
    return True


def _show_quality(name: str, bars: Bars, quality: BarQuality) -> None:
    due = "not known" if quality.due is None else f"{quality.due:,}"
    missing = "not known" if quality.missing is None else f"{quality.missing:,}"
    click.echo(f"quality of {name}: {bars.symbol} {bars.timeframe}, calendar {bars.calendar}")
    lines = {
        "bars": f"{quality.bars:,} from {quality.first} to {quality.last}",
        "due": f"{due}; missing {missing}",
        "gaps": f"{quality.gaps:,}",
        "zero volume": f"{quality.zero_volume:,}; unknown {quality.unknown_volume:,}",
        "unmoved": f"{quality.unmoved:,}; longest run {quality.unmoved_run_max:,}",
        "spikes": _spikes_text(quality),
    }
    lines |= {
        name: f"{100 * share:.1f} % missing" for name, share in quality.missing_values.items()
    }
    for label, text in lines.items():
        click.echo(f"{label:20} {text}")
    if quality.longest_gaps:
        rows = [
            {"longest gaps after": gap.after, "before": gap.before, "missing": gap.missing}
            for gap in quality.longest_gaps
        ]
        print_table("", rows, ("missing",))
    click.echo(picture(bars))


def _spikes_text(quality: BarQuality) -> str:
    if not quality.spikes:
        return "0"
    return f"{quality.spikes:,}; greatest {quality.spike_return_max:+.2%} at {quality.spike_at}"


def _edges(bars: Bars) -> list[int]:
    """Return the places of the first and the last bars."""
    count = len(bars)
    return sorted({*range(min(_SHOWN, count)), *range(max(count - _SHOWN, 0), count)})


def _bar(bars: Bars, place: int) -> dict[str, Any]:
    values: dict[str, Any] = {"end": rfc3339(int(bars.ends_ns[place]))}
    for name in PRICE_NAMES:
        values[name] = _price(bars, bars.floats(name)[place])
    for name in ("volume", *bars.columns):
        value = float(bars.floats(name)[place])
        values[name] = None if value != value else f"{value:.10g}"
    return values


def _price(bars: Bars, value: float) -> str:
    return f"{value:.{bars.decimals}f}"
