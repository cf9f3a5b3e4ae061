"""`forven data synthesize`: seeded days of a made-up SPXW market into a dataset."""

import json
from typing import Any

import click

from forven.commands.data_import import day_document, settlement_text
from forven.commands.data_tables import print_table
from forven.commands.progress import session_progress
from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.synthetic.dataset import FIRST_SYNTHETIC_DAY, synthesize, synthetic_sessions
from forven.market.synthetic.spec import SyntheticSpec
from forven.primitives.time import parse_date, rfc3339


@click.command("synthesize")
@click.argument("name")
@click.option("--days", type=int, required=True, help="Sessions to make.")
@click.option("--seed", type=int, required=True, help="The same seed makes the same bytes.")
@click.option(
    "--from",
    "from_day",
    metavar="DATE",
    default=FIRST_SYNTHETIC_DAY.isoformat(),
    show_default=True,
    help="First day; the next session if it is none.",
)
@click.option(
    "--frame-seconds",
    type=int,
    default=1,
    show_default=True,
    help="Seconds between frames, a divisor of 1800.",
)
@click.option("--replace", is_flag=True, help="Replace the dataset if there is one.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def synthesize_command(name: str, as_json: bool, **asked: Any) -> None:
    """Make up days of SPXW quotes and write them as the dataset NAME.

    Session dates and early closes are real, prices are not: see docs/SYNTHETIC.md.
    """
    spec = SyntheticSpec(seed=asked["seed"], frame_seconds=asked["frame_seconds"])
    days, first_day = asked["days"], parse_date(asked["from_day"])
    sessions = synthetic_sessions(trading_calendar(), first_day, days)
    with session_progress(days, quiet=as_json) as observe:
        records = synthesize(Catalog(), name, spec, sessions, observe, replace=asked["replace"])
    if as_json:
        documents = [day_document(record) for record in records]
        click.echo(json.dumps({"name": name, "spec": spec.as_dict(), "days": documents}))
        return
    rows = [
        {
            "day": record.bounds.day.isoformat(),
            "close": rfc3339(record.bounds.close_ns)[11:],
            "quotes": record.quote_rows,
            "prints": record.print_rows,
            "settlement": settlement_text(record),
        }
        for record in records
    ]
    print_table(f"dataset {name}", rows, ("quotes", "prints", "settlement"))
