"""What `forven serve` does: settings from options and environment, then the server."""

import logging
from typing import Any

import click

from api.assembly import assembled, feed_options
from api.serve import StartFailed, serve
from api.settings import Settings
from forven.primitives.time import parse_date

_SETTINGS = {"feed": "feed", "speed": "feed_speed", "host": "bind_host", "port": "port"}


def run(asked: dict[str, Any]) -> None:
    """Serve until a signal or a request to stop; errors as `assembled` and `serve` raise them."""
    given = {_SETTINGS[name]: asked[name] for name in _SETTINGS if asked[name] is not None}
    settings = Settings.load(**given)
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
    options = feed_options(
        settings,
        first_day=parse_date(asked["first_day"]) if asked["first_day"] else None,
        last_day=parse_date(asked["last_day"]) if asked["last_day"] else None,
        hold=asked["hold"],
    )
    with assembled(settings, options) as server:
        click.echo(
            f"feed: {settings.feed} at speed {settings.feed_speed}"
            if settings.feed
            else "feed: none; sessions cannot be opened. `forven serve --feed synthetic:7` has one",
            err=True,
        )
        try:
            serve(settings, server.application, server.switch, announce=_announce)
        except StartFailed:
            server.running.check_started()
            raise


def _announce(sentence: str) -> None:
    click.echo(sentence, err=True)
