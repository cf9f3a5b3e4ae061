import pytest

from forven.strategies.description import describe, warnings
from forven.strategies.structured import parse_strategy
from tests.strategies.documents import SPREAD, leg, of_legs, spoiled

LEAVES = (
    "Leaves at a loss of 200 % of the premium, or at 50 % of the maximum profit, or at 15:55:00; "
    "what is left then settles at the close."
)


def test_a_spread_reads_as_sentences():
    assert describe(parse_strategy(SPREAD)) == [
        "Leg 0: Sell 1 put with the delta nearest to 0.16.",
        "Leg 1: Buy 1 put 25.00 points below leg 0.",
        "Enters at 09:35:00 New York time, on Monday, Friday, at most once a day.",
        LEAVES,
        "Each entry trades 1 unit for a credit or a debit.",
    ]


@pytest.mark.parametrize(
    ("strike", "words"),
    [
        ({"method": "delta", "value": 0.4}, "Buy 2 calls with the delta nearest to 0.40."),
        ({"method": "offset", "value": 25}, "Buy 2 calls 25.00 points out of the money."),
        ({"method": "offset", "value": -5}, "Buy 2 calls 5.00 points in the money."),
        ({"method": "premium", "value": 1.5}, "Buy 2 calls whose ask is nearest to 1.50."),
        ({"method": "atm"}, "Buy 2 calls at the money."),
        (
            {"method": "expected_move", "value": 1},
            "Buy 2 calls 1.00 expected moves out of the money.",
        ),
        ({"method": "strike", "value": 5950}, "Buy 2 calls at the strike 5950.00."),
        ({"method": "relative", "leg": 0, "value": 0}, "Buy 2 calls at the strike of leg 0."),
        ({"method": "relative", "leg": 0, "value": 5}, "Buy 2 calls 5.00 points above leg 0."),
    ],
)
def test_every_strike_method_has_words(strike, words):
    document = of_legs(leg("buy", "put", method="atm"), leg("buy", "call", 2, **strike))
    assert describe(parse_strategy(document))[1] == f"Leg 1: {words}"


def test_windows_and_a_debit_have_words():
    document = of_legs(leg("buy", "call", 2, method="atm"))
    document["entry"] = {"windows": [{"from": "10:00", "to": "11:00"}], "max_entries": 2}
    sentences = describe(parse_strategy(document))
    assert sentences[1:] == [
        "Enters from 10:00:00 to 11:00:00 New York time, every trading day, at most 2 times a day.",
        "Leaves by settlement at the close.",
        "Each entry trades 2 units for a debit in every market.",
    ]


QUIET = spoiled("exit", "time", value="12:59")


def test_nothing_unusual_gives_no_warning():
    assert warnings(parse_strategy(QUIET)) == []


@pytest.mark.parametrize(
    ("document", "start"),
    [
        (SPREAD, "exit.time: 15:55:00 is at or after the 13:00 close of early-close days"),
        (spoiled("exit", "time", value="13:00"), "exit.time: 13:00:00 is at or after"),
        (spoiled("entry", "times", value=["13:00"]), "entry: 13:00:00 is at or after the 13:00"),
        (spoiled("entry", "times", value=["09:30"]), "entry: in the first seconds after the open"),
        (spoiled("entry", "times", value=["10:00", "11:00"]), "entry.max_entries: 1 of 2 times"),
        (spoiled("exit", value={}), "exit: there is none; every position is held to settlement"),
        (
            of_legs(leg("buy", "put", method="atm"), profit_target_pct=50),
            "exit.profit_target_pct: the maximum profit of bought puts",
        ),
        (
            of_legs(
                leg("sell", "call", method="atm"),
                leg("buy", "call", 2, method="relative", leg=0, value=20),
                profit_target_pct=50,
            ),
            "exit.profit_target_pct: more calls are bought than sold",
        ),
    ],
)
def test_what_may_surprise_is_warned_of(document, start):
    found = warnings(parse_strategy(document))
    assert any(warning.startswith(start) for warning in found), found
