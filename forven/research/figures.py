"""The figures of a finished backtest: its sessions, its metrics, and the JSON document of both."""

from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from forven.primitives.money import MICROS_PER_UNIT, money_text, price_text
from forven.research.backtest import BacktestPlan
from forven.research.entries import no_entry_text
from forven.research.limits import NOT_MODELLED
from forven.research.metrics.sessions import Metrics, equity_curve, measure
from forven.research.profile import Profile
from forven.research.provenance import Provenance
from forven.research.records import Account, SessionRecord

SESSIONS_FEW = 30
"""Below it a report warns that there are too few sessions to judge by."""
_COUNTS = ("entries", "exits", "settled", "settled_in", "skipped")


@dataclass(frozen=True, kw_only=True)
class BacktestFigures:
    """A finished backtest: records in the order of their days, at least one.

    `metrics` are those of the chosen fills, `natural_metrics` those of natural fills; `profile`
    says where the time went, if that was asked for.
    """

    plan: BacktestPlan
    records: tuple[SessionRecord, ...]
    provenance: Provenance
    profile: Profile | None = None

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
    def natural_equity(self) -> NDArray[np.float64]:
        """(n + 1,) account value before the first and after each session, natural fills."""
        return equity_curve(self.capital, self.natural_profits)

    @property
    def benchmark(self) -> NDArray[np.float64]:
        """(n + 1,) the underlying bought and held with the same capital."""
        first = self.records[0].underlying_open
        values = [first, *(record.settlement for record in self.records)]
        return np.array(values, dtype=np.float64) * (self.capital / first)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know before believing the figures, most important first."""
        count = len(self.records)
        estimated = sum(record.settlement_estimated for record in self.records)
        unsound = [record.chosen.status for record in self.records]
        ended_early = count - unsound.count("completed")
        skipped, entries = self.total("skipped"), self.total("entries")
        found = {
            no_entry_text(self.records) if entries == 0 else "": entries == 0,
            "The market data is made up by a seeded model: what is earned here says nothing of "
            "what would be earned in the market.": self.provenance.seed is not None,
            "Profitable only with the chosen fills: at the quoted prices it loses. Treat the "
            "difference as a hope, not as an edge.": self.metrics.net_profit
            > 0
            >= self.natural_metrics.net_profit,
            f"Only {_counted(count, 'session')}: too few to judge a strategy by. Annual figures "
            "and ratios are shown for completeness.": count < SESSIONS_FEW,
            f"{_counted(ended_early, 'session')} ended early, halted or failed.": ended_early > 0,
            f"{_counted(skipped, 'entry', 'entries')} found no valid strikes and placed no "
            "order.": skipped > 0 and entries > 0,
            f"{_counted(estimated, 'session')} settled on the last recorded index value, not on "
            "an official settlement value.": estimated > 0,
        }
        return tuple(text for text, applies in found.items() if applies)

    def total(self, name: str) -> int:
        """Return the sum over the sessions of a field of the chosen accounts (micros, counts)."""
        return _total([record.chosen for record in self.records], name)

    def natural_total(self, name: str) -> int:
        """Return the sum over the sessions of a field of the natural accounts."""
        return _total([record.natural for record in self.records], name)

    def as_document(self) -> dict[str, object]:
        """Return the result as a JSON document, field by field in docs/RESULTS.md.

        Money and prices are decimal strings, ratios and metrics numbers, not defined: null.
        """
        chosen = [record.chosen for record in self.records]
        natural = [record.natural for record in self.records]
        document: dict[str, object] = {
            "fills": self.plan.policy.fills.name,
            "metrics": asdict(self.metrics),
            "natural_metrics": asdict(self.natural_metrics),
            "totals": _totals(chosen),
            "natural_totals": _totals(natural),
            "warnings": list(self.warnings),
            "sessions": [_session_document(record) for record in self.records],
            "not_modelled": list(NOT_MODELLED),
            "provenance": asdict(self.provenance) | {"commands": list(self.provenance.commands)},
        }
        if self.profile is not None:
            document["profile"] = self.profile.as_document()
        return document


def _counted(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _total(accounts: list[Account], name: str) -> int:
    """Return the sum of a field over accounts."""
    return sum(getattr(account, name) for account in accounts)


def _totals(accounts: list[Account]) -> dict[str, object]:
    """Return the sums of the JSON document."""
    money = {name: money_text(_total(accounts, name)) for name in ("fees", "slippage")}
    return money | {name: _total(accounts, name) for name in _COUNTS}


def _profits(accounts: list[Account]) -> NDArray[np.float64]:
    """Return the net profits of accounts in account currency."""
    return np.array([account.profit for account in accounts], dtype=np.float64) / MICROS_PER_UNIT


def _session_document(record: SessionRecord) -> dict[str, object]:
    """Return one session of the JSON document."""
    chosen = record.chosen
    return {
        "date": record.day.isoformat(),
        "status": chosen.status,
        "net_pnl": money_text(chosen.profit),
        "natural_net_pnl": money_text(record.natural.profit),
        "fees": money_text(chosen.fees),
        "slippage": money_text(chosen.slippage),
        "max_drawdown": money_text(chosen.max_drawdown),
        **{name: getattr(chosen, name) for name in _COUNTS},
        "settlement": price_text(record.settlement),
        "settlement_estimated": record.settlement_estimated,
        "journal_digest": chosen.digest,
    }
