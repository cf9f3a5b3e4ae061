import pytest

from forven.primitives.errors import InvalidStrategy
from forven.strategies.rules import has_unbounded_profit, is_certain_debit
from forven.strategies.structured import parse_strategy
from tests.strategies.documents import leg, of_legs


def at(side: str, right: str, strike: int, quantity: int = 1) -> dict[str, object]:
    return leg(side, right, quantity, method="strike", value=str(strike))


def by_delta(side: str, right: str, delta: str) -> dict[str, object]:
    return leg(side, right, method="delta", value=delta)


def from_leg(side: str, right: str, anchor: int, value: str, quantity: int = 1):
    return leg(side, right, quantity, method="relative", leg=anchor, value=value)


def atm(side: str, right: str, quantity: int = 1) -> dict[str, object]:
    return leg(side, right, quantity, method="atm")


DEBITS = {
    "long call": [by_delta("buy", "call", "0.4")],
    "long straddle": [atm("buy", "call"), atm("buy", "put")],
    "call vertical by strikes": [at("buy", "call", 5950), at("sell", "call", 5960)],
    "put vertical by strikes": [at("sell", "put", 5950), at("buy", "put", 5960)],
    "call vertical by steps": [atm("buy", "call"), from_leg("sell", "call", 0, "5")],
    "put vertical by steps": [
        leg("buy", "put", method="premium", value="4"),
        from_leg("sell", "put", 0, "-5"),
    ],
    "two steps of one leg": [
        atm("buy", "call", 2),
        from_leg("sell", "call", 0, "10"),
        from_leg("buy", "call", 0, "5"),
    ],
    "steps after steps": [
        atm("buy", "call"),
        from_leg("sell", "put", 0, "5"),
        from_leg("sell", "call", 1, "5"),
        from_leg("buy", "put", 0, "15"),
    ],
    "vertical by deltas": [by_delta("buy", "put", "0.3"), by_delta("sell", "put", "0.2")],
    "deltas and a step": [
        by_delta("buy", "call", "0.3"),
        by_delta("buy", "call", "0.2"),
        from_leg("sell", "call", 1, "5"),
    ],
    "long condor": [
        by_delta("buy", "put", "0.3"),
        by_delta("sell", "put", "0.1"),
        by_delta("buy", "call", "0.3"),
        by_delta("sell", "call", "0.1"),
    ],
    "long butterfly by strikes": [
        at("buy", "call", 5940),
        at("sell", "call", 5950, 2),
        at("buy", "call", 5960),
    ],
}

NOT_CERTAIN = {
    "credit vertical": [at("sell", "call", 5950), at("buy", "call", 5960)],
    "credit vertical by deltas": [by_delta("sell", "put", "0.16"), by_delta("buy", "put", "0.06")],
    "equal deltas": [by_delta("buy", "put", "0.16"), by_delta("sell", "put", "0.16")],
    "iron butterfly": [
        atm("sell", "put"),
        from_leg("sell", "call", 0, "0"),
        from_leg("buy", "put", 0, "-20"),
        from_leg("buy", "call", 0, "20"),
    ],
    "butterfly whose steps may be moved by the strikes that are listed": [
        atm("sell", "call", 2),
        from_leg("buy", "call", 0, "-20"),
        from_leg("buy", "call", 0, "20"),
    ],
    "broken-wing butterfly": [
        at("buy", "call", 5940),
        at("sell", "call", 5950, 2),
        at("buy", "call", 5990),
    ],
    "offsets, since a sold strike needs a bid": [
        leg("buy", "call", method="offset", value="5"),
        leg("sell", "call", method="offset", value="20"),
    ],
    "one dear leg for two sold": [
        at("buy", "call", 5940),
        at("sell", "call", 5950, 2),
        at("buy", "call", 6100),
    ],
    "calls against puts": [atm("buy", "call"), atm("sell", "put"), from_leg("buy", "put", 1, "-5")],
    "down and up again": [
        atm("buy", "call"),
        from_leg("sell", "call", 0, "20"),
        from_leg("sell", "call", 1, "-15"),
        from_leg("buy", "call", 0, "60"),
    ],
}


@pytest.mark.parametrize("name", DEBITS)
def test_certain_debits_are_known(name):
    assert is_certain_debit(parse_strategy(of_legs(*DEBITS[name])).legs)


@pytest.mark.parametrize("name", NOT_CERTAIN)
def test_what_may_be_a_credit_is_no_certain_debit(name):
    assert not is_certain_debit(parse_strategy(of_legs(*NOT_CERTAIN[name])).legs)


@pytest.mark.parametrize("name", DEBITS)
def test_a_debit_cannot_lose_more_than_all_of_it(name):
    parse_strategy(of_legs(*DEBITS[name], stop_loss_pct=100))
    with pytest.raises(
        InvalidStrategy, match=r"^exit.stop_loss_pct: expected at most 100, .*100.01"
    ):
        parse_strategy(of_legs(*DEBITS[name], stop_loss_pct="100.01"))


@pytest.mark.parametrize("name", NOT_CERTAIN)
def test_what_may_be_a_credit_may_stop_at_a_multiple_of_it(name):
    parse_strategy(of_legs(*NOT_CERTAIN[name], stop_loss_pct=300))


@pytest.mark.parametrize("name", ["long call", "long straddle"])
def test_an_unbounded_profit_has_no_target_and_the_message_says_what_to_do(name):
    with pytest.raises(
        InvalidStrategy, match=r"^exit.profit_target_pct: .* sell a call farther out"
    ):
        parse_strategy(of_legs(*DEBITS[name], profit_target_pct=50))


def test_a_backspread_may_have_a_target_since_it_may_be_a_credit():
    legs = [at("sell", "call", 5950), at("buy", "call", 5960, 2)]
    strategy = parse_strategy(of_legs(*legs, profit_target_pct=50))
    assert has_unbounded_profit(strategy.legs)
    assert not is_certain_debit(strategy.legs)


def test_a_long_put_may_have_a_target():
    strategy = parse_strategy(of_legs(by_delta("buy", "put", "0.3"), profit_target_pct=1))
    assert not has_unbounded_profit(strategy.legs)


@pytest.mark.parametrize(
    ("legs", "field", "found"),
    [
        ([atm("sell", "call")], "legs[0]", "1 sold and 0 bought"),
        ([atm("buy", "call"), atm("sell", "call", 2)], "legs[1]", "2 sold and 1 bought"),
        ([atm("buy", "call", 2), atm("sell", "put", 2)], "legs[1]", "1 sold and 0 bought"),
    ],
)
def test_a_short_is_covered_by_a_long_of_its_own_right(legs, field, found):
    with pytest.raises(InvalidStrategy) as refused:
        parse_strategy(of_legs(*legs))
    assert str(refused.value).startswith(f"{field}: expected every sold")
    assert found in str(refused.value)


@pytest.mark.parametrize(
    "legs",
    [
        [at("sell", "put", 5950), at("buy", "put", 5950)],
        [atm("sell", "put"), from_leg("buy", "put", 0, "0")],
        [
            atm("buy", "call"),
            from_leg("buy", "put", 0, "-5"),
            from_leg("sell", "put", 0, "-5"),
        ],
        [
            at("buy", "call", 5950),
            from_leg("buy", "put", 0, "0"),
            at("sell", "put", 5950),
        ],
    ],
)
def test_two_legs_may_not_name_one_instrument(legs):
    late = len(legs) - 1
    with pytest.raises(InvalidStrategy) as refused:
        parse_strategy(of_legs(*legs))
    assert str(refused.value).startswith(f"legs[{late}].strike: expected another")


def test_one_strike_may_be_used_by_both_rights():
    parse_strategy(of_legs(at("buy", "call", 5950), at("buy", "put", 5950)))
