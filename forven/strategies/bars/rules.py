"""What a strategy returns: when it enters and leaves each direction, and how it likes to be run."""

from dataclasses import dataclass, fields
from typing import Any

from forven.strategies.bars.errors import InvalidBarStrategy
from forven.strategies.bars.expressions import Condition, as_condition

MODES = ("long_only", "short_only", "both")
SIGNALS = ("enter_long", "exit_long", "enter_short", "exit_short")


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """Settings of a run that a strategy brings; None leaves them to the run, whose explicit
    settings override these. Names and units are those of the run's policy.

    stop_loss_pct, take_profit_pct, trailing_stop_pct   percent of the price, as 2.5
    risk_per_trade   fraction of the equity             atr_stop_multiplier   of ATR(14)
    """

    sizing_mode: str | None = None
    risk_per_trade: float | None = None
    atr_stop_multiplier: float | None = None
    stop_loss_pct: float | None = None
    take_profit_pct: float | None = None
    trailing_stop_pct: float | None = None
    time_stop_bars: int | None = None

    def given(self) -> dict[str, Any]:
        """Return the settings that it brings, by name."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in named.items() if value is not None}


NO_CONTROLS = Controls()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The conditions of the four signals; None: never. Each acts at the open of the next bar."""

    enter_long: Condition | None = None
    exit_long: Condition | None = None
    enter_short: Condition | None = None
    exit_short: Condition | None = None
    controls: Controls = NO_CONTROLS

    def __post_init__(self) -> None:
        for name, condition in zip(SIGNALS, self.conditions, strict=True):
            if condition is not None:
                try:
                    as_condition(condition)
                except InvalidBarStrategy as error:
                    raise InvalidBarStrategy(f"{name}: {error}") from None
        if self.enter_long is None and self.enter_short is None:
            raise InvalidBarStrategy("rules: expected enter_long or enter_short, found neither")

    @property
    def conditions(self) -> tuple[Condition | None, ...]:
        """Return the four conditions in the order of SIGNALS."""
        return self.enter_long, self.exit_long, self.enter_short, self.exit_short
