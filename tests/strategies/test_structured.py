import json
from copy import deepcopy

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from forven.primitives.errors import InvalidStrategy
from forven.strategies.examples import examples_folder
from forven.strategies.structured import parse_strategy
from tests.strategies.documents import SPREAD, sound_documents, spoiled, without

CONFIG = {
    "legs": [
        {
            "direction": "sell",
            "type": "put",
            "qty": 1,
            "strike": {"method": "delta", "value": 0.16},
        },
        {
            "direction": "buy",
            "type": "put",
            "qty": 1,
            "strike": {"method": "delta", "value": 0.06},
        },
    ],
    "entry": {"time": "09:35"},
    "exit": {"profit_target_pct": 50, "time": "15:55"},
}
NATIVE = {
    "name": "The same, said otherwise",
    "description": "Words do not trade.",
    "legs": [
        {"side": "sell", "right": "put", "strike": {"value": "0.160", "method": "delta"}},
        {"side": "buy", "right": "put", "strike": {"value": "0.06", "method": "delta"}},
    ],
    "entry": {
        "weekdays": ["fri", "thu", "wed", "tue", "mon"],
        "times": ["09:35:00"],
        "max_entries": 1,
    },
    "exit": {"time": "15:55:00", "profit_target_pct": "50.00", "stop_loss_pct": None},
    "quantity": 1,
}


def test_the_two_shapes_of_one_strategy_have_one_hash():
    config, native = parse_strategy(CONFIG), parse_strategy(NATIVE)
    assert config.hash == native.hash
    assert config.program() == native.program()
    assert native.name == NATIVE["name"]


def test_the_canonical_form_is_spelled_out():
    assert parse_strategy(SPREAD).to_json() == {
        "name": "Put credit spread",
        "description": "",
        "legs": [
            {
                "side": "sell",
                "right": "put",
                "quantity": 1,
                "strike": {"method": "delta", "value": "0.16"},
            },
            {
                "side": "buy",
                "right": "put",
                "quantity": 1,
                "strike": {"method": "relative", "leg": 0, "value": "-25.00"},
            },
        ],
        "entry": {"times": ["09:35:00"], "weekdays": ["mon", "fri"], "max_entries": 1},
        "exit": {"profit_target_pct": "50.00", "stop_loss_pct": "200.00", "time": "15:55:00"},
        "quantity": 1,
    }


@given(sound_documents())
def test_parsing_the_canonical_form_changes_nothing(document):
    try:
        strategy = parse_strategy(document)
    except InvalidStrategy as refused:
        assume("legs[" not in str(refused) and "exit." not in str(refused))
        raise
    text = json.dumps(strategy.to_json())
    again = parse_strategy(text)
    assert again == strategy
    assert json.dumps(again.to_json()) == text
    assert again.hash == strategy.hash


def reordered(value: object, random: object) -> object:
    if isinstance(value, list):
        return [reordered(item, random) for item in value]
    if not isinstance(value, dict):
        return value
    names = list(value)
    random.shuffle(names)
    return {name: reordered(value[name], random) for name in names}


@given(st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_reach_the_hash(random):
    text = json.dumps(reordered(NATIVE, random))
    assert parse_strategy(text).hash == parse_strategy(CONFIG).hash


@pytest.mark.parametrize("spelling", ["0.16", "0.160", "0.160000", "00.16"])
def test_the_spelling_of_a_number_does_not_reach_the_hash(spelling):
    expected = parse_strategy(SPREAD).hash
    path = ("legs", 0, "strike", "value")
    assert parse_strategy(spoiled(*path, value=spelling)).hash == expected
    assert parse_strategy(spoiled(*path, value=float(spelling))).hash == expected
    text = json.dumps(SPREAD).replace('"0.16"', "16e-2")
    assert parse_strategy(text).hash == expected


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("legs", 0, "strike", "value"), "0.17"),
        (("legs", 1, "strike", "value"), "-30"),
        (("legs", 1, "quantity"), 2),
        (("entry", "times"), ["09:36"]),
        (("entry", "weekdays"), ["mon"]),
        (("exit", "time"), "15:54"),
        (("exit", "stop_loss_pct"), None),
        (("exit", "profit_target_pct"), "50.01"),
        (("quantity",), 2),
    ],
)
def test_whatever_changes_the_trading_changes_the_hash(path, value):
    assert parse_strategy(spoiled(*path, value=value)).hash != parse_strategy(SPREAD).hash


def test_the_order_of_legs_is_part_of_the_strategy():
    config = deepcopy(CONFIG)
    config["legs"].reverse()
    assert parse_strategy(config).hash != parse_strategy(CONFIG).hash


def test_ratios_are_reduced_and_the_quantity_takes_the_divisor():
    doubled = deepcopy(SPREAD)
    for leg in doubled["legs"]:
        leg["quantity"] = 6
    strategy = parse_strategy(doubled)
    assert [leg.ratio for leg in strategy.legs] == [1, 1]
    assert strategy.quantity == 6
    assert strategy.hash == parse_strategy(spoiled("quantity", value=6)).hash


@pytest.mark.parametrize("path", [("name",), ("exit",), ("quantity",), ("legs", 0, "quantity")])
def test_fields_with_a_default_may_be_left_out(path):
    parse_strategy(without(*path))


@pytest.mark.parametrize("least_most", [(1, 1_000)])
def test_the_quantity_keeps_its_bounds(least_most):
    for quantity in least_most:
        assert parse_strategy(spoiled("quantity", value=quantity)).quantity == quantity
    for quantity in (0, 1_001):
        with pytest.raises(InvalidStrategy, match=r"^quantity: expected .* from 1 to 1000, found"):
            parse_strategy(spoiled("quantity", value=quantity))


def test_a_name_has_at_most_eighty_characters():
    assert parse_strategy(spoiled("name", value="x" * 80)).name == "x" * 80
    with pytest.raises(InvalidStrategy, match=r"^name: expected .* 80 characters, found 81"):
        parse_strategy(spoiled("name", value="x" * 81))


def test_a_description_may_have_lines():
    text = "one\ntwo"
    assert parse_strategy(spoiled("description", value=text)).description == text


def test_the_example_in_the_other_shape_is_an_iron_condor():
    strategy = parse_strategy(examples_folder() / "condor_config.json")
    assert [(leg.side, leg.right) for leg in strategy.legs] == [
        ("sell", "put"),
        ("buy", "put"),
        ("sell", "call"),
        ("buy", "call"),
    ]
