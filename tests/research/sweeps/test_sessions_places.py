"""Paths into a structured strategy: real ones alone, each of the kind of what is there."""

import pytest

from forven.primitives.errors import InvalidInput
from forven.research.sweeps.axes import read_axes
from forven.research.sweeps.sessions_places import Places, document_with
from forven.strategies.structured import parse_strategy
from tests.research.conftest import SPREAD

DOCUMENT = parse_strategy(SPREAD).to_json()


def values(text):
    (axis,) = read_axes([text], Places(DOCUMENT))
    return list(axis.values)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("legs.0.strike.value=0.10:0.30:0.05", [0.1, 0.15, 0.2, 0.25, 0.3]),
        ("legs[0].strike.value=0.10", [0.1]),
        ("legs.1.strike.value=-25:-15:5", [-25.0, -20.0, -15.0]),
        ("exit.profit_target_pct=25,50", [25.0, 50.0]),
        ("exit.stop_loss_pct=100", [100.0]),
        ("exit.time=15:00,15:30", ["15:00", "15:30"]),
        ("entry.times.1=13:00:30", ["13:00:30"]),
        ("legs.0.right=put,call", ["put", "call"]),
        ("quantity=1:3:1", [1, 2, 3]),
    ],
)
def test_values_have_the_kind_of_what_is_there(text, found) -> None:
    assert values(text) == found
    assert [type(one) for one in values(text)] == [type(one) for one in found]


def test_values_go_where_the_path_says_and_nowhere_else() -> None:
    changed = document_with(DOCUMENT, {"legs.0.strike.value": 0.30000000000000004, "quantity": 2})
    assert changed["legs"][0]["strike"]["value"] == "0.30000000000000004"
    assert DOCUMENT["legs"][0]["strike"]["value"] == "0.30" and DOCUMENT["quantity"] == 1
    same = document_with(DOCUMENT, {"legs.0.strike.value": 0.3})
    assert parse_strategy(same).hash == parse_strategy(DOCUMENT).hash


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("legs.0.delta=0.1", r"legs.0 has no 'delta'; as in legs.0.strike.value"),
        ("exits.time=15:00", r"did you mean 'exit'"),
        ("legs.7.side=buy", r"there are: 0, 1"),
        ("legs.-1.side=buy", r"has no '-1'"),
        ("legs=1", r"a single value, found legs.0, legs.1"),
        ("quantity.x=1", r"ends at quantity"),
        ("quantity=1.5", r"whole number"),
        ("exit.profit_target_pct=nan", r"a number"),
        ("exit.profit_target_pct=1e400", r"a number"),
        ("=1", r"NAME=VALUES"),
        ("..=1", r"has no ''"),
    ],
)
def test_what_is_no_place_or_no_value_is_refused(text, told) -> None:
    with pytest.raises(InvalidInput, match=told):
        values(text)
