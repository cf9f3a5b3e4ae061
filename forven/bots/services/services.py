"""All services of one server, made once over its store and its host."""

import time
from collections.abc import Callable

from forven.bots.hub import Hub
from forven.bots.services.at_hand import AtHand
from forven.bots.services.bots import Bots
from forven.bots.services.dependencies import Dependencies, HostSurface, new_uuid
from forven.bots.services.document_cards import RosterMemory
from forven.bots.services.factory import Factory
from forven.bots.services.idempotency import IdempotentRequests
from forven.bots.services.replays import Replays
from forven.bots.services.sessions import Sessions
from forven.bots.services.strategies import Strategies
from forven.bots.services.templates import Templates
from forven.bots.services.track_records import TrackRecords
from forven.market.catalog import Catalog
from forven.store.store import Store


class Services:
    """What routes and commands call: `bots`, `sessions`, `factory`, `templates`, `strategies`,
    `idempotency`, and `at_hand` for what memory has of their documents; beside them the parts they
    stand on: `store`, `host`, `hub`, `catalog`.

    clock   wall clock, nanoseconds UTC     new_id  a fresh UUID each time
    """

    def __init__(
        self,
        store: Store,
        host: HostSurface,
        hub: Hub,
        catalog: Catalog,
        clock: Callable[[], int] = time.time_ns,
        new_id: Callable[[], str] = new_uuid,
    ) -> None:
        self.store = store
        self.host = host
        self.hub = hub
        self.catalog = catalog
        dependencies = Dependencies(store=store, host=host, clock=clock, new_id=new_id)
        records = TrackRecords(host)
        self.strategies = Strategies(dependencies)
        memory = RosterMemory(store.roster)
        self.bots = Bots(dependencies, memory)
        self.sessions = Sessions(dependencies, Replays(store), memory)
        self.at_hand = AtHand(store, host, memory, self.sessions)
        self.templates = Templates(dependencies)
        self.factory = Factory(dependencies, records, self.sessions)
        self.idempotency = IdempotentRequests(dependencies)
