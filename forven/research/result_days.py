"""One recorded session of a saved strategy: computed, summed up and drawn."""

import uuid
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forven.engine.policy import SessionPolicy
from forven.engine.session import SessionResult, run_day
from forven.kernels import schema
from forven.market.day import MarketDay
from forven.primitives.errors import UntrustedData
from forven.primitives.money import money_text, price_text
from forven.primitives.time import rfc3339
from forven.research.backtest import DEFAULT_CAPITAL
from forven.research.records import STATUS_NAMES
from forven.store.decisions import decision_document
from forven.store.projections import project
from forven.strategies.compiler import compile_strategy
from forven.strategies.saved import Strategy
from forven.strategies.script.backtest import run_script
from forven.strategies.script.frames import Decision
from forven.strategies.structured import StructuredStrategy

PATH_POINTS_MAX = 400
_RESULTS = uuid.UUID("6f1d0f52-8f0f-5a52-9a76-3c1f4b7b6d10")
"""The namespace of the ids in results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOutcome:
    """What a strategy made of one session, in micros; `decisions` are a script's."""

    result: SessionResult
    decisions: tuple[Decision, ...] = ()

    @property
    def net_pnl(self) -> int:
        """Profit after fees and slippage."""
        return self.result.profit

    @property
    def fees(self) -> int:
        """Fees paid, settlement included."""
        return int(self.result.state[schema.STATE_FEES])

    @property
    def slippage(self) -> int:
        """Slippage paid."""
        return int(self.result.state[schema.STATE_SLIPPAGE])

    @property
    def gross_pnl(self) -> int:
        """Profit before fees and slippage."""
        return self.net_pnl + self.fees + self.slippage

    @property
    def status(self) -> str:
        """How the session ended."""
        return STATUS_NAMES[int(self.result.state[schema.STATE_STATUS])]

    def document(self) -> dict[str, Any]:
        """Return what the list of days says beside its figures."""
        state = self.result.state
        return {
            "orders_filled": int(state[schema.STATE_FILLS]),
            "max_intraday_dd": money_text(int(state[schema.STATE_MAX_DRAWDOWN])),
        }


def outcome_of(
    strategy: Strategy, policy: SessionPolicy, day: MarketDay, *, with_path: bool = False
) -> DayOutcome:
    """Run one session of a strategy with the opening cash of every backtest.

    with_path  keep the account of every frame
    errors     UntrustedData for a day without a settlement value
    """
    if day.settlement is None:
        raise UntrustedData(
            f"{day.day}: expected a settlement value, found none; import the day again with "
            "--settlements FILE"
        )
    row = policy.plan_row(DEFAULT_CAPITAL)
    if isinstance(strategy, StructuredStrategy):
        compile_strategy(strategy, day.bounds, row)
        (result,) = run_day(day, row[None, :], [DEFAULT_CAPITAL], financials=with_path)
        return DayOutcome(result=result)
    ran = run_script(strategy, day, row, DEFAULT_CAPITAL)
    return DayOutcome(result=ran.session, decisions=ran.decisions)


def day_document(source_hash: str, day: MarketDay, outcome: DayOutcome) -> dict[str, Any]:
    """Return one session with everything that happened in it.

    Ids of orders and transactions follow from the program and the day: they are the same each time.
    """
    session_id = str(uuid.uuid5(_RESULTS, f"{source_hash} {day.content_hash}"))
    ledger = project(session_id, outcome.result.rows, day.symbols, day.multiplier)
    return {
        "date": day.day.isoformat(),
        "net_pnl": money_text(outcome.net_pnl),
        "gross_pnl": money_text(outcome.gross_pnl),
        "fees": money_text(outcome.fees),
        "slippage": money_text(outcome.slippage),
        "status": outcome.status,
        "digest": outcome.result.digest,
        **outcome.document(),
        "orders": ledger.orders,
        "transactions": ledger.transactions,
        "path": path_documents(day, outcome.result.financials),
        "decisions": [
            decision_document(number, decision)
            for number, decision in enumerate(outcome.decisions, start=1)
        ],
    }


def path_documents(day: MarketDay, financials: NDArray[np.int64]) -> list[dict[str, Any]]:
    """Return the account over the session beside the underlying, thinned to some 400 points.

    financials  (m, FINANCIAL_WIDTH) int64; its last row is always kept
    """
    if not len(financials):
        return []
    step = max(1, -(-len(financials) // PATH_POINTS_MAX))
    kept = financials[sorted({*range(0, len(financials), step), len(financials) - 1})]
    frames = np.searchsorted(day.ts, kept[:, schema.FINANCIAL_TS])
    spots = day.clock[schema.CLOCK_SPOT, np.minimum(frames, day.frame_count - 1)]
    return [
        {
            "datetime": rfc3339(row[schema.FINANCIAL_TS]),
            "net_liquidation_value": money_text(row[schema.FINANCIAL_NLV]),
            "profit_loss": money_text(row[schema.FINANCIAL_NLV] - DEFAULT_CAPITAL),
            "underlying": None if spot == schema.MISSING else price_text(spot),
        }
        for row, spot in zip(kept.tolist(), spots.tolist(), strict=True)
    ]
