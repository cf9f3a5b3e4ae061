"""What short options tie up: the dated schedule of the naked requirement."""

from dataclasses import dataclass
from datetime import date

from forven.engine.checks import (
    built_from,
    check_choice,
    check_part,
    check_text,
    check_whole,
    date_of,
    decimal_units,
    fields_of,
)
from forven.engine.schedules import schedule_document
from forven.kernels import schema
from forven.primitives.errors import InvalidInput
from forven.primitives.money import decimal_text

_BPS = 10_000
_RULES = {"strike_share": schema.MARGIN_STRIKE_SHARE, "exchange": schema.MARGIN_EXCHANGE}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginSchedule:
    """A dated rule for naked shorts; pairs with longs are docs/ENGINE.md, section 3.

    rule       `strike_share`: strike x rate; `exchange`: premium + max(rate x spot - out of the
               money, floor x base)
    rate_bps   in 1/10,000     floor_bps  likewise; 0 under `strike_share`, which has no floor
    """

    name: str
    effective_from: date
    source: str
    rule: str
    rate_bps: int
    floor_bps: int

    def __post_init__(self) -> None:
        check_text("name", self.name, 40)
        check_part("effective_from", self.effective_from, date)
        check_text("source", self.source, 200)
        check_choice("rule", self.rule, tuple(_RULES))
        check_whole("rate_bps", self.rate_bps, 0, _BPS)
        check_whole("floor_bps", self.floor_bps, 0, _BPS)
        if self.rule == "strike_share" and self.floor_bps:
            raise InvalidInput(
                f"floor_bps must be 0 under the rule strike_share, was {self.floor_bps}"
            )

    @property
    def rule_code(self) -> int:
        """The rule as `schema.PLAN_MARGIN_RULE` has it."""
        return _RULES[self.rule]

    @classmethod
    def named(cls, name: str) -> "MarginSchedule":
        """Return a built-in schedule (default, exchange), or the one in a JSON file's path."""
        return cls.from_json(schedule_document("margin", name))

    def naked_micros(
        self, *, right: int, strike: int, spot: int, mark2: int, multiplier: int
    ) -> int:
        """Return the requirement of one naked short contract in micros, each division floored.

        right         `schema.CALL` or `schema.PUT`
        strike, spot  quanta; a spot that is `schema.MISSING` counts as the strike
        mark2         bid + ask in half quanta
        multiplier    micros that one quantum of one contract is worth
        """
        if self.rule_code == schema.MARGIN_STRIKE_SHARE:
            return strike * multiplier * self.rate_bps // _BPS
        spot = strike if spot == schema.MISSING else spot
        is_call = right == schema.CALL
        out_of_the_money = max(0, strike - spot if is_call else spot - strike)
        base = spot if is_call else strike
        share = spot * multiplier * self.rate_bps // _BPS - out_of_the_money * multiplier
        floor = base * multiplier * self.floor_bps // _BPS
        return mark2 * multiplier // 2 + max(share, floor)

    def to_json(self) -> dict[str, object]:
        """Return the schedule as a JSON document with decimal strings."""
        return {
            "name": self.name,
            "effective_from": self.effective_from.isoformat(),
            "source": self.source,
            "rule": self.rule,
            "rate": decimal_text(self.rate_bps, _BPS, 2),
            "floor": decimal_text(self.floor_bps, _BPS, 2),
        }

    @classmethod
    def from_json(cls, document: object, path: str = "margin") -> "MarginSchedule":
        """Return the schedule of a document, or the built-in one that a text names."""
        if isinstance(document, str):
            return cls.from_json(schedule_document("margin", document, files=False), path)
        names = ("name", "effective_from", "source", "rule", "rate", "floor")
        given = fields_of(document, path, names, complete=True)
        given["effective_from"] = date_of(f"{path}.effective_from", given["effective_from"])
        for name in ("rate", "floor"):
            given[f"{name}_bps"] = decimal_units(f"{path}.{name}", given.pop(name), _BPS, 0, _BPS)
        return built_from(cls, given, path)
