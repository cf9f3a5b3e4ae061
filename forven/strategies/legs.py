"""The legs of a structured strategy: side, right, ratio, and how each finds its strike."""

from dataclasses import dataclass
from math import gcd

from forven.kernels import schema
from forven.primitives.money import CENT_QUANTA_PER_POINT, decimal_text
from forven.strategies.sections import Section, refuse

LEG_QUANTITY_MAX = 1_000
SIDES = {"sell": 1, "buy": -1}
RIGHTS = {"call": schema.CALL, "put": schema.PUT}


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeMethod:
    """How a method's value is written: in units of 1/`scale`, from `least` to `most` units."""

    code: int
    scale: int
    least: int
    most: int


_POINT = CENT_QUANTA_PER_POINT
METHODS = {
    "delta": StrikeMethod(code=schema.METHOD_DELTA, scale=10**6, least=1, most=10**6 - 1),
    "offset": StrikeMethod(
        code=schema.METHOD_OFFSET, scale=_POINT, least=-10_000 * _POINT, most=10_000 * _POINT
    ),
    "premium": StrikeMethod(
        code=schema.METHOD_PREMIUM, scale=_POINT, least=1, most=10_000 * _POINT
    ),
    "atm": StrikeMethod(code=schema.METHOD_ATM, scale=1, least=0, most=0),
    "expected_move": StrikeMethod(
        code=schema.METHOD_EXPECTED_MOVE, scale=10**4, least=-10 * 10**4, most=10 * 10**4
    ),
    "strike": StrikeMethod(
        code=schema.METHOD_STRIKE, scale=_POINT, least=_POINT, most=100_000 * _POINT
    ),
    "relative": StrikeMethod(
        code=schema.METHOD_RELATIVE, scale=_POINT, least=-10_000 * _POINT, most=10_000 * _POINT
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One leg, made by `read_legs`.

    side    `sell` or `buy`          right   `call` or `put`
    ratio   contracts per order unit, reduced by the legs' common divisor
    method  a name of `METHODS`      value   in the method's units, 0 for `atm`
    anchor  `relative`: index of the earlier leg; 0 for the other methods
    """

    side: str
    right: str
    ratio: int
    method: str
    value: int
    anchor: int = 0

    @property
    def is_sold(self) -> bool:
        """Whether the leg is sold."""
        return self.side == "sell"

    @property
    def is_call(self) -> bool:
        """Whether the leg is a call."""
        return self.right == "call"

    @property
    def value_text(self) -> str:
        """The strike rule's value as a decimal string."""
        return decimal_text(self.value, METHODS[self.method].scale, 2)

    def to_json(self) -> dict[str, object]:
        """Return the leg's one spelling."""
        strike: dict[str, object] = {"method": self.method}
        if self.method == "relative":
            strike["leg"] = self.anchor
        if self.method != "atm":
            strike["value"] = self.value_text
        return {"side": self.side, "right": self.right, "quantity": self.ratio, "strike": strike}


def read_legs(root: Section) -> tuple[tuple[Leg, ...], int]:
    """Return the legs with reduced ratios, and the divisor that was taken out of them."""
    items = root.items("legs", schema.MAX_LEGS, "legs")
    drafts = [_read_leg(item, index) for index, item in enumerate(items)]
    divisor = gcd(*(ratio for _, ratio in drafts))
    legs = tuple(
        Leg(
            side=leg.side,
            right=leg.right,
            ratio=ratio // divisor,
            method=leg.method,
            value=leg.value,
            anchor=leg.anchor,
        )
        for leg, ratio in drafts
    )
    return legs, divisor


def _read_leg(item: object, index: int) -> tuple[Leg, int]:
    """Return the leg at an index of the document, and its quantity as written."""
    path = f"legs[{index}]"
    section = Section(
        item,
        path,
        ("side", "right", "quantity", "strike"),
        {"direction": "side", "type": "right", "qty": "quantity"},
    )
    side = section.choice("side", tuple(SIDES))
    right = section.choice("right", tuple(RIGHTS))
    quantity = section.whole("quantity", 1, LEG_QUANTITY_MAX, default=1)
    strike = section.needed("strike", "an object with a method")
    method, value, anchor = _read_strike(strike, f"{path}.strike", index)
    leg = Leg(side=side, right=right, ratio=quantity, method=method, value=value, anchor=anchor)
    return leg, quantity


def _read_strike(item: object, path: str, index: int) -> tuple[str, int, int]:
    """Return method, value and anchor of a leg's strike rule."""
    section = Section(item, path, ("method", "value", "leg"))
    name = section.choice("method", tuple(METHODS))
    method = METHODS[name]
    if name == "atm":
        if section.has("value"):
            refuse(
                f"{path}.value", "no value for the method atm", "one", "remove it, or use offset"
            )
        value = 0
    else:
        value = section.decimal("value", method.scale, method.least, method.most)
    if name != "relative":
        if section.has("leg"):
            refuse(f"{path}.leg", f"no leg for the method {name}", "one", "remove it")
        return name, value, 0
    if index == 0:
        refuse(
            f"{path}.method",
            "another method for the first leg",
            '"relative"',
            "no leg comes before it: let a later leg refer to this one",
        )
    return name, value, section.whole("leg", 0, index - 1)
