import pytest

from forven.kernels import schema
from forven.primitives.errors import InvalidStrategy
from forven.strategies.legs import METHODS, RIGHTS
from forven.strategies.structured import parse_strategy
from tests.strategies.documents import leg, of_legs


def value_of(method: str, value: object) -> int:
    first = leg("buy", "put", method="atm")
    extra = {"leg": 0} if method == "relative" else {}
    second = leg("buy", "call", method=method, value=value, **extra)
    return parse_strategy(of_legs(first, second)).legs[1].value


@pytest.mark.parametrize(
    ("method", "value", "units"),
    [
        ("delta", "0.16", 160_000),
        ("delta", 0.000001, 1),
        ("delta", "0.999999", 999_999),
        ("offset", 25, 2_500),
        ("offset", "-12.5", -1_250),
        ("offset", "10000", 1_000_000),
        ("premium", "0.01", 1),
        ("premium", "1.35", 135),
        ("premium", 10_000, 1_000_000),
        ("expected_move", "1.25", 12_500),
        ("expected_move", "-10", -100_000),
        ("expected_move", 10, 100_000),
        ("strike", "5950", 595_000),
        ("strike", 1, 100),
        ("strike", 100_000, 10_000_000),
        ("relative", "-25", -2_500),
        ("relative", "0", 0),
        ("relative", "10000", 1_000_000),
    ],
)
def test_values_become_exact_integers(method, value, units):
    assert value_of(method, value) == units


@pytest.mark.parametrize(
    ("method", "value", "bounds"),
    [
        ("delta", "0", "from 0.000001 to 0.999999 in steps of 0.000001"),
        ("delta", "1", "from 0.000001 to 0.999999"),
        ("delta", 0.1234567, "in steps of 0.000001"),
        ("delta", "-0.16", "from 0.000001"),
        ("offset", "10000.01", "from -10000 to 10000 in steps of 0.01"),
        ("offset", "-10000.01", "from -10000 to 10000"),
        ("premium", "0", "from 0.01 to 10000"),
        ("premium", "10000.01", "from 0.01 to 10000"),
        ("premium", "0.015", "in steps of 0.01"),
        ("expected_move", "10.0001", "from -10 to 10 in steps of 0.0001"),
        ("expected_move", "-10.0001", "from -10 to 10"),
        ("strike", "0.99", "from 1 to 100000"),
        ("strike", "100000.01", "from 1 to 100000"),
        ("relative", "10000.01", "from -10000 to 10000"),
        ("relative", "-10000.01", "from -10000 to 10000"),
    ],
)
def test_values_beyond_their_bounds_are_refused_with_the_bounds(method, value, bounds):
    with pytest.raises(InvalidStrategy) as refused:
        value_of(method, value)
    assert str(refused.value).startswith("legs[1].strike.value: expected a number ")
    assert bounds in str(refused.value)


def test_methods_and_rights_have_the_codes_of_the_kernel():
    assert {name: method.code for name, method in METHODS.items()} == {
        "delta": schema.METHOD_DELTA,
        "offset": schema.METHOD_OFFSET,
        "premium": schema.METHOD_PREMIUM,
        "atm": schema.METHOD_ATM,
        "expected_move": schema.METHOD_EXPECTED_MOVE,
        "strike": schema.METHOD_STRIKE,
        "relative": schema.METHOD_RELATIVE,
    }
    assert RIGHTS == {"call": schema.CALL, "put": schema.PUT}


def test_there_are_at_most_eight_legs():
    many = [leg("buy", "call", method="strike", value=5_000 + 5 * i) for i in range(9)]
    assert len(parse_strategy(of_legs(*many[:8])).legs) == 8
    with pytest.raises(InvalidStrategy, match="legs: expected a list of 1 to 8 legs, found 9"):
        parse_strategy(of_legs(*many))


def test_a_leg_has_at_most_a_thousand_contracts():
    pair = [
        leg("buy", "call", 1_000, method="atm"),
        leg("sell", "call", 999, method="delta", value=0.1),
    ]
    assert [one.ratio for one in parse_strategy(of_legs(*pair)).legs] == [1_000, 999]
