"""How a run over bars is sized, stopped, leveraged and charged; every number exact."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forven.engine.bars.units import PERCENT, Bounds, exact_units
from forven.engine.checks import check_choice, check_whole
from forven.kernels import bars_schema as schema
from forven.primitives.errors import InvalidInput
from forven.primitives.identifiers import content_hash
from forven.primitives.money import MICROS_PER_UNIT

Number = int | float | str | Decimal

TRADE_MODES = {
    "long_only": schema.MODE_LONG,
    "short_only": schema.MODE_SHORT,
    "both": schema.MODE_BOTH,
}
SIZING_MODES = {
    "full": schema.SIZING_FULL,
    "fixed": schema.SIZING_FIXED,
    "fraction": schema.SIZING_FRACTION,
    "atr": schema.SIZING_ATR,
    "kelly": schema.SIZING_KELLY,
}
PROFILE = (
    "sizing_mode",
    "fixed_size",
    "risk_per_trade",
    "atr_stop_multiplier",
    "kelly_multiplier",
    "kelly_lookback",
    "stop_loss_pct",
    "take_profit_pct",
    "trailing_stop_pct",
    "time_stop_bars",
)
"""The settings of an execution profile: without one of them a run has none."""
NO_PROFILE: Mapping[str, Any] = {
    "sizing_mode": "atr",
    "risk_per_trade": "0.01",
    "atr_stop_multiplier": 2,
}
"""What a run without any profile does; with one, what it leaves out is BarPolicy's default."""

_UNITS = {
    "fixed_size": Bounds(MICROS_PER_UNIT, 1, 10**18),
    "risk_per_trade": Bounds(schema.UNIT_PPM, 1, schema.UNIT_PPM),
    "atr_stop_multiplier": Bounds(1_000, 1, 50_000),
    "kelly_multiplier": Bounds(1_000, 1, 5_000),
    "stop_loss_pct": Bounds(PERCENT, 1, 100 * PERCENT),
    "take_profit_pct": Bounds(PERCENT, 1, 1_000 * PERCENT),
    "trailing_stop_pct": Bounds(PERCENT, 1, 100 * PERCENT),
    "fallback_stop_pct": Bounds(PERCENT, 1, 100 * PERCENT),
    "leverage": Bounds(schema.UNIT_PPM, 1, 125 * schema.UNIT_PPM),
    "fee_bps": Bounds(100, 0, 100_000),
    "slippage_bps": Bounds(100, 0, 100_000),
    "initial_capital": Bounds(MICROS_PER_UNIT, 1, 10**18),
}
_HEEDED_BY = {
    "fixed_size": ("fixed",),
    "risk_per_trade": ("fraction", "atr"),
    "atr_stop_multiplier": ("atr",),
    "kelly_multiplier": ("kelly",),
    "kelly_lookback": ("kelly",),
    "fallback_stop_pct": ("fraction", "atr"),
}
"""The settings that a sizing alone heeds, and which."""
_OPTIONAL = ("stop_loss_pct", "take_profit_pct", "trailing_stop_pct")


@dataclass(frozen=True, slots=True, kw_only=True)
class BarPolicy:
    """The settings of one run. Numbers may be whole, decimal strings, Decimals or floats, which
    count as they are written; what does not lie on its grid is refused.

    trade_mode           long_only, short_only, both          sizing_mode  full, fixed, fraction,
    fixed_size           stake before leverage, for `fixed`                atr, kelly
    risk_per_trade       share of the equity lost at the stop, for `fraction` and `atr`
    atr_stop_multiplier  of ATR(14)                           fallback_stop_pct  without a stop
    kelly_multiplier     of Kelly's share over the last `kelly_lookback` trades
    stop_loss_pct, take_profit_pct, trailing_stop_pct   percent of the price; None: none
    time_stop_bars       None: none                           leverage     1: none
    fee_bps, slippage_bps   of the notional, each side        initial_capital  account currency
    """

    trade_mode: str = "long_only"
    sizing_mode: str = "full"
    fixed_size: Number = 1_000
    risk_per_trade: Number = "0.02"
    atr_stop_multiplier: Number = 2
    kelly_multiplier: Number = "0.5"
    kelly_lookback: int = 100
    stop_loss_pct: Number | None = None
    take_profit_pct: Number | None = None
    trailing_stop_pct: Number | None = None
    time_stop_bars: int | None = None
    fallback_stop_pct: Number = 3
    leverage: Number = 1
    fee_bps: Number = "4.5"
    slippage_bps: Number = 2
    initial_capital: Number = 10_000

    def __post_init__(self) -> None:
        check_choice("trade_mode", self.trade_mode, tuple(TRADE_MODES))
        check_choice("sizing_mode", self.sizing_mode, tuple(SIZING_MODES))
        check_whole("kelly_lookback", self.kelly_lookback, 1, schema.KELLY_LOOKBACK_MAX)
        if self.time_stop_bars is not None:
            check_whole("time_stop_bars", self.time_stop_bars, 1, 2**31)
        for name in _UNITS:
            self.units(name)

    def units(self, name: str) -> int:
        """Return a number in the kernel's units: ppm, milli or micros; 0 where it is None."""
        value = getattr(self, name)
        if value is None and name in _OPTIONAL:
            return 0
        return exact_units(name, value, _UNITS[name])

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON: policies that do the same have equal hashes."""
        return content_hash(self.to_json())

    def to_json(self) -> dict[str, object]:
        """Return the settings by name, numbers as the shortest decimal strings."""
        document: dict[str, object] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in _UNITS and value is not None:
                value = _UNITS[field.name].text(self.units(field.name))
            document[field.name] = value
        return document

    def plan_row(self, has_detail: bool = True) -> NDArray[np.int64]:
        """Return a row of `plans`; its program and signals are not said yet."""
        row = np.zeros(schema.PLAN_WIDTH, np.int64)
        row[schema.PLAN_ENTER_LONG : schema.PLAN_EXIT_SHORT + 1] = -1
        row[schema.PLAN_MODE] = TRADE_MODES[self.trade_mode]
        sizing = SIZING_MODES[self.sizing_mode]
        row[schema.PLAN_SIZING] = sizing
        row[schema.PLAN_FIXED_SIZE_MICROS] = self.units("fixed_size")
        row[schema.PLAN_RISK_PPM] = self.units("risk_per_trade")
        row[schema.PLAN_ATR_ROW] = schema.BAR_ATR_FIRST if sizing == schema.SIZING_ATR else -1
        row[schema.PLAN_ATR_STOP_MILLI] = self.units("atr_stop_multiplier")
        row[schema.PLAN_KELLY_MILLI] = self.units("kelly_multiplier")
        row[schema.PLAN_KELLY_LOOKBACK] = self.kelly_lookback
        row[schema.PLAN_STOP_PPM] = self.units("stop_loss_pct")
        row[schema.PLAN_TARGET_PPM] = self.units("take_profit_pct")
        row[schema.PLAN_TRAIL_PPM] = self.units("trailing_stop_pct")
        row[schema.PLAN_TIME_STOP_BARS] = self.time_stop_bars or 0
        row[schema.PLAN_FALLBACK_STOP_PPM] = self.units("fallback_stop_pct")
        row[schema.PLAN_LEVERAGE_PPM] = self.units("leverage")
        row[schema.PLAN_COST_PPM] = self.units("fee_bps") + self.units("slippage_bps")
        row[schema.PLAN_CAPITAL_MICROS] = self.units("initial_capital")
        row[schema.PLAN_DETAIL] = int(has_detail)
        return row


def policy_of(
    given: Mapping[str, Any],
    brought: Mapping[str, Any] | None = None,
    leverage: Number | None = None,
) -> BarPolicy:
    """Return the policy of a run: what it says, else what its strategy brings, else the defaults.

    given     settings by name; None is as if not said     errors: InvalidInput for another name
    brought   the strategy's own, as `Controls.given()`
    leverage  the strategy's parameter, where it has one
    """
    said = {name: value for name, value in given.items() if value is not None}
    known = [field.name for field in fields(BarPolicy)]
    for name in said:
        if name not in known:
            raise InvalidInput(f"{name} is no setting of a run; they are {', '.join(known)}")
    settings = {**(brought or {}), **said}
    if leverage is not None:
        settings.setdefault("leverage", leverage)
    if not any(name in settings for name in PROFILE):
        settings = {**NO_PROFILE, **settings}
    return BarPolicy(**settings)


def check_heeded(policy: BarPolicy, said: Mapping[str, Any], brought: Mapping[str, Any]) -> None:
    """Refuse settings of another sizing than the run has, where nobody chose that one.

    Who says what to risk and not how would else go in with everything, without a stop.
    said, brought  as `policy_of` took them     errors  InvalidInput
    """
    if said.get("sizing_mode") is not None:
        return
    alone = {} if brought.get("sizing_mode") is not None else brought
    settings = {**alone, **{name: value for name, value in said.items() if value is not None}}
    for name, sizings in _HEEDED_BY.items():
        if settings.get(name) is not None and policy.sizing_mode not in sizings:
            raise InvalidInput(
                f"{name} {settings[name]}: expected the sizing {' or '.join(sizings)}, which alone "
                f"heeds it; found {policy.sizing_mode}, as none was said. Say sizing_mode too "
                f"(--sizing {sizings[-1]})"
            )
