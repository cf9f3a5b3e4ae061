"""A whole server on a coarse synthetic feed: real store, real host, real services, real HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs

from api.application import ENDPOINTS, Parts, create_application
from api.openapi import openapi_document
from api.stop_switch import StopSwitch
from forven.bots.host import Host
from forven.bots.hub import Hub
from forven.bots.services.services import Services
from forven.market.catalog import Catalog
from forven.store.store import Store
from tests.api.serving import served
from tests.bots.houses import CONDOR, DAY, feed_of, host_of, wait_for

_DOCUMENT = openapi_document(ENDPOINTS)
DAY_SECONDS_MAX = 180.0
OVER = ("completed", "halted", "killed", "failed")


@dataclass
class House:
    """A server that runs sessions; `ask` checks each answer against the OpenAPI document."""

    store: Store
    host: Host
    hub: Hub
    services: Services
    client: httpx.Client
    switch: StopSwitch
    bots: int = 0

    def ask(self, method: str, path: str, status: int, **options: Any) -> Any:
        """Return the document that a request is answered with."""
        answer = self.client.request(method, path, **options)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, status: int, code: str, **options: Any) -> None:
        """Check that a request is refused with a status and a machine code."""
        document = self.ask(method, path, status, **options)
        assert document["error"] == code, document
        assert document["detail"]

    def strategy(self) -> str:
        """Save a strategy and return its link."""
        return str(self.ask("POST", "/strategies", 201, json={"config": CONDOR})["id"])

    def bot(self, **fields: Any) -> str:
        """Create a bot and return its id."""
        self.bots += 1
        body = {
            "strategy_id": self.strategy(),
            "name": f"Bot {self.bots}",
            "starting_capital": "100000",
            **fields,
        }
        return str(self.ask("POST", "/bots", 201, json=body)["id"])

    def await_day(self) -> None:
        """Wait for the feed's first day, which is made when it is asked for."""
        wait_for(lambda: self.host.status().day, "a trading day", DAY_SECONDS_MAX)

    def session(self, bot_id: str) -> str:
        """Start today's session of a bot and return its address."""
        self.await_day()
        opened = self.ask("POST", f"/bots/{bot_id}/sessions", 201)
        return f"/bots/{bot_id}/sessions/{opened['session_id']}"

    def ended(self, address: str) -> Any:
        """Return a session once it is over."""
        wait_for(lambda: self.ask("GET", address, 200)["state"] in OVER, "its end")
        return self.ask("GET", address, 200)


def check_against(name: str, document: Any) -> None:
    """Check a document against a schema of the OpenAPI document."""
    schema = {**_DOCUMENT, "$ref": f"#/components/schemas/{name}"}
    jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(document)


@contextmanager
def house(home: Path, days: Path, speed: str, last: date = DAY) -> Iterator[House]:
    """Yield a server whose feed plays days up to `last` at a speed: `max`, or so many times.

    days  the folder in which made days are kept
    """
    store = Store.open(home)
    hub = Hub()
    host = host_of(store, feed_of(days, speed=speed, last=last), hub)
    services = Services(store, host, hub, Catalog(home))
    switch = StopSwitch()
    host.start()
    try:
        client = httpx.Client(trust_env=False, timeout=30, verify=False)
        with served(create_application(services, switch, Parts())) as server, client:
            client.base_url = httpx.URL(server.url)
            yield House(store, host, hub, services, client, switch)
    finally:
        host.stop(10)
        store.close()
