from decimal import Decimal

import pytest

from forven.primitives.errors import InvalidInput, InvalidOrder
from tests.strategies.script.child.made_chain import made_chain


def test_the_chain_is_found_by_right_strike_and_symbol():
    chain = made_chain()
    assert len(chain) == len(list(chain)) == 20
    assert [len(chain.calls), len(chain.puts)] == [10, 10]
    assert chain.at("call", 5310) is chain["C5310"] is chain.calls[1]
    assert chain.at("put", Decimal("5310")) is chain.puts[1]
    assert chain.at("put", 5311) is None
    assert "P5300" in chain
    assert "P1" not in chain
    assert (chain["P5300"].right, chain["P5300"].strike) == ("put", 5300)


@pytest.mark.parametrize(
    ("right", "strike", "symbol"),
    [
        ("call", 5304, "C5300"),
        ("call", 5306, "C5310"),
        ("call", 5305, "C5310"),
        ("put", 5305, "P5300"),
        ("put", "5305.01", "P5310"),
        ("call", 1, "C5300"),
        ("put", 9_999, "P5390"),
        ("put", Decimal("5390"), "P5390"),
    ],
)
def test_the_nearest_strike_wins_and_of_two_the_farther_out(right, strike, symbol):
    assert made_chain().nearest(right, strike).symbol == symbol


def test_the_nearest_delta_wins_and_of_two_the_farther_out():
    calls = [500_000, 400_000, 300_000, 200_000, 100_000, 50_000, -1, -1, 10_000, 0]
    chain = made_chain(deltas=calls + calls[::-1])
    assert chain.nearest_delta("call", "0.30") is chain.calls[2]
    assert chain.nearest_delta("call", Decimal("0.35")) is chain.calls[2]
    assert chain.nearest_delta("put", Decimal("0.35")) is chain.puts[7]
    assert chain.nearest_delta("put", "0.5") is chain.puts[9]
    assert chain.calls[6].delta is None
    assert chain.calls[4].delta == Decimal("0.1")
    assert made_chain(deltas=[-1] * 20).nearest_delta("call", "0.1") is None


def test_quotes_say_what_is_missing_crossed_or_without_a_bid():
    chain = made_chain([-1, 0, 120, 105] + [1] * 16, [-1, 5, 110, 106] + [2] * 16)
    missing, empty, crossed, sound = chain.calls[:4]
    assert (missing.bid, missing.ask, missing.mid, missing.is_quoted) == (None, None, None, False)
    assert (empty.bid, empty.ask, empty.mid) == (0, Decimal("0.05"), Decimal("0.025"))
    assert (crossed.bid, crossed.mid, crossed.is_quoted) == (Decimal("1.20"), None, False)
    assert sound.mid == Decimal("1.055")
    assert (missing.bid_quanta, empty.ask_quanta) == (-1, 5)


@pytest.mark.parametrize("quantity", [0, -1, 1.0, True, "1", 10**7])
def test_a_quantity_that_is_none_is_refused(quantity):
    with pytest.raises(InvalidOrder, match="quantity: expected a whole number of contracts"):
        made_chain().calls[0].sell_to_open(quantity)


def test_another_right_is_refused():
    with pytest.raises(InvalidInput, match="right: expected call or put, found 'calls'"):
        made_chain().of("calls")
