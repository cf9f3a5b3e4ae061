from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forven.kernels.schema import CALL, PUT
from forven.market.instruments import (
    STRIKE_QUANTA_MAX,
    OptionSymbol,
    card_of,
    parse_osi,
)
from forven.primitives.errors import InvalidInput

symbols = st.builds(
    OptionSymbol,
    root=st.from_regex(r"[A-Z][A-Z0-9]{0,5}", fullmatch=True),
    expiry=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    right=st.sampled_from([CALL, PUT]),
    strike_quanta=st.integers(1, STRIKE_QUANTA_MAX),
)


@given(symbol=symbols)
def test_every_symbol_reads_back_as_it_was_written(symbol):
    assert len(symbol.osi) == 21
    assert parse_osi(symbol.osi) == symbol


@given(
    text=st.from_regex(r"[A-Z ]{1,6} {0,3}2[0-4][01][0-9][0-3][0-9][CP][0-9]{7}0", fullmatch=True)
)
def test_what_is_read_is_written_the_same(text):
    try:
        symbol = parse_osi(text)
    except InvalidInput:
        return
    assert symbol.osi == text


def test_the_symbol_of_the_occ_is_root_date_right_and_strike_in_thousandths():
    symbol = OptionSymbol(root="SPXW", expiry=date(2026, 11, 21), right=CALL, strike_quanta=600_000)
    assert symbol.osi == "SPXW  261121C06000000"
    assert parse_osi("XSP   250109P00592500").strike_quanta == 59_250


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SPXW261121C06000000", "21 characters"),
        ("SPXW  261121C06000000 ", "21 characters"),
        ("spxw  261121C06000000", "21 characters"),
        ("SPXW  261121X06000000", "21 characters"),
        ("SP W  261121C06000000", "21 characters"),
        ("SPXW  26112１C06000000", "21 characters"),
        ("SPXW  261131C06000000", "not a date"),
        ("SPXW  261121C06000001", "multiple of 0.01"),
        ("SPXW  261121C00000000", "strike"),
    ],
)
def test_a_symbol_that_is_not_one_is_refused_with_its_reason(text, reason):
    with pytest.raises(InvalidInput, match=reason):
        parse_osi(text)


@pytest.mark.parametrize(
    "change",
    [{"root": "SPXWEEKLY"}, {"right": 2}, {"strike_quanta": STRIKE_QUANTA_MAX + 1},
     {"strike_quanta": 0}, {"expiry": date(1999, 12, 31)}],
)  # fmt: skip
def test_an_option_that_no_symbol_can_name_is_refused(change):
    sound = {"root": "SPXW", "expiry": date(2024, 6, 3), "right": CALL, "strike_quanta": 530_000}
    with pytest.raises(InvalidInput):
        OptionSymbol(**{**sound, **change})


def test_one_point_of_a_contract_is_worth_a_hundred_dollars():
    for root in ("SPXW", "XSP"):
        card = card_of(root)
        assert card.multiplier_micros * card.quanta_per_point == 100 * 1_000_000


def test_an_unknown_root_is_refused_and_the_known_ones_are_named():
    with pytest.raises(InvalidInput, match="SPXW, XSP"):
        card_of("SPX")
