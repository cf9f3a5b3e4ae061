"""When and how a venue liquidates: its dated schedule, and its liquidation price, exactly."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from forven.engine.checks import (
    built_from,
    check_part,
    check_text,
    check_whole,
    date_of,
    decimal_units,
    fields_of,
)
from forven.engine.perpetual.fees import PPM_PER_PERCENT, percent_text
from forven.engine.schedules import schedule_document
from forven.primitives.errors import InvalidInput
from forven.primitives.money import MICROS_PER_UNIT, money_text
from forven.primitives.time import NANOSECONDS_PER_SECOND

KIND = "perpetual_liquidation"
_WHOLE_PPM = 1_000_000
_NOTIONAL_MAX = 10**12 * MICROS_PER_UNIT - 1
_FIELDS = (
    "name",
    "effective_from",
    "source",
    "partial_from",
    "partial_pct",
    "cooldown_seconds",
    "backstop_pct",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiquidationSchedule:
    """How a position is taken apart once equity is below maintenance.

    partial_from      micros of notional beyond which only a part is ordered first
    partial_ppm       that part of the position         cooldown_seconds  until the rest
    backstop_ppm      of maintenance: below it position and equity are taken over
    """

    name: str
    effective_from: date
    source: str
    partial_from: int
    partial_ppm: int
    cooldown_seconds: int
    backstop_ppm: int

    def __post_init__(self) -> None:
        check_text("name", self.name, 40)
        check_part("effective_from", self.effective_from, date)
        check_text("source", self.source, 200)
        check_whole("partial_from", self.partial_from, 0, _NOTIONAL_MAX)
        check_whole("partial_ppm", self.partial_ppm, 1, _WHOLE_PPM)
        check_whole("cooldown_seconds", self.cooldown_seconds, 0, 86_400)
        check_whole("backstop_ppm", self.backstop_ppm, 0, _WHOLE_PPM)

    @property
    def cooldown_ns(self) -> int:
        """Nanoseconds between the part and the rest."""
        return self.cooldown_seconds * NANOSECONDS_PER_SECOND

    @classmethod
    def named(cls, name: str) -> "LiquidationSchedule":
        """Return a built-in schedule (hyperliquid, whole), or the one in a JSON file's path."""
        return cls.from_json(schedule_document(KIND, name))

    def to_json(self) -> dict[str, object]:
        """Return the schedule as a JSON document with decimal strings."""
        return {
            "name": self.name,
            "effective_from": self.effective_from.isoformat(),
            "source": self.source,
            "partial_from": money_text(self.partial_from),
            "partial_pct": percent_text(self.partial_ppm),
            "cooldown_seconds": self.cooldown_seconds,
            "backstop_pct": percent_text(self.backstop_ppm),
        }

    @classmethod
    def from_json(cls, document: object, path: str = "liquidation") -> "LiquidationSchedule":
        """Return the schedule of a document, or the built-in one that a text names."""
        if isinstance(document, str):
            return cls.from_json(schedule_document(KIND, document, files=False), path)
        given = fields_of(document, path, _FIELDS, complete=True)
        given["effective_from"] = date_of(f"{path}.effective_from", given["effective_from"])
        given["partial_from"] = decimal_units(
            f"{path}.partial_from", given["partial_from"], MICROS_PER_UNIT, 0, _NOTIONAL_MAX
        )
        for share in ("partial", "backstop"):
            name = f"{share}_pct"
            given[f"{share}_ppm"] = decimal_units(
                f"{path}.{name}", given.pop(name), PPM_PER_PERCENT, 0, _WHOLE_PPM
            )
        return built_from(cls, given, path)


def liquidation_price(
    price: Fraction, position: Fraction, margin: Fraction, leverage_max: int
) -> Fraction | None:
    """Return the mark price at which equity falls to maintenance; None: at no price above 0.

    price         the mark at which `margin` was worked out
    position      units of the coin, + long and - short
    margin        equity above maintenance at `price`: of the account (cross), or of what was set
                  aside for the position (isolated)
    leverage_max  of the position's tier: maintenance is half the initial margin at it
    source        price - side x margin / size / (1 - l x side), l = 1 / maintenance leverage
    """
    if position == 0 or price <= 0 or leverage_max < 1:
        raise InvalidInput(
            "liquidation price: expected a position, a price above 0 and a leverage of 1 or more, "
            f"found {position}, {price} and {leverage_max}"
        )
    side = 1 if position > 0 else -1
    rate = Fraction(1, 2 * leverage_max)
    found = Fraction(price) - side * Fraction(margin) / abs(position) / (1 - rate * side)
    return found if found > 0 else None


def cross_margin(
    price: Fraction, position: Fraction, account_value: Fraction, leverage_max: int
) -> Fraction:
    """Return what a cross account has above the maintenance of its one position at a mark."""
    return account_value - abs(position) * price / (2 * leverage_max)


def isolated_margin(
    price: Fraction, position: Fraction, entry: Fraction, deposit: Fraction, leverage_max: int
) -> Fraction:
    """Return what an isolated position has above its maintenance at a mark.

    entry    its average price        deposit  what was set aside for it at the entry
    """
    value = deposit + position * (price - entry)
    return value - abs(position) * price / (2 * leverage_max)
