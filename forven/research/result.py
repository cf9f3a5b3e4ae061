"""The result of a backtest: its sessions, its metrics, and where every number came from."""

import platform
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from forven.kernels import backend
from forven.market.catalog import Dataset
from forven.primitives.identifiers import bytes_hash
from forven.primitives.money import MICROS_PER_UNIT, money_text
from forven.research.backtest import BacktestPlan
from forven.research.metrics import Metrics, equity_curve, measure
from forven.research.records import Account, SessionRecord

_VERSIONED = ("forven", "numpy", "numba", "pyarrow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a result was made from and by: enough to make it again and see that it is the same."""

    backend: str
    versions: dict[str, str]
    dataset: str
    data_hash: str
    data_source: str
    seed: int | None
    strategy: str
    strategy_hash: str
    policy: dict[str, object]
    policy_hash: str
    capital: str
    journal_digest: str


@dataclass(frozen=True, kw_only=True)
class BacktestResult:
    """A finished backtest: records in the order of their days, at least one.

    `metrics` are those of the chosen fills, `natural_metrics` those of natural fills.
    """

    plan: BacktestPlan
    records: tuple[SessionRecord, ...]
    provenance: Provenance

    @cached_property
    def profits(self) -> NDArray[np.float64]:
        """(n,) net profit of each session with the chosen fills, account currency."""
        return _profits([record.chosen for record in self.records])

    @cached_property
    def natural_profits(self) -> NDArray[np.float64]:
        """(n,) net profit of each session with natural fills, account currency."""
        return _profits([record.natural for record in self.records])

    @property
    def capital(self) -> float:
        """Opening cash of every session, account currency."""
        return self.plan.capital / MICROS_PER_UNIT

    @cached_property
    def metrics(self) -> Metrics:
        """Metrics with the chosen fills."""
        return measure(self.capital, self.profits)

    @cached_property
    def natural_metrics(self) -> Metrics:
        """Metrics with natural fills: sells at the bid, buys at the ask."""
        return measure(self.capital, self.natural_profits)

    @property
    def equity(self) -> NDArray[np.float64]:
        """(n + 1,) account value before the first and after each session, chosen fills."""
        return equity_curve(self.capital, self.profits)

    @property
    def benchmark(self) -> NDArray[np.float64]:
        """(n + 1,) the underlying bought and held with the same capital."""
        first = self.records[0].underlying_open
        values = [first, *(record.settlement for record in self.records)]
        return np.array(values, dtype=np.float64) * (self.capital / first)

    def total(self, name: str) -> int:
        """Return the sum over the sessions of a field of the chosen accounts (micros, counts)."""
        return sum(getattr(record.chosen, name) for record in self.records)

    def as_document(self) -> dict[str, object]:
        """Return the result as a JSON document: money as decimal strings, ratios as numbers."""
        return {
            "provenance": asdict(self.provenance),
            "metrics": asdict(self.metrics),
            "natural_metrics": asdict(self.natural_metrics),
            "totals": {
                "fees": money_text(self.total("fees")),
                "slippage": money_text(self.total("slippage")),
                "entries": self.total("entries"),
                "exits": self.total("exits"),
                "settled": self.total("settled"),
                "skipped": self.total("skipped"),
            },
            "sessions": [_session_document(record) for record in self.records],
        }


def _profits(accounts: list[Account]) -> NDArray[np.float64]:
    """Return the net profits of accounts in account currency."""
    return np.array([account.profit for account in accounts], dtype=np.float64) / MICROS_PER_UNIT


def _session_document(record: SessionRecord) -> dict[str, object]:
    """Return one session of the JSON document."""
    chosen = record.chosen
    return {
        "date": record.day.isoformat(),
        "net_pnl": money_text(chosen.profit),
        "natural_net_pnl": money_text(record.natural.profit),
        "fees": money_text(chosen.fees),
        "slippage": money_text(chosen.slippage),
        "max_drawdown": money_text(chosen.max_drawdown),
        "entries": chosen.entries,
        "exits": chosen.exits,
        "settled": chosen.settled,
        "skipped": chosen.skipped,
        "status": chosen.status,
        "settlement": money_text(record.settlement * 10_000),
        "settlement_estimated": record.settlement_estimated,
        "journal_digest": chosen.digest,
    }


def provenance_of(
    plan: BacktestPlan, dataset: Dataset, records: tuple[SessionRecord, ...]
) -> Provenance:
    """Return where a result came from; the journal digest is taken over the sessions' digests."""
    digests = [record.chosen.digest.encode("ascii") for record in records]
    return Provenance(
        backend=backend.NAME,
        versions={name: version(name) for name in _VERSIONED} | {"python": platform.python_version()},
        dataset=dataset.name,
        data_hash=dataset.content_hash_of([record.day for record in records]),
        data_source=dataset.manifest.source,
        seed=None,
        strategy=plan.strategy.name,
        strategy_hash=plan.strategy.hash,
        policy=plan.policy.to_json(),
        policy_hash=plan.policy.hash,
        capital=money_text(plan.capital),
        journal_digest=bytes_hash(digests),
    )
