"""Puts a whole server together from its settings: store, feed, host, services, application."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from api.application import Parts, create_application
from api.guard.guard import guard
from api.live.socket import live_routes
from api.settings import Settings
from api.stop_switch import StopSwitch
from forven.bots.host import Host
from forven.bots.hub import Hub, LiveEvent
from forven.bots.services.services import Services
from forven.market.catalog import Catalog
from forven.market.feeds.feed import MAX_SPEED, Feed, FeedOptions
from forven.market.feeds.opening import open_feed
from forven.primitives.errors import ForvenError
from forven.research.strategy_results import StrategyResults, results_dataset
from forven.store.store import Store

STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """The parts of a server; `application` starts and stops the host with its lifespan."""

    settings: Settings
    services: Services
    host: Host
    hub: Hub
    switch: StopSwitch
    running: "Running"

    @property
    def application(self) -> ASGIApp:
        """What a server serves."""
        return self.running


class Running:
    """An application whose host runs while it does."""

    def __init__(
        self, application: ASGIApp, services: Services, host: Host, results: StrategyResults | None
    ) -> None:
        self._application = application
        self._services = services
        self._host = host
        self._results = results
        self._failure: ForvenError | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or the life of the application."""
        if scope["type"] != "lifespan":
            await self._application(scope, receive, send)
            return
        waiting = [await receive()]
        try:
            self._start()
        except ForvenError as error:
            self._failure = error
            await send({"type": "lifespan.startup.failed", "message": ""})
            return

        async def received() -> Any:
            if waiting:
                return waiting.pop()
            message = await receive()
            self._stop()
            return message

        await self._application(scope, received, send)

    def check_started(self) -> None:
        """Raise what kept the host from starting: a server swallows what a lifespan raises."""
        if self._failure is not None:
            raise ForvenError(str(self._failure)) from self._failure

    def _start(self) -> None:
        """Start the host, which recovers what was open; then go on with unfinished results."""
        self._host.start()
        self._services.idempotency.purge()
        if self._results is not None:
            self._results.resume()

    def _stop(self) -> None:
        """Let the host finish its frame; its sessions stay open for the next start."""
        self._host.stop(STOP_SECONDS)
        if self._results is not None:
            self._results.close()


def feed_options(settings: Settings, **more: Any) -> FeedOptions:
    """Return how the feed of the settings is opened."""
    if settings.feed_speed == MAX_SPEED:
        return FeedOptions(speed="max", **more)
    return FeedOptions(speed=Decimal(settings.feed_speed), **more)


@contextmanager
def assembled(settings: Settings, options: FeedOptions) -> Iterator[Assembled]:
    """Yield a server's parts, ready to be served; nothing runs before the application starts.

    errors  UnsafeSettings, InvalidInput, UnknownDataset, EmptyRange, and those of `Store.open`
    """
    settings.require_safe()
    catalog = Catalog(settings.home)
    feed = open_feed(settings.feed, catalog, options) if settings.feed else None
    secret = settings.database_url
    store = Store.open(settings.home, secret.get_secret_value() if secret else None)
    try:
        yield _assembled(settings, catalog, feed, store)
    finally:
        store.close()


def _assembled(settings: Settings, catalog: Catalog, feed: Feed | None, store: Store) -> Assembled:
    """Return the parts over an open store and feed."""
    hub = Hub(first_cursor=time.time_ns() // 1_000)  # so that cursors rise over restarts too
    host = Host(store, feed, hub)
    services = Services(store, host, hub, catalog)
    results = _results(settings, catalog, store, hub)
    switch = StopSwitch()

    def state() -> dict[str, Any]:
        standing = host.status()
        return {
            "feed": standing.feed,
            "day": standing.day.isoformat() if standing.day else None,
            "paused": standing.paused,
            "sessions": standing.sessions,
        }

    parts = Parts(
        results=results,
        sockets=live_routes(hub, settings, state),
        guarded=lambda application: guard(application, settings),
    )
    running = Running(create_application(services, switch, parts), services, host, results)
    return Assembled(
        settings=settings, services=services, host=host, hub=hub, switch=switch, running=running
    )


def _results(
    settings: Settings, catalog: Catalog, store: Store, hub: Hub
) -> StrategyResults | None:
    """Return the results over the recorded sessions; None where no dataset is meant."""
    dataset = results_dataset(catalog, settings.results_dataset, settings.feed)
    if dataset is None:
        return None

    def tell(progress: dict[str, Any]) -> None:
        document = {name: value for name, value in progress.items() if name != "type"}
        event = LiveEvent(
            type=progress["type"],
            ts=time.time_ns(),
            payload=document,
            source_hash=progress["source_hash"],
        )
        hub.publish([event])

    return StrategyResults(store, catalog, dataset, time.time_ns, tell)
