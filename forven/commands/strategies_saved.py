"""`forven strategies save|saved|show|results|delete`: strategies on a running server."""

import json
import time
from pathlib import Path
from typing import Any

import click

from forven.commands.client import Client, named, segment
from forven.commands.lazy import load
from forven.commands.output import AS_JSON, print_document, print_done, print_rows
from forven.commands.progress import session_progress
from forven.strategies.structured import parse_strategy

_COLUMNS = ("id", "name", "kind", "privacy", "source_hash", "description")
_DAY_COLUMNS = ("date", "net_pnl", "fees", "slippage", "status")
_POLL_SECONDS = 0.2


@click.command("save")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", help="Its name there; by default the one in the file, or the file's.")
@AS_JSON
def save_command(file: Path, name: str | None, as_json: bool) -> None:
    """Save the strategy in FILE, a JSON document or a Python script, on the server."""
    if file.suffix == ".py":
        body: dict[str, Any] = {"source": file.read_text(encoding="utf-8")}
        name = name or file.stem
    else:
        strategy = parse_strategy(file)
        body = {"config": strategy.to_json()}
        name = name or strategy.name or file.stem
    print_document(Client().post("/strategies", {**body, "name": name}), as_json)


@click.command("saved")
@AS_JSON
def saved_command(as_json: bool) -> None:
    """List the strategies saved on the server."""
    rows = Client().get("/strategies")
    print_rows(rows, _COLUMNS, as_json, "no strategies yet; `forven strategies save` saves one")


@click.command("show")
@click.argument("strategy")
@click.option("--timeframe", default="1h", show_default=True, help="Of a built-in one's warm-up.")
@AS_JSON
def show_command(strategy: str, timeframe: str, as_json: bool) -> None:
    """Show STRATEGY: a built-in one by its name, or a saved one by name, id or its beginning."""
    library = load("forven.commands.strategies_bars")
    if library.is_built_in(strategy):
        library.show(strategy, timeframe, as_json)
        return
    client = Client()
    print_document(client.get(_path(client, strategy)), as_json)


@click.command("results")
@click.argument("strategy")
@click.option("--wait/--no-wait", default=True, help="Wait until every session is computed.")
@AS_JSON
def results_command(strategy: str, wait: bool, as_json: bool) -> None:
    """Show how the saved STRATEGY did in every recorded session."""
    client = Client()
    path = f"{_path(client, strategy)}/results"
    found = client.get(path)
    if wait and found["exec_status"] not in ("failed", "error"):
        found = _awaited(client, path, found, as_json)
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    click.echo(f"{found['covered_days']} of {found['total_sessions']} sessions")
    print_rows(found["results"]["days"], _DAY_COLUMNS, False, "no session was computed yet")


@click.command("delete")
@click.argument("strategy")
@click.option("--yes", is_flag=True, help="Do not ask.")
@AS_JSON
def delete_command(strategy: str, yes: bool, as_json: bool) -> None:
    """Unlink the saved STRATEGY; bots that have it keep it."""
    client = Client()
    found = named(client.get("/strategies"), strategy, "strategy")
    if not yes:
        click.confirm(f"unlink {found['name']} ({found['id']})?", abort=True, err=True)
    client.delete(f"/strategies/{segment(found['id'])}")
    print_done({"deleted": found["id"]}, as_json, f"{found['name']}: unlinked")


def _path(client: Client, strategy: str) -> str:
    """Return the path of a strategy that a user named."""
    return f"/strategies/{segment(named(client.get('/strategies'), strategy, 'strategy')['id'])}"


def _awaited(client: Client, path: str, found: Any, quiet: bool) -> Any:
    """Return the results when every session is in, or computing stopped."""
    with session_progress(found["total_sessions"], quiet) as observe:
        seen = 0
        while True:
            for _ in range(found["covered_days"] - seen):
                observe(None)
            seen = found["covered_days"]
            is_over = found["exec_status"] in ("failed", "error")
            if is_over or seen >= found["total_sessions"]:
                return found
            time.sleep(_POLL_SECONDS)
            found = client.get(path)
