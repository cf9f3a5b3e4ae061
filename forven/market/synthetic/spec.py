"""What a synthetic market is asked for: checked once, then never changed."""

from dataclasses import asdict, dataclass

from forven.primitives.errors import InvalidInput
from forven.primitives.money import decimal_text

SEED_MAX = 2**63 - 1
DAYS_MAX = 10_000
_WHOLE_SESSION_SECONDS = 1_800
"""Sessions last a multiple of half an hour, so a frame length that divides it fits them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticSpec:
    """The settings of a synthetic SPXW market; the same ones give the same bytes.

    seed               0 to 2^63 - 1
    frame_seconds      time between frames, a divisor of 1,800; 60 makes quick, coarse days
    index_quanta       the index at the first day's open, in 0.01
    volatility         of an ordinary session, open to close, annualised (0.12 is 12 %)
    variance_premium   implied over expected variance; 1 sells insurance at cost
    spread_scale       multiplies quoted widths: 1 is a market of the 2020s, 2 is wide
    near_strikes       strikes on the finest grid on either side of the money
    """

    seed: int
    frame_seconds: int = 1
    index_quanta: int = 474_283
    volatility: float = 0.12
    variance_premium: float = 1.02
    spread_scale: float = 1.0
    near_strikes: int = 35

    def __post_init__(self) -> None:
        self._require("seed", 0 <= self.seed <= SEED_MAX, f"0 to {SEED_MAX}")
        self._require(
            "frame_seconds",
            self.frame_seconds > 0 and _WHOLE_SESSION_SECONDS % self.frame_seconds == 0,
            f"a divisor of {_WHOLE_SESSION_SECONDS}",
        )
        self._require(
            "index_quanta",
            50_000 <= self.index_quanta <= 5_000_000,
            f"{decimal_text(50_000, 100, 2)} to {decimal_text(5_000_000, 100, 2)} as quanta",
        )
        self._require("volatility", 0.02 <= self.volatility <= 1.0, "0.02 to 1")
        self._require("variance_premium", 0.5 <= self.variance_premium <= 3.0, "0.5 to 3")
        self._require("spread_scale", 0.1 <= self.spread_scale <= 10.0, "0.1 to 10")
        self._require("near_strikes", 5 <= self.near_strikes <= 100, "5 to 100")

    def _require(self, name: str, holds: bool, expected: str) -> None:
        if not holds:
            raise InvalidInput(f"{name}: expected {expected}, found {getattr(self, name)}")

    def as_dict(self) -> dict[str, object]:
        """Return the settings as plain values, to be stored beside a dataset."""
        return asdict(self)
