"""How pending limit orders are worked: peg to the mid plus conceded ticks."""

from dataclasses import dataclass, field

from forven.engine.checks import (
    built_from,
    check_flag,
    check_part,
    check_whole,
    decimal_units,
    fields_of,
)
from forven.primitives.money import CENT_QUANTA_PER_POINT, price_text

_CONCESSION_QUANTA_MAX = 10 * CENT_QUANTA_PER_POINT
_CONCESSION_STEP_QUANTA = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningReprice:
    """Entries: wait, and concede only while the mid is flat, up to a cap.

    nudge_after_seconds   flat for so long before a tick is conceded, 1 to 600
    min_interval_seconds  least time between two replacements, 1 to 120
    flat_tolerance_ticks  movement of the mid that still counts as flat, 1 to 20
    max_concession        cap from the intended price, decimal string, 0 to 10 in steps of 0.05
    """

    enabled: bool = True
    nudge_after_seconds: int = 20
    min_interval_seconds: int = 4
    flat_tolerance_ticks: int = 1
    max_concession: str = "0.20"

    def __post_init__(self) -> None:
        _check_block(self)
        # One spelling of one cap, so that equal policies are equal.
        object.__setattr__(self, "max_concession", price_text(self.max_concession_quanta))

    @property
    def max_concession_quanta(self) -> int:
        """The cap in quanta."""
        return decimal_units(
            "max_concession",
            self.max_concession,
            CENT_QUANTA_PER_POINT,
            0,
            _CONCESSION_QUANTA_MAX,
            _CONCESSION_STEP_QUANTA,
        )

    def to_json(self) -> dict[str, object]:
        """Return the block as a JSON document."""
        return {**_block_json(self), "max_concession": self.max_concession}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingReprice:
    """Exits: persist, one tick after another, flat or not, down to the natural price.

    Fields as in `OpeningReprice`, without a cap.
    """

    enabled: bool = True
    nudge_after_seconds: int = 15
    min_interval_seconds: int = 4
    flat_tolerance_ticks: int = 1

    def __post_init__(self) -> None:
        _check_block(self)

    def to_json(self) -> dict[str, object]:
        """Return the block as a JSON document."""
        return _block_json(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepricePolicy:
    """Both blocks; orders that open are worked by the one, orders that close by the other."""

    opening: OpeningReprice = field(default_factory=OpeningReprice)
    closing: ClosingReprice = field(default_factory=ClosingReprice)

    def __post_init__(self) -> None:
        check_part("opening", self.opening, OpeningReprice)
        check_part("closing", self.closing, ClosingReprice)

    def to_json(self) -> dict[str, object]:
        """Return the policy as a JSON document; `from_json` reads it back."""
        return {"opening": self.opening.to_json(), "closing": self.closing.to_json()}

    @classmethod
    def from_json(cls, document: object, path: str = "reprice") -> "RepricePolicy":
        """Return the policy of a document; left-out blocks and fields keep their defaults."""
        given = fields_of(document, path, ("opening", "closing"))
        return cls(
            opening=built_from(OpeningReprice, given.get("opening", {}), f"{path}.opening"),
            closing=built_from(ClosingReprice, given.get("closing", {}), f"{path}.closing"),
        )


def _check_block(block: OpeningReprice | ClosingReprice) -> None:
    """Check the fields that both blocks have."""
    check_flag("enabled", block.enabled)
    check_whole("nudge_after_seconds", block.nudge_after_seconds, 1, 600)
    check_whole("min_interval_seconds", block.min_interval_seconds, 1, 120)
    check_whole("flat_tolerance_ticks", block.flat_tolerance_ticks, 1, 20)


def _block_json(block: OpeningReprice | ClosingReprice) -> dict[str, object]:
    """Return the fields that both blocks have."""
    return {
        "enabled": block.enabled,
        "nudge_after_seconds": block.nudge_after_seconds,
        "min_interval_seconds": block.min_interval_seconds,
        "flat_tolerance_ticks": block.flat_tolerance_ticks,
    }
