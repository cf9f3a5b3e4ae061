from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forven.market.grids import (
    OptionGrid,
    PerpGrid,
    checked_price,
    is_on_grid,
    parse_price,
    snap_down,
    snap_up,
)
from forven.primitives.errors import InvalidInput, InvalidOrder


@pytest.mark.parametrize(
    ("legs", "text", "quanta"),
    [
        (1, "2.95", 295),
        (1, "3.00", 300),
        (1, "3.10", 310),
        (1, "-2.95", -295),
        (1, "-3.1", -310),
        (2, "3.05", 305),
        (4, "-4.35", -435),
        (2, "0", 0),
        (1, 3, 300),
        (1, Decimal("0.05"), 5),
    ],
)
def test_prices_on_the_option_grid_are_taken(legs, text, quanta):
    assert parse_price(OptionGrid(legs), text) == quanta


@pytest.mark.parametrize(
    ("legs", "text", "nearest"),
    [
        (1, "3.05", "3.00 and 3.10"),
        (1, "3.01", "3.00 and 3.10"),
        (1, "2.99", "2.95 and 3.00"),
        (1, "3.001", "3.00 and 3.10"),
        (1, "-3.005", "-3.10 and -3.00"),
        (2, "3.07", "3.05 and 3.10"),
        (4, "-4.333", "-4.35 and -4.30"),
        (2, "0.0500000000000000000000000000000000001", "0.05 and 0.10"),
    ],
)
def test_prices_off_the_option_grid_are_refused_with_the_two_nearest(legs, text, nearest):
    with pytest.raises(InvalidOrder, match=f"price {text} is off .* {nearest}$"):
        parse_price(OptionGrid(legs), text)


@pytest.mark.parametrize(
    "text", ["", "x", "NaN", "Infinity", "-Infinity", "1e400", 0.05, True, None, "1" * 50, "1_0x"]
)
def test_what_is_no_exact_decimal_is_no_price(text):
    with pytest.raises(InvalidOrder, match=r"expected a (decimal|finite)"):
        parse_price(OptionGrid(2), text)


# options-domain 7.1: five significant figures, 6 - szDecimals decimals, integers always
@pytest.mark.parametrize(
    ("size_decimals", "text", "is_allowed"),
    [
        (0, "123456", True),
        (0, "12345.6", False),
        (0, "1234.5", True),
        (0, "1234.56", False),
        (0, "0.001234", True),
        (0, "0.0012345", False),
        (1, "0.01234", True),
        (1, "0.012345", False),
        (5, "98765", True),
        (5, "9876.5", True),
        (5, "987.65", False),
        (6, "7", True),
        (6, "7.5", False),
        (0, "0", False),
        (0, "-1", False),
    ],
)
def test_perpetual_prices_follow_the_venues_rule(size_decimals, text, is_allowed):
    grid = PerpGrid(size_decimals)
    if is_allowed:
        assert Fraction(parse_price(grid, text), grid.quanta_per_unit) == Fraction(text)
    else:
        with pytest.raises(InvalidOrder):
            parse_price(grid, text)


def venue_allows(price: int, size_decimals: int) -> bool:
    """The rule read off the decimal spelling."""
    decimals = 6 - size_decimals
    text = f"{Decimal(price).scaleb(-decimals):f}"
    if "." not in text or not text.split(".")[1].strip("0"):
        return True
    return len(text.replace(".", "").strip("0")) <= 5


@given(price=st.integers(1, 2_000_000_000), size_decimals=st.integers(0, 6))
def test_perpetual_grid_agrees_with_the_spelling_of_the_price(price, size_decimals):
    grid = PerpGrid(size_decimals)
    assert is_on_grid(grid, price) == venue_allows(price, size_decimals)


@given(price=st.integers(1, 2_000_000_000), size_decimals=st.integers(0, 6))
def test_snapped_perpetual_prices_are_allowed_and_have_nothing_allowed_between(
    price, size_decimals
):
    grid = PerpGrid(size_decimals)
    below, above = snap_down(grid, price), snap_up(grid, price)
    assert below <= price <= above
    assert is_on_grid(grid, above)
    assert is_on_grid(grid, below) or below == 0
    between = range(below + 1, above) if above - below < 50 else (price, below + 1, above - 1)
    assert not any(venue_allows(other, size_decimals) for other in between if other != below)


def test_a_price_below_the_first_step_names_the_one_possible_neighbour():
    with pytest.raises(InvalidOrder, match=r"nearest prices are 0\.000001$"):
        parse_price(PerpGrid(0), "0.0000001")


def test_quanta_are_checked_as_decimals_are():
    assert checked_price(OptionGrid(1), 295) == 295
    with pytest.raises(InvalidOrder, match=r"price 3\.05 is off .* 3\.00 and 3\.10"):
        checked_price(OptionGrid(1), 305)


@pytest.mark.parametrize("make", [lambda: OptionGrid(0), lambda: PerpGrid(7), lambda: PerpGrid(-1)])
def test_grids_that_no_market_has_are_refused(make):
    with pytest.raises(InvalidInput):
        make()
