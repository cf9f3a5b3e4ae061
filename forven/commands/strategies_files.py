"""`forven strategies check|list`: look at strategies; no server is needed."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from forven.commands.lazy import load
from forven.primitives.identifiers import canonical_json
from forven.strategies.description import describe, warnings
from forven.strategies.examples import examples_folder, read_strategies
from forven.strategies.structured import StructuredStrategy, parse_strategy

_BARS = "forven.commands.strategies_bars"


@click.command("check")
@click.argument("file")
@click.option("--name", help="Which strategy of a Python file that has several.")
@click.option("--set", "parameters", multiple=True, help="A parameter, as fast=12; repeatable.")
@click.option("--data", help="Bars of the catalog to check over, instead of made-up ones.")
@click.option("--timeframe", default="1h", show_default=True, help="Of made-up bars.")
@click.option("--cuts", type=click.IntRange(1, 1_000), default=20, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON instead.")
def check_command(file: str, **options: Any) -> None:
    """Check the strategy in FILE.

    A JSON file is a structured strategy: its canonical form, hash, meaning and warnings are shown.
    A Python file, or the name of a built-in strategy, is one over bars: that no later bar changes
    a decision is tried at --cuts random places, and at decisions of each signal, more of them with
    more cuts. The file is run as your own code.
    """
    path = Path(file)
    if path.suffix == ".py" or not (path.suffix or path.exists()):
        load(_BARS).check(file, options)
    else:
        _check_structured(path, options["as_json"])


def _check_structured(file: Path, as_json: bool) -> None:
    """Print what a structured strategy is."""
    strategy = parse_strategy(file)
    if as_json:
        document = {
            "file": str(file),
            "hash": strategy.hash,
            "strategy": strategy.to_json(),
            "description": describe(strategy),
            "warnings": warnings(strategy),
        }
        click.echo(json.dumps(document, indent=2, allow_nan=False))
        return
    click.echo(f"strategy:  {strategy.name or file.stem}")
    click.echo(f"hash:      {strategy.hash}")
    click.echo(f"canonical: {canonical_json(strategy.program())}")
    for sentence in describe(strategy):
        click.echo(f"  {sentence}")
    for warning in warnings(strategy):
        click.echo(f"warning: {warning}", err=True)


@click.command("list")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="List the strategies of this folder instead of the examples and the library.",
)
@click.option("--family", help="List the built-in strategies of one family alone.")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON instead.")
def list_command(folder: Path | None, family: str | None, as_json: bool) -> None:
    """List the example strategies and the built-in ones over bars, or those of a folder."""
    if folder is not None and family is not None:
        raise click.UsageError("expected --folder or --family, found both")
    found = [] if family is not None else read_strategies(folder or examples_folder())
    if as_json:
        rows: list[dict[str, Any]] = [
            {
                "kind": "structured",
                "name": strategy.name,
                "hash": strategy.hash,
                "file": str(path),
            }
            for path, strategy in found
        ]
        built_in = [] if folder is not None else load(_BARS).rows(family)
        click.echo(json.dumps([*rows, *built_in], indent=2, allow_nan=False))
        return
    if family is None:
        _print_structured(found)
    if folder is None:
        load(_BARS).print_library(family)


def _print_structured(found: list[tuple[Path, StructuredStrategy]]) -> None:
    """Print structured strategies as a table."""
    table = Table("file", "name", "legs", "hash", box=None, pad_edge=False)
    for path, strategy in found:
        legs = str(len(strategy.legs))
        table.add_row(escape(path.name), escape(strategy.name), legs, strategy.hash[:12])
    Console(soft_wrap=True).print(table)
