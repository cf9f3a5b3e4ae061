"""What trading costs: fees per contract by effect and premium, and the settlement fee."""

from dataclasses import dataclass
from datetime import date

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
from forven.primitives.money import (
    CENT_QUANTA_PER_POINT,
    MICROS_PER_UNIT,
    money_text,
    price_text,
)

_FEE_MICROS_MAX = 1_000 * MICROS_PER_UNIT
_SPLIT_QUANTA_MAX = 1_000 * CENT_QUANTA_PER_POINT
_MONEY_FIELDS = ("open_below", "open_from", "close_below", "close_from", "settlement")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeSchedule:
    """A dated price list of trades and settlement.

    premium_split   quanta per contract: premiums below it pay the `below` fee, others `from`
    open_below ...  micros per contract of an opening or closing trade
    settlement      micros per in-the-money instrument held at the close, whatever the quantity
    """

    name: str
    effective_from: date
    source: str
    premium_split: int
    open_below: int
    open_from: int
    close_below: int
    close_from: int
    settlement: int

    def __post_init__(self) -> None:
        check_text("name", self.name, 40)
        check_part("effective_from", self.effective_from, date)
        check_text("source", self.source, 200)
        check_whole("premium_split", self.premium_split, 0, _SPLIT_QUANTA_MAX)
        for name in _MONEY_FIELDS:
            check_whole(name, getattr(self, name), 0, _FEE_MICROS_MAX)

    @classmethod
    def named(cls, name: str) -> "FeeSchedule":
        """Return a built-in schedule (default, cboe, zero), or the one in a JSON file's path."""
        return cls.from_json(schedule_document("fees", name))

    def trade_micros(self, *, opens: bool, contracts: int, premium_quanta: int) -> int:
        """Return the fee of one leg's trade.

        premium_quanta  price of one contract, whatever its sign
        """
        below = abs(premium_quanta) < self.premium_split
        if opens:
            return contracts * (self.open_below if below else self.open_from)
        return contracts * (self.close_below if below else self.close_from)

    def to_json(self) -> dict[str, object]:
        """Return the schedule as a JSON document with decimal strings."""
        money = {name: money_text(getattr(self, name)) for name in _MONEY_FIELDS}
        return {
            "name": self.name,
            "effective_from": self.effective_from.isoformat(),
            "source": self.source,
            "premium_split": price_text(self.premium_split),
            **money,
        }

    @classmethod
    def from_json(cls, document: object, path: str = "fees") -> "FeeSchedule":
        """Return the schedule of a document, or the built-in one that a text names."""
        if isinstance(document, str):
            return cls.from_json(schedule_document("fees", document, files=False), path)
        given = fields_of(document, path, tuple(cls.__dataclass_fields__), complete=True)
        given["effective_from"] = date_of(f"{path}.effective_from", given["effective_from"])
        given["premium_split"] = decimal_units(
            f"{path}.premium_split",
            given["premium_split"],
            CENT_QUANTA_PER_POINT,
            0,
            _SPLIT_QUANTA_MAX,
        )
        for name in _MONEY_FIELDS:
            given[name] = decimal_units(
                f"{path}.{name}", given[name], MICROS_PER_UNIT, 0, _FEE_MICROS_MAX
            )
        return built_from(cls, given, path)
