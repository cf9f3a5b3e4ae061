"""`forven sessions`: the trading days of a bot on a running server: open, read, stop."""

import click

from forven.commands.client import Client, named, segment
from forven.commands.output import AS_JSON, print_document, print_done, print_rows

_CURRENT = "current"
_SESSION_COLUMNS = ("id", "date", "state", "opening_cash", "final_nlv", "total_pl", "reason")
_ORDER_COLUMNS = (
    *("number", "type", "status", "price", "price_effect", "quantity", "fill_price", "fees"),
    *("placed_at", "fill_datetime", "reason"),
)
_POSITION_COLUMNS = (
    *("instrument", "direction", "quantity", "cost_basis", "price", "delta"),
    *("unrealized_profit_loss", "realized_profit_loss", "total_profit_loss"),
)
_TRANSACTION_COLUMNS = (
    *("datetime", "type", "instrument", "quantity", "price", "value", "effect", "fees"),
)
_FINANCIAL_COLUMNS = (
    *("datetime", "net_liquidation_value", "cash", "profit_loss", "drawdown", "open_orders"),
)
_LOG_COLUMNS = ("sequence", "datetime", "kind", "level", "message", "data")
_LIMIT = click.option("--limit", type=click.IntRange(1), help="So many rows; by default all.")


@click.group("sessions")
def command() -> None:
    """Open, read and stop the sessions of a bot on a running server.

    BOT is a name, an id, or the beginning of an id; SESSION likewise, a date (YYYY-MM-DD), or
    `current` for the newest one.
    """


@command.command("list")
@click.argument("bot")
@AS_JSON
def list_command(bot: str, as_json: bool) -> None:
    """List the sessions of BOT, newest first."""
    rows = _Bot(bot).sessions()
    print_rows(rows, _SESSION_COLUMNS, as_json, "no sessions yet; `forven sessions open` opens one")


@command.command("open")
@click.argument("bot")
@AS_JSON
def open_command(bot: str, as_json: bool) -> None:
    """Open today's session of BOT; today is the day of the server's feed."""
    found = _Bot(bot)
    answer = found.client.post(f"{found.path}/sessions")
    print_done(answer, as_json, f"session {answer['session_id']}: open")


@command.command("show")
@click.argument("bot")
@click.argument("session", default=_CURRENT)
@AS_JSON
def show_command(bot: str, session: str, as_json: bool) -> None:
    """Show a session: its state, its policy and, once it is settled, its result."""
    found = _Bot(bot)
    print_document(found.client.get(found.session_path(session)), as_json)


@command.command("orders")
@click.argument("bot")
@click.argument("session", default=_CURRENT)
@_LIMIT
@AS_JSON
def orders_command(bot: str, session: str, limit: int | None, as_json: bool) -> None:
    """List the orders of a session."""
    rows = _Bot(bot).read(session, "orders", limit)
    print_rows(rows, _ORDER_COLUMNS, as_json, "no orders yet")


@command.command("positions")
@click.argument("bot")
@click.argument("session", default=_CURRENT)
@AS_JSON
def positions_command(bot: str, session: str, as_json: bool) -> None:
    """List what a session holds, and what it has closed."""
    rows = _Bot(bot).read(session, "positions", None)
    print_rows(rows, _POSITION_COLUMNS, as_json, "no positions yet")


@command.command("transactions")
@click.argument("bot")
@click.argument("session", default=_CURRENT)
@_LIMIT
@AS_JSON
def transactions_command(bot: str, session: str, limit: int | None, as_json: bool) -> None:
    """List the trades and settlements of a session, leg by leg."""
    rows = _Bot(bot).read(session, "transactions", limit)
    print_rows(rows, _TRANSACTION_COLUMNS, as_json, "no transactions yet")


@command.command("financials")
@click.argument("bot")
@click.argument("session", default=_CURRENT)
@click.option("--interval", type=click.IntRange(1), default=60, show_default=True, help="Seconds.")
@AS_JSON
def financials_command(bot: str, session: str, interval: int, as_json: bool) -> None:
    """Show a session's account over time."""
    found = _Bot(bot)
    path = f"{found.session_path(session)}/financials"
    document = found.client.get(path, interval=interval)
    if as_json:
        print_document(document, True)
        return
    print_rows(document["history"], _FINANCIAL_COLUMNS, False, "no frame was taken yet")


@command.command("log")
@click.argument("bot")
@click.argument("session", default=_CURRENT)
@_LIMIT
@AS_JSON
def log_command(bot: str, session: str, limit: int | None, as_json: bool) -> None:
    """Show what a session's strategy logged and signalled, in that order."""
    rows = _Bot(bot).read(session, "decision-log", limit)
    print_rows(rows, _LOG_COLUMNS, as_json, "nothing was logged yet")


@command.command("cancel-all")
@click.argument("bot")
@click.argument("session", default=_CURRENT)
@AS_JSON
def cancel_all_command(bot: str, session: str, as_json: bool) -> None:
    """Cancel every pending order of a session, which keeps running."""
    found = _Bot(bot)
    answer = found.client.post(f"{found.session_path(session)}/cancel-all-orders")
    print_done(answer, as_json, f"{bot}: its orders are being cancelled")


@command.command("stop")
@click.argument("bot")
@click.argument("session", default=_CURRENT)
@AS_JSON
def stop_command(bot: str, session: str, as_json: bool) -> None:
    """Stop a session: its orders are cancelled, what it holds settles at the close."""
    found = _Bot(bot)
    answer = found.client.delete(found.session_path(session))
    print_done(answer, as_json, f"{bot}: stopping")


class _Bot:
    """The bot that a user named, on the server."""

    def __init__(self, wanted: str) -> None:
        self.client = Client()
        self.id = named(self.client.get("/bots"), wanted, "bot")["id"]
        self.path = f"/bots/{segment(self.id)}"

    def sessions(self) -> list[dict[str, object]]:
        """Return its sessions, newest first."""
        rows: list[dict[str, object]] = self.client.get(f"{self.path}/sessions")
        return rows

    def session_path(self, wanted: str) -> str:
        """Return the path of the session that a user named."""
        rows = self.sessions()
        if wanted == _CURRENT:
            rows, wanted = rows[:1], str(rows[0]["id"]) if rows else _CURRENT
        listed = [{**row, "name": row["date"]} for row in rows]
        return f"{self.path}/sessions/{segment(named(listed, wanted, 'session')['id'])}"

    def read(self, session: str, what: str, limit: int | None) -> list[dict[str, object]]:
        """Return the rows that a session has of something."""
        return self.client.rows(f"{self.session_path(session)}/{what}", limit)
