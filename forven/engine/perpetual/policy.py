"""The policy of a session on a perpetual: fills, fees, risk, liquidation, quoting, all frozen."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forven.engine.checks import (
    built_from,
    check_flag,
    check_part,
    check_whole,
    decimal_units,
    fields_of,
)
from forven.engine.documents import read_document
from forven.engine.perpetual.fees import PPM_PER_PERCENT, PerpetualFees
from forven.engine.perpetual.fills import PerpetualFills
from forven.engine.perpetual.liquidation import LiquidationSchedule
from forven.engine.perpetual.quoting import PerpetualReprice, Quoter
from forven.engine.perpetual.risk import PerpetualRisk
from forven.engine.policy import OPENING_CASH_MAX
from forven.kernels import perpetual_schema as schema
from forven.market.perpetual.contract import PerpetualContract
from forven.primitives.errors import InvalidInput
from forven.primitives.identifiers import content_hash
from forven.primitives.money import MICROS_PER_UNIT

_VOLUME_MAX = 10**12 * MICROS_PER_UNIT - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeStanding:
    """Where an account stands on a fee schedule; the default is a new one.

    volume_14d       traded in 14 days, a decimal string     staking_level  0: nothing staked
    maker_share_pct  of the venue's maker volume, a decimal string
    """

    volume_14d: str = "0"
    maker_share_pct: str = "0"
    staking_level: int = 0

    def __post_init__(self) -> None:
        decimal_units("volume_14d", self.volume_14d, MICROS_PER_UNIT, 0, _VOLUME_MAX)
        decimal_units("maker_share_pct", self.maker_share_pct, PPM_PER_PERCENT, 0, 10**6)
        check_whole("staking_level", self.staking_level, 0, 20)

    def rates(self, fees: PerpetualFees) -> tuple[int, int]:
        """Return what making and taking cost in ppm on a schedule."""
        volume = decimal_units("volume_14d", self.volume_14d, MICROS_PER_UNIT, 0, _VOLUME_MAX)
        share = decimal_units("maker_share_pct", self.maker_share_pct, PPM_PER_PERCENT, 0, 10**6)
        maker = fees.maker_ppm(volume, share, self.staking_level)
        return maker, fees.taker_ppm(volume, self.staking_level)

    def to_json(self) -> dict[str, object]:
        """Return the standing as a JSON document; `from_json` reads it back."""
        return {
            "volume_14d": self.volume_14d,
            "maker_share_pct": self.maker_share_pct,
            "staking_level": self.staking_level,
        }

    @classmethod
    def from_json(cls, document: object, path: str = "standing") -> "FeeStanding":
        """Return the standing of a document; left-out fields keep their defaults."""
        return built_from(cls, document, path)


@dataclass(frozen=True, slots=True, kw_only=True)
class PerpetualPolicy:
    """Everything a session needs to know beside its stream and its commands.

    quoter        keeps two orders resting; None: the bot does only what commands say
    requote_rows  whether each re-quote is a journal row; else they are counted and hashed
    """

    fills: PerpetualFills = field(default_factory=PerpetualFills)
    fees: PerpetualFees = field(default_factory=lambda: PerpetualFees.named("hyperliquid"))
    standing: FeeStanding = field(default_factory=FeeStanding)
    risk: PerpetualRisk = field(default_factory=PerpetualRisk)
    reprice: PerpetualReprice = field(default_factory=PerpetualReprice)
    liquidation: LiquidationSchedule = field(
        default_factory=lambda: LiquidationSchedule.named("hyperliquid")
    )
    quoter: Quoter | None = None
    requote_rows: bool = True

    def __post_init__(self) -> None:
        for name, kind in _PARTS.items():
            check_part(name, getattr(self, name), kind)
        if self.quoter is not None:
            check_part("quoter", self.quoter, Quoter)
        check_flag("requote_rows", self.requote_rows)

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON: equal policies have equal hashes."""
        return content_hash(self.to_json())

    def to_json(self) -> dict[str, object]:
        """Return the policy by value, decimal strings for money, prices and sizes."""
        return {
            **{name: getattr(self, name).to_json() for name in _PARTS},
            "quoter": None if self.quoter is None else self.quoter.to_json(),
            "requote_rows": self.requote_rows,
        }

    @classmethod
    def from_json(cls, document: object, path: str = "") -> "PerpetualPolicy":
        """Return the policy of a document (JSON text, file path or parsed values).

        Left-out parts are the defaults; `fills`, `fees` and `liquidation` may be a built-in's name.
        """
        names = (*_PARTS, "quoter", "requote_rows")
        given = fields_of(read_document(document, InvalidInput), path, names)
        prefix = f"{path}." if path else ""
        readers: dict[str, Callable[..., Any]] = {
            **{name: kind.from_json for name, kind in _PARTS.items()},
            "quoter": lambda value, at: None if value is None else Quoter.from_json(value, at),
            "requote_rows": lambda value, _: value,
        }
        parts = {name: readers[name](value, f"{prefix}{name}") for name, value in given.items()}
        return cls(**parts)

    def plan_row(self, contract: PerpetualContract, opening_equity: int) -> NDArray[np.int64]:
        """Return a new (PLAN_WIDTH,) row of `plans` for a contract; it holds no commands yet.

        opening_equity  micros, at least 1
        """
        check_whole("opening_equity", opening_equity, 1, OPENING_CASH_MAX)
        if self.risk.leverage > contract.leverage_max:
            raise InvalidInput(
                f"risk.leverage must be at most {contract.leverage_max} for {contract.symbol}, "
                f"was {self.risk.leverage}"
            )
        row = np.zeros(schema.PLAN_WIDTH, dtype=np.int64)
        row[schema.PLAN_FILL_MODEL] = self.fills.model_code
        row[schema.PLAN_QUEUE_POWER] = self.fills.power
        row[schema.PLAN_FEED_LATENCY_NS] = self.fills.feed_latency_ns
        row[schema.PLAN_ORDER_LATENCY_NS] = self.fills.order_latency_ns
        maker, taker = self.standing.rates(self.fees)
        row[schema.PLAN_MAKER_PPM] = maker
        row[schema.PLAN_TAKER_PPM] = taker
        row[schema.PLAN_LEVERAGE] = self.risk.leverage
        row[schema.PLAN_HALT_LOSS] = self.risk.halt_loss(opening_equity)
        row[schema.PLAN_MAX_ORDERS] = self.risk.max_open_orders
        row[schema.PLAN_STALENESS_NS] = self.risk.staleness_ns
        row[schema.PLAN_PARTIAL_FROM] = self.liquidation.partial_from
        row[schema.PLAN_PARTIAL_PPM] = self.liquidation.partial_ppm
        row[schema.PLAN_COOLDOWN_NS] = self.liquidation.cooldown_ns
        row[schema.PLAN_BACKSTOP_PPM] = self.liquidation.backstop_ppm
        row[schema.PLAN_REQUOTE_ROWS] = self.requote_rows
        self._write_reprice(row, contract)
        self._write_quoter(row, contract)
        return row

    def _write_reprice(self, row: NDArray[np.int64], contract: PerpetualContract) -> None:
        """Write both blocks."""
        opening, closing = self.reprice.opening, self.reprice.closing
        row[schema.PLAN_OPENING_ENABLED] = opening.enabled
        row[schema.PLAN_OPENING_NUDGE_NS] = opening.nudge_ns
        row[schema.PLAN_OPENING_INTERVAL_NS] = opening.interval_ns
        row[schema.PLAN_OPENING_TOLERANCE_TICKS] = opening.flat_tolerance_ticks
        row[schema.PLAN_MAX_CONCESSION] = opening.concession_quanta(contract)
        row[schema.PLAN_CLOSING_ENABLED] = closing.enabled
        row[schema.PLAN_CLOSING_NUDGE_NS] = closing.nudge_ns
        row[schema.PLAN_CLOSING_INTERVAL_NS] = closing.interval_ns

    def _write_quoter(self, row: NDArray[np.int64], contract: PerpetualContract) -> None:
        """Write the quoter; without one its columns stay 0."""
        if self.quoter is None:
            return
        row[schema.PLAN_QUOTE_LOTS] = contract.size_lots(self.quoter.size, "quoter.size")
        row[schema.PLAN_QUOTE_OFFSET_TICKS] = self.quoter.offset_ticks
        row[schema.PLAN_QUOTE_POSITION_MAX] = contract.size_lots(
            self.quoter.position_max, "quoter.position_max"
        )
        row[schema.PLAN_QUOTE_RETRY_NS] = self.quoter.retry_ns


_PARTS: dict[str, Any] = {
    "fills": PerpetualFills,
    "fees": PerpetualFees,
    "standing": FeeStanding,
    "risk": PerpetualRisk,
    "reprice": PerpetualReprice,
    "liquidation": LiquidationSchedule,
}
