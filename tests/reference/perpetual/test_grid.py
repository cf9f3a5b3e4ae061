"""The price grid against the venue's rules in decimals, and through the door of a session."""

from decimal import Decimal
from random import Random

import pytest

from forven.kernels import schema
from forven.kernels.perpetual_schema import PRICE_MAX
from tests.reference.perpetual.grid import is_on_grid, snap_down, snap_up, tick
from tests.reference.perpetual.handmade import BUY, Script, reasons
from tests.reference.perpetual.stream import Contract

KNOWN = [
    # the venue's own examples: price, size decimals, valid
    ("123456", 2, True),
    ("12345.6", 1, False),
    ("1234.5", 1, True),
    ("1234.56", 1, False),
    ("0.001234", 0, True),
    ("0.0012345", 0, False),
    ("0.01234", 1, True),
    ("0.012345", 1, False),
]


def is_valid(price: Decimal, size_decimals: int) -> bool:
    """Five significant figures, 6 - size decimals decimals; whole numbers always."""
    if price == price.to_integral_value():
        return True
    _, digits, exponent = price.normalize().as_tuple()
    return len(digits) <= 5 and -exponent <= 6 - size_decimals


def contract_of(size_decimals: int) -> Contract:
    return Contract(1, 5, 10 ** (6 - size_decimals), 1, 0, 0, 0, 8)


@pytest.mark.parametrize(("text", "size_decimals", "valid"), KNOWN)
def test_the_decimal_rule_knows_the_venues_examples(text, size_decimals, valid):
    assert is_valid(Decimal(text), size_decimals) == valid


def cases(size_decimals: int) -> list[int]:
    """Return prices in quanta of every length, at the edges of ticks and elsewhere."""
    chance = Random(size_decimals)
    found = {PRICE_MAX, 1, 9, 10, 11}
    for digits in range(1, 10):
        for _ in range(12):
            price = chance.randrange(10 ** (digits - 1), 10**digits)
            step = 10 ** chance.randint(0, max(0, digits - 3))
            found.update({price, max(1, price // step * step), 10**digits - 1, 10**digits + 1})
    return sorted(found)


@pytest.mark.parametrize("size_decimals", range(6))
def test_a_price_is_on_the_grid_exactly_if_the_venue_takes_it(played, size_decimals):
    prices = [price for price in cases(size_decimals) if price <= PRICE_MAX]
    quantum = Decimal(10) ** (size_decimals - 6)
    valid = [is_valid(price * quantum, size_decimals) for price in prices]
    assert [is_on_grid(price, contract_of(size_decimals)) for price in prices] == valid
    assert min(valid.count(True), valid.count(False)) >= 40
    script = Script()
    script.agree(FIGURES=5, WHOLE=10 ** (6 - size_decimals), VALUE=1)
    script.set(MAX_ORDERS=0)
    script.frames(2, 1_000, 1_002)
    for price in prices:
        script.limit(1, BUY, price, 1)
    expected = [schema.REASON_MAX_ORDERS if fits else schema.REASON_OFF_GRID for fits in valid]
    assert reasons(played(script), schema.EVENT_ORDER_REJECTED) == expected


def test_snapping_is_the_nearest_grid_price_on_either_side():
    for size_decimals in (0, 2, 5):
        contract = contract_of(size_decimals)
        for price in cases(size_decimals):
            for signed in (price, -price):
                down, up = snap_down(signed, contract), snap_up(signed, contract)
                assert down <= signed <= up
                assert up - down in (0, tick(price, contract))
                for snapped in (down, up):
                    assert snapped == 0 or snapped % tick(abs(snapped), contract) == 0


def test_a_fixed_tick_knows_no_figures():
    contract = Contract(1, 0, 1, 25, 0, 0, 0, 8)
    assert [price for price in range(1, 101) if is_on_grid(price, contract)] == [25, 50, 75, 100]
    assert not is_on_grid(PRICE_MAX + 25, contract)
    assert (snap_down(-30, contract), snap_up(-30, contract)) == (-50, -25)
