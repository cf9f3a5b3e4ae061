"""A double of everything behind the routes: it answers samples, or what a test tells it to."""

import time
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from forven.bots.errors import IdempotencyConflict, PaperOnly
from forven.bots.services.interface import Page
from forven.primitives.errors import CannotWrite
from tests.api.samples import sample


def _paper_only() -> None:
    """Refuse as the factory always does."""
    raise PaperOnly("execution_mode: expected paper, found live")


ANSWERS: dict[str, Any] = {
    "factory.go_live": _paper_only,
    "bots.list": lambda: sample("Bots"),
    "bots.create": lambda: sample("Bot"),
    "bots.get": lambda: sample("BotWithSessions"),
    "bots.patch": lambda: sample("Bot"),
    "bots.delete": lambda: None,
    "bots.summary": lambda: sample("BotSummary"),
    "sessions.list": lambda: sample("Sessions"),
    "sessions.open": lambda: sample("SessionOpened"),
    "sessions.get": lambda: sample("Session"),
    "sessions.stop": lambda: sample("Session"),
    "sessions.cancel_all_orders": lambda: sample("Session"),
    "sessions.orders": lambda: Page(sample("Orders"), None),
    "sessions.positions": lambda: sample("Positions"),
    "sessions.transactions": lambda: Page(sample("Transactions"), None),
    "sessions.financials": lambda: sample("Financials"),
    "sessions.decision_log": lambda: Page(sample("DecisionLog"), None),
    "factory.list": lambda: sample("FactoryBots"),
    "factory.create": lambda: sample("FactoryBot"),
    "factory.get": lambda: sample("FactoryBot"),
    "factory.update": lambda: sample("FactoryBot"),
    "factory.delete": lambda: sample("FactoryDeleted"),
    "factory.start": lambda: sample("FactoryStarted"),
    "factory.stop": lambda: sample("FactoryStopped"),
    "factory.clone": lambda: sample("FactoryBot"),
    "factory.kill_all": lambda: sample("KilledAll"),
    "factory.go_paper": lambda: sample("FactoryPaper"),
    "factory.trades": lambda: sample("FactoryTrades"),
    "factory.positions": lambda: sample("FactoryPositions"),
    "factory.decisions": lambda: sample("FactoryDecisions"),
    "factory.stats": lambda: sample("FactoryStats"),
    "factory.versions": lambda: sample("FactoryVersions"),
    "factory.diff": lambda: sample("FactoryDiff"),
    "factory.from_strategy": lambda: sample("FactoryFromStrategy"),
    "templates.list": lambda: sample("Templates"),
    "templates.get": lambda: sample("Template"),
    "templates.create": lambda: sample("Template"),
    "templates.delete": lambda: sample("TemplateDeleted"),
    "strategies.list": lambda: sample("Strategies"),
    "strategies.create": lambda: sample("Strategy"),
    "strategies.preview": lambda: {"source_hash": "a" * 64, "snapshot": sample("Snapshot")},
    "strategies.get": lambda: sample("Strategy"),
    "strategies.patch": lambda: sample("Strategy"),
    "strategies.delete": lambda: None,
    "strategies.clone": lambda: sample("Strategy"),
    "strategies.source_hash": lambda: "a" * 64,
    "results.start": lambda: sample("Results"),
    "results.document": lambda: sample("Results"),
    "results.day": lambda: sample("ResultDayDetail"),
}


@dataclass(frozen=True, slots=True)
class Called:
    """One call that a route made."""

    name: str
    arguments: tuple[Any, ...]
    options: dict[str, Any]


class Part:
    """One service: any method of it is recorded, and answers or raises as told."""

    def __init__(self, services: "ServicesDouble", name: str) -> None:
        self._services = services
        self._name = name

    def __getattr__(self, method: str) -> Any:
        name = f"{self._name}.{method}"

        def call(*arguments: Any, **options: Any) -> Any:
            services = self._services
            services.calls.append(Called(name, arguments, options))
            trouble = services.troubles.get(name) or services.troubles.get("*")
            if trouble is not None:
                raise trouble
            answer = services.answers.get(name, ANSWERS[name])
            return answer(*arguments) if name in services.answers else answer()

        return call


class AtHandDouble:
    """A memory that has nothing, or what a test puts into it."""

    def __init__(self) -> None:
        self.has: dict[str, Any] = {}
        self.checks = 0
        self.is_due = False

    def is_check_due(self) -> bool:
        return self.is_due

    def check(self) -> None:
        self.checks += 1

    def __getattr__(self, name: str) -> Any:
        return lambda *_: self.has.get(name)


class IdempotencyDouble:
    """The register of keys, in memory."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[bytes, tuple[int, bytes] | None]] = {}
        self.is_full = False

    def recall(self, key: str, scope: str, request: bytes) -> tuple[int, bytes] | None:
        if (key, scope) not in self._kept:
            self._kept[key, scope] = (request, None)
            return None
        known, answer = self._kept[key, scope]
        if known != request or answer is None:
            raise IdempotencyConflict("Idempotency-Key: expected a new key, found a used one")
        return answer

    def keep(self, key: str, scope: str, status: int, body: bytes) -> None:
        if self.is_full:
            raise CannotWrite("disk full")
        self._kept[key, scope] = (self._kept[key, scope][0], (status, body))

    def forget(self, key: str, scope: str) -> None:
        if self.is_full:
            raise CannotWrite("disk full")
        del self._kept[key, scope]


@dataclass
class HostStatusDouble:
    """What a host says of itself."""

    feed: str | None = "replay:demo"
    day: date | None = date(2026, 3, 20)
    now: int = 1_774_017_000_000_000_000
    last_frame_ns: int | None = 1_774_017_000_000_000_000
    frames: int = 7
    latency_p50_ms: float | None = 0.5
    latency_p99_ms: float | None = 1.5
    sessions: dict[str, int] = field(default_factory=lambda: {"running": 1})
    storage_trouble: str | None = None
    paused: str | None = None
    heartbeat_ns: int | None = field(default_factory=time.time_ns)
    is_healthy: bool = True


class HostDouble:
    """A host that only says that it was paused."""

    def __init__(self) -> None:
        self.changes = 0
        self.state = HostStatusDouble()

    def status(self) -> HostStatusDouble:
        return self.state

    def pause(self, reason: str) -> None:
        self.state.paused = reason
        self.changes += 1

    def resume(self) -> None:
        self.state.paused = None
        self.changes += 1


class StoreDouble:
    """How often something was written."""

    changes = 0


class ServicesDouble:
    """All services; `troubles` maps `part.method` (or `*`) to what it raises."""

    def __init__(self) -> None:
        self.calls: list[Called] = []
        self.answers: dict[str, Any] = {}
        self.troubles: dict[str, BaseException] = {}
        self.idempotency = IdempotencyDouble()
        self.host = HostDouble()
        self.store = StoreDouble()
        self.at_hand = AtHandDouble()
        for name in ("bots", "sessions", "factory", "templates", "strategies", "results"):
            setattr(self, name, Part(self, name))
