"""`forven data synthesize-bars` and `resample-bars`: series made up, and made of another."""

import json

import click

from forven.commands.data_bars import bar_document, print_series
from forven.market.bars.calendars import ALWAYS, CALENDARS
from forven.market.bars.catalog import BarCatalog, Provenance
from forven.market.bars.columns import ENRICHMENT
from forven.market.bars.resampling import resample
from forven.market.bars.storage import BarManifest
from forven.market.bars.synthetic import random_bars
from forven.market.bars.timeframes import TIMEFRAMES

_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
_REPLACE = click.option("--replace", is_flag=True, help="Replace the dataset if there is one.")
_TIMEFRAME = click.Choice(list(TIMEFRAMES))


@click.command("synthesize-bars")
@click.argument("name")
@click.option("--bars", "count", type=int, required=True, help="Bars to make.")
@click.option("--seed", type=int, required=True, help="The same seed makes the same bars.")
@click.option("--timeframe", type=_TIMEFRAME, default="1h", show_default=True)
@click.option("--calendar", type=click.Choice(list(CALENDARS)), default=ALWAYS, show_default=True)
@click.option("--enriched", is_flag=True, help="All columns beside the prices too.")
@_REPLACE
@_JSON
def synthesize_bars_command(
    name: str, count: int, seed: int, as_json: bool, replace: bool, **asked: str
) -> None:
    """Make up bars, a seeded walk from 2020 on, and write them as the dataset NAME."""
    columns = list(ENRICHMENT) if asked["enriched"] else []
    bars = random_bars(count, seed, asked["timeframe"], calendar=asked["calendar"], columns=columns)
    provenance = Provenance(source="synthetic", seed=seed)
    _print(name, BarCatalog().write(name, bars, provenance, replace=replace), as_json)


@click.command("resample-bars")
@click.argument("name")
@click.argument("new_name")
@click.option("--timeframe", type=_TIMEFRAME, required=True, help="A coarser one.")
@_REPLACE
@_JSON
def resample_bars_command(
    name: str, new_name: str, timeframe: str, replace: bool, as_json: bool
) -> None:
    """Write the bars of the dataset NAME in a coarser timeframe as the dataset NEW_NAME.

    Whole buckets of closed bars only, aligned to UTC; docs/DATA.md has the rules.
    """
    catalog = BarCatalog()
    manifest = catalog.manifest(name)
    done = resample(catalog.open(name), timeframe)
    counts = {"edge_bars": done.dropped_bars, "buckets_with_holes": done.holes}
    provenance = Provenance(
        source=f"{name} {manifest.timeframe}, resampled",
        description=manifest.description,
        counts={kind: count for kind, count in counts.items() if count},
        seed=manifest.seed,
    )
    _print(new_name, catalog.write(new_name, done.bars, provenance, replace=replace), as_json)


def _print(name: str, manifest: BarManifest, as_json: bool) -> None:
    document = bar_document(name, manifest)
    if as_json:
        click.echo(json.dumps(document, indent=2))
        return
    print_series([document])
    for kind, count in manifest.counts.items():
        click.echo(f"{kind:20} {count:>12,}")
