from decimal import Decimal, getcontext, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forven.market.grids import OptionGrid, is_on_grid, snap_down
from forven.primitives.errors import InvalidOrder
from forven.strategies.script.child import prices


@given(st.integers(-(10**9), 10**9))
def test_a_price_and_its_quanta_are_one_to_one(quanta):
    assert prices.price(quanta) * 100 == quanta
    assert prices.quanta_of(prices.price(quanta), "price") == quanta
    assert prices.quanta_of(str(prices.price(quanta)), "price") == quanta


@given(st.integers(-(10**15), 10**15))
def test_money_is_exact_and_has_cents(micros):
    amount = prices.money(micros)
    assert amount * 10**6 == micros
    assert -amount.as_tuple().exponent in (2, 6)


def test_the_scripts_own_decimal_context_changes_nothing():
    with localcontext() as context:
        context.prec = 2
        assert prices.price(123_457) == Decimal("1234.57")
        assert prices.quanta_of("1234.57", "price") == 123_457
    assert getcontext().prec > 2


@given(st.integers(-2_000, 2_000), st.integers(1, 3))
def test_the_grid_is_the_engines(quanta, legs):
    grid = OptionGrid(legs)
    assert prices.step(quanta, legs) == grid.step(quanta)
    if is_on_grid(grid, quanta):
        assert prices.order_quanta(prices.price(quanta), legs) == quanta
    else:
        with pytest.raises(InvalidOrder, match="the nearest are") as refusal:
            prices.order_quanta(prices.price(quanta), legs)
        assert str(prices.price(snap_down(grid, quanta))) in str(refusal.value)


@pytest.mark.parametrize(
    "value", [1.5, None, True, "a", "NaN", "Infinity", "1.005", Decimal("1e30"), "9" * 50, b"1"]
)
def test_what_is_no_exact_price_is_refused(value):
    with pytest.raises(InvalidOrder):
        prices.quanta_of(value, "price")


def test_whole_strikes_have_no_decimals():
    assert [str(prices.points(quanta)) for quanta in (530_000, 530_050)] == ["5300", "5300.50"]
