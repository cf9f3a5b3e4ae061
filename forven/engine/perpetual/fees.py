"""What trading a perpetual costs: maker and taker shares of notional by a dated schedule."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from forven.engine.checks import (
    built_from,
    check_part,
    check_text,
    check_whole,
    date_of,
    decimal_units,
    fields_of,
)
from forven.engine.schedules import schedule_document
from forven.primitives.errors import InvalidInput
from forven.primitives.money import MICROS_PER_UNIT, decimal_text, money_text

KIND = "perpetual_fees"
PPM_PER_PERCENT = 10_000
FEE_PPM_MAX = 100_000
_VOLUME_MAX = 10**12 * MICROS_PER_UNIT - 1
_PERCENT_SCALE = 10_000
_WHOLE_PERCENT = 100 * _PERCENT_SCALE
_FIELDS = ("name", "effective_from", "source", "tiers", "rebates", "staking_discounts_pct")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeTier:
    """Parts per million of notional for who traded more than `volume_above` micros in 14 days."""

    volume_above: int
    taker_ppm: int
    maker_ppm: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MakerRebate:
    """The maker's ppm, below 0, for who made more than a share (1 / 1,000,000) of all volume."""

    share_above_ppm: int
    maker_ppm: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PerpetualFees:
    """A dated price list.

    tiers             by volume, the first above 0        rebates  by share, rising
    staking_discounts parts per million off the fees, rising; level 0 is none of them
    """

    name: str
    effective_from: date
    source: str
    tiers: tuple[FeeTier, ...]
    rebates: tuple[MakerRebate, ...] = ()
    staking_discounts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        check_text("name", self.name, 40)
        check_part("effective_from", self.effective_from, date)
        check_text("source", self.source, 200)
        volumes = [tier.volume_above for tier in self.tiers]
        _check_rising("tiers.volume_above", volumes, [0])
        for tier in self.tiers:
            check_whole("tiers.volume_above", tier.volume_above, 0, _VOLUME_MAX)
            check_whole("tiers.taker_ppm", tier.taker_ppm, 0, FEE_PPM_MAX)
            check_whole("tiers.maker_ppm", tier.maker_ppm, -FEE_PPM_MAX, FEE_PPM_MAX)
        _check_rising("rebates.share_above_ppm", [each.share_above_ppm for each in self.rebates])
        _check_rising("staking_discounts", list(self.staking_discounts))

    @classmethod
    def named(cls, name: str) -> "PerpetualFees":
        """Return a built-in schedule (hyperliquid, zero), or the one in a JSON file's path."""
        return cls.from_json(schedule_document(KIND, name))

    def taker_ppm(self, volume_micros: int = 0, staking_level: int = 0) -> int:
        """Return what taking costs in ppm, rounded up where a discount leaves a part of one."""
        return self._discounted(self._tier(volume_micros).taker_ppm, staking_level)

    def maker_ppm(
        self, volume_micros: int = 0, maker_share_ppm: int = 0, staking_level: int = 0
    ) -> int:
        """Return what making costs in ppm; a rebate by maker share is below 0 and undiscounted."""
        earned = [each for each in self.rebates if maker_share_ppm > each.share_above_ppm]
        if earned:
            return earned[-1].maker_ppm
        return self._discounted(self._tier(volume_micros).maker_ppm, staking_level)

    def _tier(self, volume_micros: int) -> FeeTier:
        """Return the last tier whose volume was passed; the first needs none."""
        passed = [tier for tier in self.tiers[1:] if volume_micros > tier.volume_above]
        return passed[-1] if passed else self.tiers[0]

    def _discounted(self, ppm: int, staking_level: int) -> int:
        """Return a fee less the staking discount, rounded against the trader."""
        check_whole("staking_level", staking_level, 0, len(self.staking_discounts))
        if not staking_level or ppm <= 0:
            return ppm
        kept = MICROS_PER_UNIT - self.staking_discounts[staking_level - 1]
        return -(-ppm * kept // MICROS_PER_UNIT)

    def to_json(self) -> dict[str, object]:
        """Return the schedule as a JSON document with decimal strings."""
        return {
            "name": self.name,
            "effective_from": self.effective_from.isoformat(),
            "source": self.source,
            "tiers": [
                {
                    "volume_above": money_text(tier.volume_above),
                    "taker_pct": percent_text(tier.taker_ppm),
                    "maker_pct": percent_text(tier.maker_ppm),
                }
                for tier in self.tiers
            ],
            "rebates": [
                {
                    "share_above_pct": percent_text(each.share_above_ppm),
                    "maker_pct": percent_text(each.maker_ppm),
                }
                for each in self.rebates
            ],
            "staking_discounts_pct": [percent_text(each) for each in self.staking_discounts],
        }

    @classmethod
    def from_json(cls, document: object, path: str = "fees") -> "PerpetualFees":
        """Return the schedule of a document, or the built-in one that a text names."""
        if isinstance(document, str):
            return cls.from_json(schedule_document(KIND, document, files=False), path)
        given = fields_of(document, path, _FIELDS, complete=True)
        discounts = _listed(given.pop("staking_discounts_pct"), f"{path}.staking_discounts_pct")
        given["effective_from"] = date_of(f"{path}.effective_from", given["effective_from"])
        given["tiers"] = tuple(
            _tier_of(each, f"{path}.tiers[{at}]")
            for at, each in enumerate(_listed(given["tiers"], f"{path}.tiers"))
        )
        given["rebates"] = tuple(
            _rebate_of(each, f"{path}.rebates[{at}]")
            for at, each in enumerate(_listed(given["rebates"], f"{path}.rebates"))
        )
        given["staking_discounts"] = tuple(
            _percent(f"{path}.staking_discounts_pct[{at}]", each, 0, _WHOLE_PERCENT)
            for at, each in enumerate(discounts)
        )
        return built_from(cls, given, path)


def percent_text(ppm: int) -> str:
    """Return parts per million as a percentage: 450 is `0.045`."""
    return decimal_text(ppm, PPM_PER_PERCENT, 0)


def _percent(name: str, value: object, least: int, most: int) -> int:
    """Return a percentage as parts per million."""
    return decimal_units(name, value, PPM_PER_PERCENT, least, most)


def _tier_of(document: object, path: str) -> FeeTier:
    """Return the tier of a document."""
    given = fields_of(document, path, ("volume_above", "taker_pct", "maker_pct"), complete=True)
    volume = decimal_units(
        f"{path}.volume_above", given["volume_above"], MICROS_PER_UNIT, 0, _VOLUME_MAX
    )
    return FeeTier(
        volume_above=volume,
        taker_ppm=_percent(f"{path}.taker_pct", given["taker_pct"], 0, FEE_PPM_MAX),
        maker_ppm=_percent(f"{path}.maker_pct", given["maker_pct"], -FEE_PPM_MAX, FEE_PPM_MAX),
    )


def _rebate_of(document: object, path: str) -> MakerRebate:
    """Return the rebate of a document."""
    given = fields_of(document, path, ("share_above_pct", "maker_pct"), complete=True)
    return MakerRebate(
        share_above_ppm=_percent(
            f"{path}.share_above_pct", given["share_above_pct"], 0, _WHOLE_PERCENT
        ),
        maker_ppm=_percent(f"{path}.maker_pct", given["maker_pct"], -FEE_PPM_MAX, 0),
    )


def _listed(value: object, path: str) -> list[Any]:
    """Return a list; anything else is refused."""
    if not isinstance(value, list):
        raise InvalidInput(f"{path} must be a list, was {type(value).__name__}")
    return value


def _check_rising(name: str, values: list[int], start: list[int] | None = None) -> None:
    """Refuse values that do not rise, or do not begin as they must."""
    if start is not None and values[:1] != start:
        raise InvalidInput(f"{name} must begin at {start[0]}, was {values[:1]}")
    if any(a >= b for a, b in pairwise(values)):
        raise InvalidInput(f"{name} must rise, was {values}")
