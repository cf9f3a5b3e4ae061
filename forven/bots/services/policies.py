"""The risk and re-price policy of a bot as bodies name them: checked, merged, spelled back."""

from collections.abc import Mapping
from typing import Any

from forven.bots.errors import InvalidField, InvalidReprice, InvalidStartingCapital
from forven.bots.services.fields import refusing_as
from forven.engine.documents import join, shown
from forven.engine.reprice import RepricePolicy
from forven.engine.risk import RiskPolicy
from forven.primitives.money import MICROS_PER_UNIT
from forven.strategies.sections import Section

RISK_FIELDS = tuple(RiskPolicy.__dataclass_fields__)
CAPITAL_MIN_UNITS = 1_000
CAPITAL_MAX_UNITS = 1_000_000_000
_CENTS = 100
_BLOCKS = ("opening", "closing")


def risk_of(given: Mapping[str, object], present: RiskPolicy | None = None) -> RiskPolicy:
    """Return the risk policy with the fields a body names; the others stay as they are.

    given    the body's fields, others than the risk policy's are not looked at
    present  the policy before; None: the defaults
    """
    fields: dict[str, Any] = dict((present or RiskPolicy()).to_json())
    fields.update({name: given[name] for name in RISK_FIELDS if name in given})
    with refusing_as(InvalidField):
        return RiskPolicy(**fields)


def reprice_of(given: object, present: RepricePolicy | None = None) -> RepricePolicy:
    """Return the re-price policy with the fields a body names; the others stay as they are.

    given  {opening: {...}, closing: {...}}, each block and each field may be left out
    """
    merged: dict[str, Any] = {}
    before = (present or RepricePolicy()).to_json()
    if not isinstance(given, Mapping):
        raise InvalidReprice(
            f"reprice: expected an object with opening and closing, found {shown(given)}"
        )
    with refusing_as(InvalidReprice):
        Section(given, "reprice", _BLOCKS)
        for block in _BLOCKS:
            fields: Any = before[block]
            sent = given.get(block, {})
            Section(sent, join("reprice", block), tuple(fields))
            merged[block] = {**fields, **sent}
        return RepricePolicy.from_json(merged)


def capital_of(section: Section, field: str) -> int:
    """Return the starting capital in micros, 1,000 to 1,000,000,000 in whole cents.

    A number is taken as well as a decimal string: both are read exactly.
    """
    with refusing_as(InvalidStartingCapital):
        cents = section.decimal(
            field, _CENTS, CAPITAL_MIN_UNITS * _CENTS, CAPITAL_MAX_UNITS * _CENTS
        )
    return cents * (MICROS_PER_UNIT // _CENTS)
