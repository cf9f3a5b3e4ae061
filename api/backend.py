"""What the routes call: the services of bots, the results of strategies, the host and its end."""

from dataclasses import dataclass
from typing import Any, Protocol

from api.documents import DocumentCache
from api.stop_switch import StopSwitch
from api.workers import Workers
from forven.bots.services.interface import (
    AtHandInterface,
    BotsInterface,
    Document,
    FactoryInterface,
    IdempotencyInterface,
    SessionsInterface,
    StrategiesInterface,
    TemplatesInterface,
)


class StoreInterface(Protocol):
    """What the cache of documents needs of the store: how often it was written to."""

    @property
    def changes(self) -> int:
        """Raised after every committed transaction of this process."""


class HostInterface(Protocol):
    """What the system routes and the cache of documents need of a host."""

    @property
    def changes(self) -> int:
        """Raised whenever readers would see something new."""

    def status(self) -> Any:
        """The host's state, cheap."""

    def pause(self, reason: str) -> None:
        """Open no sessions and step none until `resume`."""

    def resume(self) -> None:
        """Go on."""


class ServicesInterface(Protocol):
    """What `Services` offers to the routes; tests may bring their own."""

    @property
    def bots(self) -> BotsInterface:
        """The bots."""

    @property
    def sessions(self) -> SessionsInterface:
        """Their sessions."""

    @property
    def at_hand(self) -> AtHandInterface:
        """Documents that memory has."""

    @property
    def factory(self) -> FactoryInterface:
        """The bot factory."""

    @property
    def templates(self) -> TemplatesInterface:
        """Templates of bots."""

    @property
    def strategies(self) -> StrategiesInterface:
        """Saved strategies."""

    @property
    def idempotency(self) -> IdempotencyInterface:
        """Answers kept by Idempotency-Key."""

    @property
    def host(self) -> HostInterface:
        """What runs the sessions."""

    @property
    def store(self) -> StoreInterface:
        """What is written down."""


class ResultsInterface(Protocol):
    """What computes results of strategies: `StrategyResults` of the research floor.

    Document: {exec_status idle|queued|running|failed, covered_days, total_sessions, window_label,
    window_from, window_to, source_hash, snapshot {...}, error, results {days: [{date, net_pnl,
    gross_pnl, fees, slippage, status, digest}], metrics {...}}}.
    """

    def start(self, source_hash: str) -> Document:
        """Start or attach; `too_many_active_backtests` when three others are at work."""

    def document(self, source_hash: str) -> Document:
        """What is there by now."""

    def day(self, source_hash: str, day: str) -> Document:
        """{date, net_pnl, ..., orders [], transactions [], path [], decisions []}, recomputed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """Everything behind the routes, as one application has it.

    workers    for calls that write or list; some of them wait for the host
    readers    for hot documents, which wait for nothing
    computing  for what takes a core for a while, so that it holds nobody else up
    results    None: no recorded sessions are configured; asking for results is 503
    switch     turned to end the process gracefully
    """

    services: ServicesInterface
    results: ResultsInterface | None
    switch: StopSwitch
    workers: Workers
    readers: Workers
    computing: Workers
    documents: DocumentCache

    def close(self) -> None:
        """Let calls that were begun finish."""
        self.workers.close()
        self.readers.close()
        self.computing.close()
