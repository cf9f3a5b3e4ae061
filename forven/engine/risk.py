"""When a session stops itself: daily loss, limits, stale data and strategy errors."""

from dataclasses import dataclass

from forven.engine.checks import built_from, check_flag, check_whole, decimal_units
from forven.kernels import schema
from forven.primitives.money import decimal_text

_BPS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskPolicy:
    """The limits of one bot, frozen at the session's start.

    max_daily_loss_pct           fraction of the opening cash as a decimal string, "0.0050" to
                                 "0.5000"; None: no limit
    max_open_positions           instruments held, 1 to 100
    max_open_orders              pending orders, 1 to 50
    data_staleness_threshold_ms  age of a frame beyond which nothing is done, 500 to 10,000
    auto_pause_on_error          pause entries, instead of failing, beyond the error budget
    error_budget                 strategy errors that are forgiven, 0 to 100
    """

    max_daily_loss_pct: str | None = None
    max_open_positions: int = 100
    max_open_orders: int = 50
    data_staleness_threshold_ms: int = 5_000
    auto_pause_on_error: bool = True
    error_budget: int = 0

    def __post_init__(self) -> None:
        if self.max_daily_loss_pct is not None:
            bps = decimal_units("max_daily_loss_pct", self.max_daily_loss_pct, _BPS, 50, 5_000)
            # One spelling of one limit, so that equal policies are equal.
            object.__setattr__(self, "max_daily_loss_pct", decimal_text(bps, _BPS, 4))
        check_whole("max_open_positions", self.max_open_positions, 1, 100)
        check_whole("max_open_orders", self.max_open_orders, 1, 50)
        check_whole("data_staleness_threshold_ms", self.data_staleness_threshold_ms, 500, 10_000)
        check_flag("auto_pause_on_error", self.auto_pause_on_error)
        check_whole("error_budget", self.error_budget, 0, 100)

    def halt_loss(self, opening_cash: int) -> int:
        """Return the loss in micros at which the session halts; `schema.INT64_MAX`: never."""
        if self.max_daily_loss_pct is None:
            return schema.INT64_MAX
        bps = decimal_units("max_daily_loss_pct", self.max_daily_loss_pct, _BPS, 50, 5_000)
        return -(-bps * opening_cash // _BPS)

    def to_json(self) -> dict[str, object]:
        """Return the policy as a JSON document; `from_json` reads it back."""
        return {
            "max_daily_loss_pct": self.max_daily_loss_pct,
            "max_open_positions": self.max_open_positions,
            "max_open_orders": self.max_open_orders,
            "data_staleness_threshold_ms": self.data_staleness_threshold_ms,
            "auto_pause_on_error": self.auto_pause_on_error,
            "error_budget": self.error_budget,
        }

    @classmethod
    def from_json(cls, document: object, path: str = "risk") -> "RiskPolicy":
        """Return the policy of a document; left-out fields keep their defaults."""
        return built_from(cls, document, path)
