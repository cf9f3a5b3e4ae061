"""How pegged orders are worked, and the two-sided quoter.

The rules are those of `forven/engine/reprice.py`, peg plus concession; the blocks are others,
because a maker's times are milliseconds, its cap counts in the contract's prices, and a quote may
follow the mid without conceding at all.
"""

from dataclasses import asdict, dataclass, field

from forven.engine.checks import (
    built_from,
    check_flag,
    check_part,
    check_whole,
    decimal_units,
    fields_of,
)
from forven.kernels.schema import INT64_MAX
from forven.market.perpetual.contract import PerpetualContract
from forven.primitives.errors import InvalidInput

_MILLISECONDS_MAX = 3_600_000
_NANOSECONDS_PER_MILLISECOND = 1_000_000
_TICKS_MAX = 1_000
_DECIMALS_SCALE = 10**9
_CONCESSION_MAX = 10**9 * _DECIMALS_SCALE


@dataclass(frozen=True, slots=True, kw_only=True)
class PegBlock:
    """How the pegged orders of one block follow the market.

    nudge_after_ms        the mid is flat for so long before a tick is conceded; None: never
    min_interval_ms       least time between two re-quotes
    flat_tolerance_ticks  movement of the mid that still counts as flat
    max_concession        cap from the intended price, a decimal string; None: no cap (opening)
    """

    enabled: bool = True
    nudge_after_ms: int | None = None
    min_interval_ms: int = 0
    flat_tolerance_ticks: int = 1
    max_concession: str | None = None

    def __post_init__(self) -> None:
        check_flag("enabled", self.enabled)
        if self.nudge_after_ms is not None:
            check_whole("nudge_after_ms", self.nudge_after_ms, 1, _MILLISECONDS_MAX)
        check_whole("min_interval_ms", self.min_interval_ms, 0, _MILLISECONDS_MAX)
        check_whole("flat_tolerance_ticks", self.flat_tolerance_ticks, 0, _TICKS_MAX)
        if self.max_concession is not None:
            decimal_units(
                "max_concession", self.max_concession, _DECIMALS_SCALE, 0, _CONCESSION_MAX
            )

    @property
    def nudge_ns(self) -> int:
        """When a tick is conceded, in nanoseconds; `INT64_MAX`: never."""
        if self.nudge_after_ms is None:
            return INT64_MAX
        return self.nudge_after_ms * _NANOSECONDS_PER_MILLISECOND

    @property
    def interval_ns(self) -> int:
        """The least time between two re-quotes in nanoseconds."""
        return self.min_interval_ms * _NANOSECONDS_PER_MILLISECOND

    def concession_quanta(self, contract: PerpetualContract) -> int:
        """Return the cap in the contract's quanta; `INT64_MAX`: none."""
        if self.max_concession is None:
            return INT64_MAX
        units = decimal_units(
            "max_concession", self.max_concession, _DECIMALS_SCALE, 0, _CONCESSION_MAX
        )
        quanta, rest = divmod(units * contract.quanta_per_unit, _DECIMALS_SCALE)
        if rest:
            raise InvalidInput(
                f"max_concession must be a multiple of {contract.quantum:f} "
                f"({contract.symbol}), was {self.max_concession}"
            )
        return quanta

    def to_json(self) -> dict[str, object]:
        """Return the block as a JSON document."""
        return asdict(self)


def _patient() -> PegBlock:
    """Return what closing orders do by default: concede a tick every 15 s until they fill."""
    return PegBlock(nudge_after_ms=15_000, min_interval_ms=1_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class PerpetualReprice:
    """Both blocks: reduce-only orders are worked by `closing`, all others by `opening`."""

    opening: PegBlock = field(default_factory=PegBlock)
    closing: PegBlock = field(default_factory=_patient)

    def __post_init__(self) -> None:
        check_part("opening", self.opening, PegBlock)
        check_part("closing", self.closing, PegBlock)
        if self.closing.max_concession is not None:
            raise InvalidInput(
                "closing.max_concession must be null, was "
                f"{self.closing.max_concession!r}; an exit concedes down to the natural price"
            )

    def to_json(self) -> dict[str, object]:
        """Return the policy as a JSON document; `from_json` reads it back."""
        return {"opening": self.opening.to_json(), "closing": self.closing.to_json()}

    @classmethod
    def from_json(cls, document: object, path: str = "reprice") -> "PerpetualReprice":
        """Return the policy of a document; left-out blocks are the defaults."""
        given = fields_of(document, path, ("opening", "closing"))
        blocks = {
            name: built_from(PegBlock, block, f"{path}.{name}") for name, block in given.items()
        }
        return built_from(cls, blocks, path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoter:
    """One buy and one sell kept resting, pegged to the mid; `opening` says how they follow it.

    size          of each order, a decimal string in units of the coin
    offset_ticks  from the mid, away from the market
    position_max  a side is not quoted whose fill would take the position beyond it; likewise
    retry_ms      after a quote was rejected, before that side is quoted again
    """

    size: str
    position_max: str
    offset_ticks: int = 1
    retry_ms: int = 1_000

    def __post_init__(self) -> None:
        for name in ("size", "position_max"):
            decimal_units(name, getattr(self, name), _DECIMALS_SCALE, 1, _CONCESSION_MAX)
        check_whole("offset_ticks", self.offset_ticks, 0, _TICKS_MAX)
        check_whole("retry_ms", self.retry_ms, 0, _MILLISECONDS_MAX)

    @property
    def retry_ns(self) -> int:
        """The wait after a rejection in nanoseconds."""
        return self.retry_ms * _NANOSECONDS_PER_MILLISECOND

    def to_json(self) -> dict[str, object]:
        """Return the quoter as a JSON document; `from_json` reads it back."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: object, path: str = "quoter") -> "Quoter":
        """Return the quoter of a document."""
        fields_of(document, path, ("size", "position_max", "offset_ticks", "retry_ms"))
        given = dict(document) if isinstance(document, dict) else {}
        for name in ("size", "position_max"):
            if name not in given:
                raise InvalidInput(f"{path}.{name} must be given; add it to {path}")
        return built_from(cls, given, path)
