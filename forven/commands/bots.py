"""`forven bots`: create, list, change, start and stop the bots of a running server."""

import json
from pathlib import Path
from typing import Any

import click

from forven.commands.client import Client, Document, named, segment
from forven.commands.output import AS_JSON, print_document, print_done, print_rows
from forven.engine.documents import read_document
from forven.primitives.errors import InvalidInput

_COLUMNS = ("id", "name", "runtime_status", "status", "cash_balance", "strategy_id")
_FACTORY = "/api/bot-factory/bots"

_RISK = (
    click.option("--max-daily-loss-pct", metavar="FRACTION", help="0.0050 to 0.5000 of the cash."),
    click.option("--max-open-positions", type=int, help="Instruments held at once, 1 to 100."),
    click.option("--max-open-orders", type=int, help="Orders pending at once, 1 to 50."),
    click.option("--data-staleness-threshold-ms", type=int, help="500 to 10000."),
    click.option(
        "--auto-pause-on-error/--fail-on-error", default=None, help="Beyond the error budget."
    ),
    click.option("--error-budget", type=int, help="Strategy errors forgiven, 0 to 100."),
    click.option("--reprice", metavar="FILE", help="JSON with blocks opening and closing."),
    click.option("--description", help="Free text."),
)


def _with_policy(command: Any) -> Any:
    for option in reversed(_RISK):
        command = option(command)
    return command


@click.group("bots")
def command() -> None:
    """Create, list, change, start and stop bots on a running server.

    FORVEN_CLIENT_BASE names the server, FORVEN_API_KEY and FORVEN_OPERATOR_KEY are sent along.
    BOT is a name, an id, or the beginning of an id.
    """


@command.command("list")
@click.option("--strategy", help="Only the bots of this saved strategy.")
@AS_JSON
def list_command(strategy: str | None, as_json: bool) -> None:
    """List the bots."""
    client = Client()
    link = named(client.get("/strategies"), strategy, "strategy")["id"] if strategy else None
    rows = client.get("/bots", strategy_id=link)
    print_rows(rows, _COLUMNS, as_json, "no bots yet; `forven bots create` makes one")


@command.command("create")
@click.argument("name")
@click.option("--strategy", required=True, help="A saved strategy: name, id or its beginning.")
@click.option("--capital", default="100000", show_default=True, help="Opening cash, a decimal.")
@_with_policy
@AS_JSON
def create_command(name: str, strategy: str, capital: str, as_json: bool, **policy: object) -> None:
    """Create the bot NAME, which trades a saved strategy on paper."""
    client = Client()
    link = named(client.get("/strategies"), strategy, "strategy")
    body = {"name": name, "strategy_id": link["id"], "starting_capital": capital}
    print_document(client.post("/bots", body | _policy(policy)), as_json)


@command.command("show")
@click.argument("bot")
@AS_JSON
def show_command(bot: str, as_json: bool) -> None:
    """Show one bot, its policy and its sessions."""
    client = Client()
    found = client.get(f"/bots/{_id(client, bot)}")
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    print_document(found["bot"], False)
    click.echo("")
    columns = ("id", "date", "state", "opening_cash", "final_nlv", "total_pl", "reason")
    print_rows(found["sessions"], columns, False, "no sessions yet")


@command.command("update")
@click.argument("bot")
@click.option("--name", help="A new name.")
@click.option("--status", type=click.Choice(("idle", "archived")), help="Archive or reactivate.")
@_with_policy
@AS_JSON
def update_command(bot: str, as_json: bool, **changes: object) -> None:
    """Change BOT; what it may do acts from its next session on."""
    body = _policy(changes)
    if not body:
        raise InvalidInput("options: expected at least one change, found none; see --help")
    client = Client()
    print_document(client.patch(f"/bots/{_id(client, bot)}", body), as_json)


@command.command("summary")
@click.argument("bot")
@AS_JSON
def summary_command(bot: str, as_json: bool) -> None:
    """Show how the settled sessions of BOT went."""
    client = Client()
    print_document(client.get(f"/bots/{_id(client, bot)}/summary"), as_json)


@command.command("start")
@click.argument("bot")
@AS_JSON
def start_command(bot: str, as_json: bool) -> None:
    """Keep BOT running: today's session now, and each trading day's from then on."""
    client = Client()
    answer = client.post(f"{_FACTORY}/{_id(client, bot)}/start")
    print_done(answer, as_json, f"{bot}: {answer['status']}")


@command.command("stop")
@click.argument("bot")
@AS_JSON
def stop_command(bot: str, as_json: bool) -> None:
    """Stop BOT: its open orders are cancelled, and no further day is opened."""
    client = Client()
    answer = client.post(f"{_FACTORY}/{_id(client, bot)}/stop")
    print_done(answer, as_json, f"{bot}: {answer['status']}")


@command.command("clone")
@click.argument("bot")
@click.argument("new_name")
@AS_JSON
def clone_command(bot: str, new_name: str, as_json: bool) -> None:
    """Make a bot NEW_NAME with the strategy, capital and policy of BOT."""
    client = Client()
    path = f"{_FACTORY}/{_id(client, bot)}/clone"
    print_document(client.post(path, {"new_name": new_name}), as_json)


@command.command("delete")
@click.argument("bot")
@click.option("--yes", is_flag=True, help="Do not ask.")
@AS_JSON
def delete_command(bot: str, yes: bool, as_json: bool) -> None:
    """Delete BOT, unless one of its sessions is live."""
    client = Client()
    found = named(client.get("/bots"), bot, "bot")
    if not yes:
        click.confirm(f"delete {found['name']} ({found['id']})?", abort=True, err=True)
    client.delete(f"/bots/{segment(found['id'])}")
    print_done({"deleted": found["id"]}, as_json, f"{found['name']}: deleted")


@command.command("kill-all")
@click.option("--yes", is_flag=True, help="Do not ask.")
@AS_JSON
def kill_all_command(yes: bool, as_json: bool) -> None:
    """Stop every bot."""
    if not yes:
        click.confirm("stop every bot?", abort=True, err=True)
    answer = Client().post("/api/bot-factory/kill-all")
    lines = [f"stopped: {answer['stopped']}"]
    for each in answer["failed"]:
        words = f"not stopped: session {each['session_id']} of bot {each['bot_id']}"
        lines.append(f"{words}: {each['reason']}")
    print_done(answer, as_json, "\n".join(lines))


def _id(client: Client, bot: str) -> str:
    """Return the id of a bot that a user named, as a segment of a path."""
    return segment(named(client.get("/bots"), bot, "bot")["id"])


def _policy(given: dict[str, Any]) -> Document:
    """Return the options that were given as fields of a request."""
    body = {name: value for name, value in given.items() if value is not None}
    if "reprice" in body:
        body["reprice"] = _plain(read_document(Path(body["reprice"]), InvalidInput))
    return body


def _plain(value: object) -> object:
    """Return a document with exact decimals as texts, which the server reads exactly too."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)
