"""`forven journal show|verify|rebuild`: the authority itself, and the proof that it is right."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click

from forven.bots.verify import Verification, rebuild_projections, verify_session
from forven.commands.output import AS_JSON
from forven.commands.progress import session_progress
from forven.engine.journal import events
from forven.market.catalog import Catalog
from forven.primitives.errors import ForvenError, InvalidInput
from forven.primitives.time import rfc3339
from forven.store.store import Store

_SESSION = click.argument("session")


class NotProved(ForvenError):
    """A session's replay differs from its journal."""


@click.command("show")
@_SESSION
@AS_JSON
def show_command(session: str, as_json: bool) -> None:
    """Print the journal of SESSION, one event a line; prices in quanta, money in micros."""
    with _store() as store, store.reading() as tables:
        if tables.sessions.get(session) is None:
            raise _unknown(session)
        rows = tables.journals.read_rows(session)
    for event in events(rows):
        shown = {**event, "ts": rfc3339(int(event["ts"]))}
        if as_json:
            click.echo(json.dumps(shown))
            continue
        named = [
            f"{name}={value}"
            for name, value in shown.items()
            if name not in ("sequence", "ts", "event")
        ]
        click.echo(f"{shown['sequence']:>6}  {shown['ts']}  {shown['event']:<16} {' '.join(named)}")


@click.command("verify")
@_SESSION
@click.option(
    "--data",
    metavar="DATASET",
    help="Run it as a backtest of this dataset's day with the session's own fills, not its tape.",
)
@AS_JSON
def verify_command(session: str, data: str | None, as_json: bool) -> None:
    """Run SESSION again from its tape, plan and commands, and compare its journal byte for byte."""
    with _store() as store:
        dataset = Catalog(store.home).open(data) if data else None
        found = verify_session(store, session, dataset)
    if as_json:
        click.echo(json.dumps({**asdict(found), "is_equal": found.is_equal}, indent=2))
    else:
        click.echo(_sentence(found, session, data))
    if not found.is_equal:
        raise NotProved(f"session {session}: {found.difference}")


@click.command("rebuild")
@click.argument("session", required=False)
@AS_JSON
def rebuild_command(session: str | None, as_json: bool) -> None:
    """Make the orders and transactions of SESSION, or of every session, anew from its journal."""
    with _store() as store:
        with store.reading() as tables:
            known = tables.sessions.ids()
        if session is not None and session not in known:
            raise _unknown(session)
        chosen = [session] if session is not None else known
        changed = []
        with session_progress(len(chosen), quiet=as_json) as observe:
            for name in chosen:
                if not rebuild_projections(store, name):
                    changed.append(name)
                observe(name)
    if as_json:
        click.echo(json.dumps({"sessions": len(chosen), "mended": changed}, indent=2))
        return
    click.echo(f"{len(chosen)} sessions rebuilt, {len(changed)} of them were not as they should be")
    for name in changed:
        click.echo(f"  mended: {name}")


def _sentence(found: Verification, session: str, data: str | None) -> str:
    """Return the verdict in words."""
    source = f"a backtest of {data}" if data else "its tape"
    verdict = "identical" if found.is_equal else "DIFFERENT"
    return (
        f"session {session}: {verdict} to {source} "
        f"({found.rows} journal rows, digest {found.digest[:12]})"
    )


@contextmanager
def _store() -> Iterator[Store]:
    """Yield the store of the home, closed afterwards."""
    store = Store.open()
    try:
        yield store
    finally:
        store.close()


def _unknown(session: str) -> InvalidInput:
    return InvalidInput(
        f"session: expected the id of one in this home, found {session!r}; "
        "`forven sessions list BOT --json` shows them"
    )
