"""When a session on a perpetual stops itself, and how far it may lever."""

from dataclasses import asdict, dataclass

from forven.engine.checks import built_from, check_whole, decimal_units
from forven.kernels.schema import INT64_MAX
from forven.market.perpetual.contract import LEVERAGE_MAX
from forven.primitives.money import decimal_text

_BPS = 10_000
_NANOSECONDS_PER_MILLISECOND = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PerpetualRisk:
    """The limits of one bot, frozen at the session's start.

    leverage                     of new exposure, up to the contract's most
    max_daily_loss_pct           fraction of the opening equity as a decimal string, "0.0050" to
                                 "1.0000"; None: no limit
    max_open_orders              orders on the book, 1 to 200
    data_staleness_threshold_ms  age of a frame beyond which nothing is done, 1 to 3,600,000
    """

    leverage: int = 5
    max_daily_loss_pct: str | None = None
    max_open_orders: int = 50
    data_staleness_threshold_ms: int = 5_000

    def __post_init__(self) -> None:
        check_whole("leverage", self.leverage, 1, LEVERAGE_MAX)
        if self.max_daily_loss_pct is not None:
            bps = decimal_units("max_daily_loss_pct", self.max_daily_loss_pct, _BPS, 50, _BPS)
            # One spelling of one limit, so that equal policies are equal.
            object.__setattr__(self, "max_daily_loss_pct", decimal_text(bps, _BPS, 4))
        check_whole("max_open_orders", self.max_open_orders, 1, 200)
        check_whole("data_staleness_threshold_ms", self.data_staleness_threshold_ms, 1, 3_600_000)

    @property
    def staleness_ns(self) -> int:
        """The age of a frame beyond which nothing is done, in nanoseconds."""
        return self.data_staleness_threshold_ms * _NANOSECONDS_PER_MILLISECOND

    def halt_loss(self, opening_micros: int) -> int:
        """Return the loss in micros at which the session halts; `INT64_MAX`: never."""
        if self.max_daily_loss_pct is None:
            return INT64_MAX
        bps = decimal_units("max_daily_loss_pct", self.max_daily_loss_pct, _BPS, 50, _BPS)
        return -(-bps * opening_micros // _BPS)

    def to_json(self) -> dict[str, object]:
        """Return the policy as a JSON document; `from_json` reads it back."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: object, path: str = "risk") -> "PerpetualRisk":
        """Return the policy of a document; left-out fields keep their defaults."""
        return built_from(cls, document, path)
