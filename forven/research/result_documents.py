"""The results of a saved strategy as readers get them: its window, its days, its metrics."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np

from forven.primitives.money import MICROS_PER_UNIT, money_text
from forven.research.backtest import DEFAULT_CAPITAL
from forven.research.metrics.sessions import measure
from forven.store.strategy_results import ResultRow
from forven.strategies.saved import Strategy
from forven.strategies.snapshot import snapshot_of

WINDOW_LABEL = "all recorded sessions"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsView:
    """What is known of a strategy's results at a moment.

    days    all recorded sessions      rows  those that are computed, in order
    status  idle, queued, running or failed; `failure` says why
    """

    strategy: Strategy
    days: tuple[date, ...]
    rows: Sequence[ResultRow]
    status: str
    failure: str | None


def document_of(view: ResultsView) -> dict[str, Any]:
    """Return the results document; metrics are null before the first day."""
    days = sorted(view.days)
    return {
        "exec_status": view.status,
        "covered_days": len(view.rows),
        "total_sessions": len(days),
        "window_label": WINDOW_LABEL,
        "window_from": days[0].isoformat() if days else None,
        "window_to": days[-1].isoformat() if days else None,
        "source_hash": view.strategy.hash,
        "snapshot": snapshot_of(view.strategy),
        "error": view.failure,
        "results": {
            "days": [row_document(row) for row in view.rows],
            "metrics": _metrics(view.rows),
        },
    }


def row_document(row: ResultRow) -> dict[str, Any]:
    """Return one day of the list."""
    return {
        "date": row.day.isoformat(),
        "net_pnl": money_text(row.net_pnl),
        "gross_pnl": money_text(row.gross_pnl),
        "fees": money_text(row.fees),
        "slippage": money_text(row.slippage),
        "status": row.status,
        "digest": row.digest,
    }


def _metrics(rows: Sequence[ResultRow]) -> dict[str, Any] | None:
    """Return the metrics of all days, as docs/RESULTS.md defines them."""
    if not rows:
        return None
    profits = np.array([row.net_pnl for row in rows], dtype=np.float64) / MICROS_PER_UNIT
    measured = measure(DEFAULT_CAPITAL / MICROS_PER_UNIT, profits)
    return {
        **asdict(measured),
        "total_fees": money_text(sum(row.fees for row in rows)),
        "total_slippage": money_text(sum(row.slippage for row in rows)),
    }
