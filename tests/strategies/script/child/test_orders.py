from decimal import Decimal

import pytest

from forven.primitives.errors import InvalidOrder
from forven.strategies.script.child.orders import (
    Position,
    checked_kind,
    checked_legs,
    quote_of,
)
from tests.strategies.script.child.made_chain import made_chain


def test_a_quote_is_the_net_credit_of_a_unit():
    chain = made_chain([200, 100, 0, 700] + [50] * 16, [210, 115, 10, 730] + [60] * 16)
    first, second, empty, dear = chain.calls[:4]
    spread = quote_of([first.sell_to_open(2), second.buy_to_open(2)])
    assert spread == (Decimal("0.85"), Decimal("0.95"), Decimal("0.05"))
    ratio = quote_of([first.buy_to_open(1), second.sell_to_open(2)])
    assert (ratio.natural, ratio.mid) == (Decimal("-0.10"), Decimal("0.10"))
    assert quote_of([dear.sell_to_open()]) == (Decimal("7.00"), Decimal("7.10"), Decimal("0.10"))
    assert quote_of([dear.buy_to_open()]).mid == Decimal("-7.20")  # floored: -7.15 is between
    assert quote_of([empty.sell_to_open()]).natural == 0


def test_a_leg_without_a_bid_is_given_away_only_where_all_close():
    chain = made_chain([200, 0] + [50] * 18, [210, 10] + [60] * 18)
    short, empty = chain.calls[:2]
    closing = quote_of([short.buy_to_close(), empty.sell_to_close()])
    assert (closing.natural, closing.mid) == (Decimal("-2.10"), Decimal("-2.05"))
    opening = quote_of([short.buy_to_open(), empty.sell_to_open()])
    assert (opening.natural, opening.mid) == (Decimal("-2.10"), Decimal("-2.00"))


def test_a_leg_without_a_sound_quote_has_no_price():
    chain = made_chain([200, -1, 120] + [50] * 17, [210, -1, 110] + [60] * 17)
    first, missing, crossed = chain.calls[:3]
    assert quote_of([first.sell_to_open(), missing.buy_to_open()]) is None
    assert quote_of([crossed.buy_to_open()]) is None


def test_legs_are_checked():
    call, other = made_chain().calls[:2]
    leg = call.sell_to_open()
    assert checked_legs(leg) == (leg,)
    assert checked_legs([leg, other.buy_to_open()]) == (leg, other.buy_to_open())
    for bad in ([], None, [leg] * 2, ["a"], [(call, 1, "sell to open")], "legs", [leg] * 9):
        with pytest.raises(InvalidOrder, match="legs: expected"):
            checked_legs(bad)


@pytest.mark.parametrize(
    ("kind", "legs", "has_price"),
    [("limit", 1, False), ("market", 1, True), ("stop", 2, True), ("x", 1, True), (None, 1, True)],
)
def test_a_kind_goes_with_its_legs_and_price(kind, legs, has_price):
    with pytest.raises(InvalidOrder):
        checked_kind(kind, legs, has_price)


def test_a_position_closes_itself():
    option = made_chain().puts[0]
    long, short = Position(option, 3, 5 * 10**8), Position(option, -2, -(10**8))
    assert long.closing_leg() == (option, 3, "sell to close")
    assert short.closing_leg(1) == (option, 1, "buy to close")
    assert (long.cost, short.cost) == (500, -100)
    with pytest.raises(InvalidOrder, match="at most the 2 held, found 3"):
        short.closing_leg(3)
