"""Opens a feed by its text: `replay:DATASET`, `synthetic:SEED` or `socket:ADDRESS`."""

import re

from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.feeds.feed import Feed, FeedOptions
from forven.market.feeds.replay import replay_feed
from forven.market.feeds.socket_feed import socket_feed
from forven.market.feeds.synthetic import synthetic_feed
from forven.primitives.errors import InvalidInput

FORMS = "replay:DATASET, synthetic:SEED, socket:PATH or socket:127.0.0.1:PORT"
_SEED = re.compile(r"[0-9]{1,19}")


def open_feed(text: str, catalog: Catalog, options: FeedOptions) -> Feed:
    """Return the feed that a text names; errors: InvalidInput, UnknownDataset, EmptyRange."""
    kind, _, rest = text.partition(":")
    if kind == "replay" and rest:
        return replay_feed(rest, catalog, options)
    if kind == "synthetic" and _SEED.fullmatch(rest):
        home = catalog.folder.parent
        folder = home / "cache" / "synthetic"
        return synthetic_feed(int(rest), trading_calendar(home), folder, options)
    if kind == "socket" and rest:
        return socket_feed(rest, trading_calendar(catalog.folder.parent))
    raise InvalidInput(f"feed: expected {FORMS}, found {text!r}")
