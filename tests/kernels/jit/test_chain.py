"""The chain kernel gives each contract the delta of the written rule, whatever the quotes."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forven.kernels.jit.chain import deltas_at
from forven.kernels.schema import CALL, MISSING, PUT
from tests.reference import chain as reference

YEARS = 30 / 525_600


def columns_of(quotes: reference.Quotes, frames: int = 3, frame: int = 1):
    """Return the kernel's arrays with the quotes in one frame and nonsense in the others."""
    keys = sorted(quotes)
    columns = np.full((3, len(keys), frames), 77, np.int32)
    for index, key in enumerate(keys):
        columns[:2, index, frame] = quotes[key]
    instruments = np.array([(strike, right) for right, strike in keys], np.int64).reshape(-1, 2)
    columns.setflags(write=False)
    instruments.setflags(write=False)
    return keys, columns, instruments


def deltas_of(quotes: reference.Quotes, years: float = YEARS):
    keys, columns, instruments = columns_of(quotes)
    deltas = np.full(len(keys), 123, np.int64)
    forward2, move2 = deltas_at(columns, instruments, 1, years, deltas)
    return (forward2, move2), dict(zip(keys, deltas.tolist(), strict=True))


def fair_quotes(forward: float, sigma: float, strikes: list[int]) -> reference.Quotes:
    """Return quotes 0.10 wide around Bachelier prices, half a million quanta high."""
    width = forward * sigma * math.sqrt(YEARS)
    quotes = {}
    for strike in strikes:
        gap = (strike - forward) / width
        density = math.exp(-0.5 * gap * gap) / math.sqrt(2 * math.pi)
        call = width * (density - gap * 0.5 * math.erfc(gap / math.sqrt(2)))
        for right, price in ((CALL, call), (PUT, call + strike - forward)):
            bid = max(0, int(price // 5) * 5 - 5)
            quotes[right, strike] = (bid, bid + 10)
    return quotes


def expected(quotes: reference.Quotes):
    found = reference.deltas(quotes)
    return {key: found.get(key, MISSING) for key in quotes}


def test_a_healthy_chain_has_the_deltas_of_the_rule():
    quotes = fair_quotes(600_130.0, 0.3, list(range(597_000, 603_500, 500)))
    found, deltas = deltas_of(quotes)
    assert found == reference.forward_and_move(quotes)
    assert deltas == expected(quotes)
    calls = [deltas[CALL, strike] for right, strike in sorted(quotes) if right == CALL]
    known = [delta for delta in calls if delta != MISSING]
    assert len(known) >= 10
    assert known == sorted(known, reverse=True)
    assert all(0 <= delta <= 1_000_000 for delta in known)


@st.composite
def any_chain(draw):
    strikes = draw(st.lists(st.integers(0, 40), min_size=1, max_size=8, unique=True))
    quotes = {}
    for step in strikes:
        strike = 599_000 + 50 * step
        for right in (CALL, PUT):
            if not draw(st.integers(0, 9)):
                continue
            kind = draw(st.integers(0, 9))
            intrinsic = max(0, 600_000 - strike if right == CALL else strike - 600_000)
            bid = intrinsic + draw(st.integers(-20, 400))
            ask = bid + draw(st.integers(0, 60))
            quotes[right, strike] = {
                0: (MISSING, MISSING),
                1: (0, 5),
                2: (max(0, ask), max(0, bid)),
            }.get(kind, (max(0, bid), max(1, ask)))
    return quotes


@given(any_chain())
@settings(max_examples=60)
def test_gaps_crossed_and_zero_bids_follow_the_rule(quotes):
    if quotes:
        found, deltas = deltas_of(quotes)
        assert found == (reference.forward_and_move(quotes) or (MISSING, MISSING))
        assert deltas == expected(quotes)


def test_equal_differences_take_the_lower_strike():
    quotes = {
        (CALL, 1000): (30, 40),
        (PUT, 1000): (20, 30),
        (CALL, 1100): (20, 30),
        (PUT, 1100): (30, 40),
    }
    assert deltas_of(quotes)[0] == (2 * 1000 + 20, 120)


def test_a_strike_exactly_at_the_forward_takes_its_call():
    quotes = {
        (CALL, 100_000): (55, 65),
        (PUT, 100_000): (5, 15),
        (CALL, 100_050): (195, 205),
        (PUT, 100_050): (5, 15),
    }
    found, deltas = deltas_of(quotes)
    assert found == (2 * 100_050, 140)
    assert deltas == expected(quotes)
    del quotes[PUT, 100_050]
    assert deltas_of(quotes)[1][CALL, 100_050] == deltas[CALL, 100_050] != MISSING
    quotes[PUT, 100_050] = quotes.pop((CALL, 100_050))
    assert deltas_of(quotes)[1][PUT, 100_050] == MISSING


def test_trap_4_a_zero_bid_gives_neither_forward_nor_volatility():
    quotes = fair_quotes(600_000.0, 0.3, [599_500, 600_000, 600_500])
    quotes[CALL, 600_500] = (0, 5)
    _, deltas = deltas_of(quotes)
    assert deltas[CALL, 600_500] == deltas[PUT, 600_500] == MISSING
    assert deltas[CALL, 600_000] != MISSING
    assert deltas_of({(CALL, 600_000): (0, 5), (PUT, 600_000): (5, 10)})[0] == (MISSING, MISSING)


def test_trap_7_a_crossed_or_one_sided_quote_founds_no_forward_and_a_locked_one_does():
    put = {(PUT, 600_000): (100, 110)}
    assert deltas_of({(CALL, 600_000): (120, 110), **put})[0] == (MISSING, MISSING)
    assert deltas_of({(CALL, 600_000): (MISSING, MISSING), **put})[0] == (MISSING, MISSING)
    assert deltas_of({(CALL, 600_000): (110, 110), **put})[0] == (1_200_010, 430)


def test_the_rights_may_list_different_strikes():
    quotes = fair_quotes(600_000.0, 0.3, [599_500, 600_000, 600_500, 601_000])
    del quotes[CALL, 599_500], quotes[PUT, 600_500], quotes[PUT, 601_000]
    _, deltas = deltas_of(quotes)
    assert deltas == expected(quotes)
    assert deltas[PUT, 599_500] != MISSING
    assert deltas[CALL, 601_000] != MISSING


def test_a_strike_whose_out_of_the_money_right_is_not_listed_has_no_delta():
    quotes = fair_quotes(600_000.0, 0.3, [599_500, 600_000, 600_500])
    del quotes[CALL, 600_500]
    assert deltas_of(quotes)[1][PUT, 600_500] == MISSING


def test_rights_of_one_strike_add_up_to_one():
    quotes = fair_quotes(600_130.0, 0.3, list(range(598_000, 602_500, 500)))
    _, deltas = deltas_of(quotes)
    for strike in range(599_000, 601_500, 500):
        assert deltas[CALL, strike] + deltas[PUT, strike] in (1_000_000, 1_000_001)


def test_no_time_means_no_deltas_and_still_a_forward():
    quotes = fair_quotes(600_130.0, 0.3, [600_000])
    found, deltas = deltas_of(quotes, years=0.0)
    assert found == reference.forward_and_move(quotes)
    assert set(deltas.values()) == {MISSING}


def test_a_forward_below_zero_has_no_deltas():
    quotes = {(CALL, 100): (10, 20), (PUT, 100): (400, 420)}
    found, deltas = deltas_of(quotes)
    assert found == (200 + 30 - 820, 850)
    assert set(deltas.values()) == {MISSING}


def test_the_clock_does_not_enter_a_delta():
    quotes = fair_quotes(600_130.0, 0.3, list(range(598_000, 602_500, 500)))
    assert deltas_of(quotes, years=1e-6) == deltas_of(quotes, years=1.0)


def test_trap_9_a_delta_is_an_integer_before_anything_is_decided_by_it():
    quotes = fair_quotes(600_130.0, 0.3, list(range(598_000, 602_500, 500)))
    keys, columns, instruments = columns_of(quotes)
    with pytest.raises(TypeError):
        deltas_at(columns, instruments, 1, YEARS, np.empty(len(keys)))
