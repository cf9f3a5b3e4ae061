"""Money and prices: exact integers, and decimal strings both ways."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forven.primitives import money
from forven.primitives.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "micros"),
    [("1.72", 1_720_000), ("-0.000001", -1), ("+5", 5_000_000), (7, 7_000_000), (".5", 500_000),
     ("100000.", 10**11), (Decimal("1E+2"), 10**8), (Decimal("0.50"), 500_000)],
)  # fmt: skip
def test_an_amount_is_read_exactly(text, micros):
    assert money.micros_of(text) == micros


@pytest.mark.parametrize(
    "text",
    ["", "nan", "NaN", "inf", "-Infinity", "1e400", "1e3", "1,000", "0x10", "١", " 1", "1\n", "--1",
     True, 1.5, None, "9" * 31, Decimal("NaN"), Decimal("Infinity")],
)  # fmt: skip
def test_what_is_no_plain_decimal_is_refused_by_name(text):
    with pytest.raises(InvalidInput, match="capital: expected a decimal number, found"):
        money.micros_of(text, "capital")


def test_a_refused_text_is_not_repeated_at_length():
    with pytest.raises(InvalidInput) as refused:
        money.micros_of("9" * 100_000)
    assert len(str(refused.value)) < 120


def test_an_amount_finer_than_a_micro_is_refused():
    with pytest.raises(InvalidInput, match=r"expected a multiple of 0\.000001, found 0\.0000005"):
        money.micros_of("0.0000005")


def test_thirty_digits_on_either_side_do_not_lose_a_micro():
    assert money.micros_of("9" * 30) == int("9" * 30) * 1_000_000
    with pytest.raises(InvalidInput, match="multiple"):
        money.micros_of("1." + "0" * 29 + "1")


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (1_720_000, "1.72"),
        (0, "0.00"),
        (-1, "-0.000001"),
        (-2_500_000, "-2.50"),
        (1_230_400, "1.2304"),
    ],
)
def test_money_shows_cents_at_least(micros, text):
    assert money.money_text(micros) == text


@pytest.mark.parametrize(("quanta", "text"), [(-430, "-4.30"), (5, "0.05"), (474_283, "4742.83")])
def test_prices_are_quanta_of_a_cent(quanta, text):
    assert money.price_text(quanta) == text


def test_a_scale_of_one_has_no_decimals():
    assert money.decimal_text(-12, 1, 0) == "-12"


@given(st.integers(-(10**24), 10**24))
def test_money_survives_the_way_there_and_back(micros):
    assert money.micros_of(money.money_text(micros)) == micros
