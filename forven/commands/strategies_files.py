"""`forven strategies check|list`: look at strategy files; no server is needed."""

import json
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from forven.primitives.identifiers import canonical_json
from forven.strategies.description import describe, warnings
from forven.strategies.examples import examples_folder, read_strategies
from forven.strategies.structured import parse_strategy


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON instead.")
def check_command(file: Path, as_json: bool) -> None:
    """Check the strategy in FILE; show its canonical form, hash, meaning and warnings."""
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
    help="List the strategies of this folder instead of the examples.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON instead.")
def list_command(folder: Path | None, as_json: bool) -> None:
    """List the example strategies, or those of a folder."""
    found = read_strategies(folder or examples_folder())
    if as_json:
        rows = [
            {"name": strategy.name, "hash": strategy.hash, "file": str(path)}
            for path, strategy in found
        ]
        click.echo(json.dumps(rows, indent=2, allow_nan=False))
        return
    table = Table("file", "name", "legs", "hash", box=None, pad_edge=False)
    for path, strategy in found:
        legs = str(len(strategy.legs))
        table.add_row(escape(path.name), escape(strategy.name), legs, strategy.hash[:12])
    Console(soft_wrap=True).print(table)
