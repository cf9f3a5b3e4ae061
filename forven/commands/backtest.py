"""`forven backtest`: run a strategy over recorded sessions, show and save what came out."""

import json
from pathlib import Path

import click
from rich.console import Console

from forven.commands.progress import session_progress
from forven.commands.summary import print_summary
from forven.market.catalog import Catalog
from forven.primitives.errors import CannotWrite
from forven.research.exports import write_parquet
from forven.research.report.page import write_report
from forven.research.services import BacktestRequest, prepare


@click.command("backtest")
@click.argument("strategy", type=click.Path(path_type=Path))
@click.option("--data", required=True, help="Dataset of the catalog; see `forven data list`.")
@click.option("--from", "first_day", metavar="YYYY-MM-DD", help="First session.")
@click.option("--to", "last_day", metavar="YYYY-MM-DD", help="Last session, included.")
@click.option(
    "--fills",
    type=click.Choice(["live", "backtest", "natural", "half"]),
    default="backtest",
    show_default=True,
    help="How orders fill; natural fills are always shown beside.",
)
@click.option("--capital", default="100000", show_default=True, help="Opening cash a session.")
@click.option("--fees", default="default", show_default=True, help="Fee schedule: name or file.")
@click.option("--report", type=click.Path(path_type=Path), help="Write an HTML report here.")
@click.option("--parquet", type=click.Path(path_type=Path), help="Write Parquet files here.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON instead.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, metavar="N")
def command(report: Path | None, parquet: Path | None, as_json: bool, **asked: object) -> None:
    """Backtest STRATEGY (a JSON file) over recorded sessions, each on its own."""
    if report is not None:
        check_writable(report)
    prepared = prepare(BacktestRequest(**asked, with_paths=report is not None), Catalog())  # type: ignore[arg-type]
    with session_progress(len(prepared.days), quiet=as_json) as observer:
        result = prepared.run(observer)
    notes = Console(stderr=True)
    if report is not None:
        write_report(result, report)
        notes.print(f"report: {report}", highlight=False, soft_wrap=True)
    if parquet is not None:
        for path in write_parquet(result, parquet):
            notes.print(f"parquet: {path}", highlight=False, soft_wrap=True)
    if as_json:
        click.echo(json.dumps(result.as_document(), indent=2, allow_nan=False))
    else:
        print_summary(result)


def check_writable(path: Path) -> None:
    """Refuse a report path whose folder is not there, before hours of work; CannotWrite."""
    if not path.parent.is_dir():
        raise CannotWrite(f"{path}: expected an existing folder, found none at {path.parent}")
    if path.is_dir():
        raise CannotWrite(f"{path}: expected the name of a file, found a folder")
