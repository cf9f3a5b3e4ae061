"""The policy of a session: fills, fees, margin, risk and re-pricing, frozen at its start."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forven.engine.checks import check_part, check_whole, fields_of
from forven.engine.documents import read_document
from forven.engine.fees import FeeSchedule
from forven.engine.fills import FILL_PRESETS, FillModel
from forven.engine.margin import MarginSchedule
from forven.engine.reprice import RepricePolicy
from forven.engine.risk import RiskPolicy
from forven.kernels import schema
from forven.primitives.errors import InvalidInput
from forven.primitives.identifiers import content_hash
from forven.primitives.time import NANOSECONDS_PER_SECOND

OPENING_CASH_MAX = 10**17
"""Micros: 100 billion of account currency, so that no product in the kernel overflows."""
_NANOSECONDS_PER_MILLISECOND = NANOSECONDS_PER_SECOND // 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPolicy:
    """Everything a session needs to know beside its market, its strategy and its commands."""

    fills: FillModel = field(default_factory=lambda: FillModel.preset(FILL_PRESETS[0]))
    fees: FeeSchedule = field(default_factory=lambda: FeeSchedule.named("default"))
    margin: MarginSchedule = field(default_factory=lambda: MarginSchedule.named("default"))
    risk: RiskPolicy = field(default_factory=RiskPolicy)
    reprice: RepricePolicy = field(default_factory=RepricePolicy)

    def __post_init__(self) -> None:
        for name, kind in _PARTS.items():
            check_part(name, getattr(self, name), kind)

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON: equal policies have equal hashes."""
        return content_hash(self.to_json())

    def to_json(self) -> dict[str, object]:
        """Return the policy by value, decimal strings for money and prices."""
        return {name: getattr(self, name).to_json() for name in _PARTS}

    @classmethod
    def from_json(cls, document: object, path: str = "") -> "SessionPolicy":
        """Return the policy of a document (JSON text, file path or parsed values).

        Left-out parts are the defaults; `fills`, `fees` and `margin` may be a built-in's name.
        """
        given = fields_of(read_document(document, InvalidInput), path, tuple(_PARTS))
        prefix = f"{path}." if path else ""
        parts = {
            name: _PARTS[name].from_json(value, f"{prefix}{name}") for name, value in given.items()
        }
        return cls(**parts)

    def plan_row(self, opening_cash: int) -> NDArray[np.int64]:
        """Return a new (PLAN_WIDTH,) row of `plans` with the policy's part filled in.

        opening_cash  micros, at least 1
        The row holds no strategy and no commands yet.
        """
        check_whole("opening_cash", opening_cash, 1, OPENING_CASH_MAX)
        row = np.zeros(schema.PLAN_WIDTH, dtype=np.int64)
        row[schema.PLAN_LAMBDA_BPS] = self.fills.lambda_bps
        row[schema.PLAN_CONCEDED_TICKS] = self.fills.conceded_ticks
        row[schema.PLAN_SAME_TICK] = self.fills.same_tick
        row[schema.PLAN_SLIPPAGE_TICKS] = self.fills.slippage_ticks
        row[schema.PLAN_FEE_SPLIT] = self.fees.premium_split
        row[schema.PLAN_FEE_OPEN_BELOW] = self.fees.open_below
        row[schema.PLAN_FEE_OPEN_FROM] = self.fees.open_from
        row[schema.PLAN_FEE_CLOSE_BELOW] = self.fees.close_below
        row[schema.PLAN_FEE_CLOSE_FROM] = self.fees.close_from
        row[schema.PLAN_FEE_SETTLEMENT] = self.fees.settlement
        row[schema.PLAN_MARGIN_RULE] = self.margin.rule_code
        row[schema.PLAN_MARGIN_RATE_BPS] = self.margin.rate_bps
        row[schema.PLAN_MARGIN_FLOOR_BPS] = self.margin.floor_bps
        self._write_reprice(row)
        self._write_risk(row, opening_cash)
        row[schema.PLAN_EXIT_TS] = schema.INT64_MAX
        return row

    def _write_reprice(self, row: NDArray[np.int64]) -> None:
        """Write the re-price blocks; fills without re-pricing switch both off."""
        opening, closing = self.reprice.opening, self.reprice.closing
        row[schema.PLAN_OPENING_ENABLED] = self.fills.repricing and opening.enabled
        row[schema.PLAN_OPENING_NUDGE_NS] = opening.nudge_after_seconds * NANOSECONDS_PER_SECOND
        row[schema.PLAN_OPENING_INTERVAL_NS] = opening.min_interval_seconds * NANOSECONDS_PER_SECOND
        row[schema.PLAN_OPENING_TOLERANCE_TICKS] = opening.flat_tolerance_ticks
        row[schema.PLAN_MAX_CONCESSION] = opening.max_concession_quanta
        row[schema.PLAN_CLOSING_ENABLED] = self.fills.repricing and closing.enabled
        row[schema.PLAN_CLOSING_NUDGE_NS] = closing.nudge_after_seconds * NANOSECONDS_PER_SECOND
        row[schema.PLAN_CLOSING_INTERVAL_NS] = closing.min_interval_seconds * NANOSECONDS_PER_SECOND

    def _write_risk(self, row: NDArray[np.int64], opening_cash: int) -> None:
        """Write the limits."""
        staleness_ms = self.risk.data_staleness_threshold_ms
        row[schema.PLAN_HALT_LOSS] = self.risk.halt_loss(opening_cash)
        row[schema.PLAN_MAX_POSITIONS] = self.risk.max_open_positions
        row[schema.PLAN_MAX_ORDERS] = self.risk.max_open_orders
        row[schema.PLAN_STALENESS_NS] = staleness_ms * _NANOSECONDS_PER_MILLISECOND
        row[schema.PLAN_AUTO_PAUSE] = self.risk.auto_pause_on_error
        row[schema.PLAN_ERROR_BUDGET] = self.risk.error_budget


_PARTS: dict[str, Any] = {
    "fills": FillModel,
    "fees": FeeSchedule,
    "margin": MarginSchedule,
    "risk": RiskPolicy,
    "reprice": RepricePolicy,
}
