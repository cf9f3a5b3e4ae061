"""Real services over a real store, with a host that stands still: what routes meet in earnest."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forven.bots.errors import OutsideTradingHours
from forven.bots.hub import Hub
from forven.bots.services.services import Services
from forven.market.catalog import Catalog
from forven.store.store import Store
from tests.api.doubles import HostDouble

CONDOR = {
    "legs": [
        {"side": "sell", "right": "put", "strike": {"method": "delta", "value": "0.16"}},
        {"side": "buy", "right": "put", "strike": {"method": "relative", "leg": 0, "value": "-25"}},
    ],
    "entry": {"times": ["09:45"]},
}


class StillHost(HostDouble):
    """A host outside trading hours: it runs nothing."""

    def live(self, session_id: str) -> None:
        return None

    def open_session(self, bot_id: str) -> Any:
        raise OutsideTradingHours("market: expected it to be open, found it closed")


@dataclass
class Realm:
    """A store with one strategy, one bot and one template of a user in it."""

    services: Services
    strategy_id: str
    bot_id: str
    template_id: str
    watcher: sqlite3.Connection

    def known(self, parameters: dict[str, Any], method: str) -> dict[str, Any]:
        """Return a path's parameters with ids that are there; what is deleted is made first."""
        ids = {
            "bot_id": self.bot_id if method != "DELETE" else self.spare_bot(),
            "strategy_id": self.strategy_id if method != "DELETE" else self.spare_strategy(),
            "template_id": self.template_id if method != "DELETE" else self.spare_template(),
        }
        return {**parameters, **{name: ids[name] for name in parameters if name in ids}}

    def spare_bot(self) -> str:
        """Make a bot that may be deleted."""
        return str(self.services.factory.create({})["id"])

    def spare_strategy(self) -> str:
        """Make a link that may be deleted."""
        return str(self.services.strategies.clone(self.strategy_id, {})["id"])

    def spare_template(self) -> str:
        """Make a template that may be deleted."""
        return str(self.services.templates.create({"name": "Spare", "config": {}})["id"])

    def writes(self) -> int:
        """Return a number that changes with every transaction that wrote something."""
        return int(self.watcher.execute("PRAGMA data_version").fetchone()[0])

    def state(self) -> list[Any]:
        """Return everything that a reader could see of it."""
        services = self.services
        return [
            services.strategies.list(),
            services.bots.list(),
            services.factory.list(),
            services.templates.list(),
            [services.factory.versions(bot["id"]) for bot in services.bots.list()],
        ]


@contextmanager
def realm(home: Path) -> Iterator[Realm]:
    """Yield services over a new store in a folder."""
    store = Store.open(home)
    try:
        services = Services(store, StillHost(), Hub(), Catalog(home))
        link = services.strategies.create({"name": "Condor", "config": CONDOR})
        bot = services.bots.create(
            {"strategy_id": link["id"], "name": "First", "starting_capital": "100000"}
        )
        template = services.templates.create({"name": "Mine", "config": {}})
        watcher = sqlite3.connect(home / "forven.db", check_same_thread=False)
        yield Realm(services, link["id"], bot["id"], template["id"], watcher)
        watcher.close()
    finally:
        store.close()
