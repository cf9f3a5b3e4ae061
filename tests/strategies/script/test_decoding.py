"""Answers of a process that may be hostile: each is taken exactly or the process is to die."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forven.kernels import schema
from forven.strategies.script import decoding
from forven.strategies.script.decoding import ScriptDied
from tests.strategies.script.made_scripts import made_day

DAY = made_day()
PLACE = ["place", 1, 125, True, [[0, 1, 1], [1, 1, 0]]]
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.text()
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4), max_leaves=12)
NAMES = st.sampled_from(["log", "signal", "error", "place", "cancel", "cancel_all", "replace"])


def nested(depth):
    """Data of so many levels: lists in lists in one field."""
    inner = []
    for _ in range(depth - 2):
        inner = [inner]
    return {"x": inner}


def read(entry):
    decision = decoding.decision_of(entry, 5)
    return decision if decision is not None else decoding.command_of(entry, 6, DAY)


@given(st.one_of(VALUES, st.lists(st.tuples(st.integers(0, 3), st.lists(VALUES)), max_size=3)))
def test_an_answer_is_read_or_refused(answer):
    try:
        found = decoding.decided_frames(orjson.dumps(answer), 3)
    except ScriptDied:
        return
    assert all(0 <= number < 3 for number in found)
    assert all(isinstance(entry, list) for entries in found.values() for entry in entries)


@given(NAMES, st.lists(VALUES, max_size=5))
def test_an_entry_is_read_or_refused(name, fields):
    try:
        found = read([name, *fields])
    except ScriptDied:
        return
    if isinstance(found, list):
        assert len(found) == schema.COMMAND_WIDTH
        assert all(isinstance(value, int) for value in found)


@pytest.mark.parametrize(
    "body", [b"x", b"{}", b"[[0]]", b"[[3,[]]]", b"[[0,[]],[0,[]]]", b"[[0,[[]]]]", b"[[0,[1]]]"]
)
def test_a_malformed_answer_is_refused(body):
    with pytest.raises(ScriptDied, match="answer of the script's process: expected"):
        decoding.decided_frames(body, 3)


@pytest.mark.parametrize(
    "entry",
    [
        [],
        ["buy"],
        ["log", "info", "a"],
        ["log", "loud", "a", None],
        ["log", "info", "a" * 2_001, None],
        ["log", "info", 1, None],
        ["log", "info", "a", [1]],
        ["signal", "a", {"x": "b" * 20_000}],
        ["signal", "a", nested(7)],
        ["signal", "a", nested(300)],
        ["signal", "a", nested(900)],
        ["error"],
        ["cancel", "1"],
        ["cancel", 1, 2],
        ["cancel_all", 1],
        ["replace", 1],
        ["replace", 1, True],
        ["place", 3, 125, True, [[0, 1, 1]]],
        ["place", 1, 125, 1, [[0, 1, 1]]],
        ["place", 1, 126, True, [[0, 1, 1]]],
        ["place", 1, 125, True, []],
        ["place", 1, 125, True, [[0, 1, 1]] * 9],
        ["place", 1, 125, True, [[3, 1, 1]]],
        ["place", 1, 125, True, [[-1, 1, 1]]],
        ["place", 1, 125, True, [[0, 0, 1]]],
        ["place", 1, 125, True, [[0, 1, 4]]],
        ["place", 0, 0, True, [[0, 1, 1], [1, 1, 0]]],
        ["place", 1, 2**63 - 1, True, [[0, 1, 1]]],
    ],
)
def test_a_malformed_entry_is_refused(entry):
    with pytest.raises(ScriptDied):
        read(entry or [""])


def test_data_are_as_deep_as_an_honest_script_can_write_them():
    entry = ["signal", "a", nested(6)]
    assert decoding.decision_of(entry, 5).data == nested(6)


@pytest.mark.parametrize("depth", [300, 2_000])
def test_an_answer_too_deep_for_a_parser_is_refused_as_any_other(depth):
    body = b'[[0,[["signal","a",{"x":' + b"[" * depth + b"]" * depth + b"}]]]]"
    with pytest.raises(ScriptDied, match="answer of the script's process: expected"):
        decoding.decision_of(decoding.decided_frames(body, 1)[0][0], 5)


def test_an_order_that_opens_is_known():
    assert decoding.opens(decoding.command_of(PLACE, 6, DAY))
    closing = ["place", 1, -125, True, [[0, 1, 2], [1, 1, 3]]]
    assert not decoding.opens(decoding.command_of(closing, 6, DAY))
    assert not decoding.opens(decoding.command_of(["cancel_all"], 6, DAY))


NOT_KEPT = ["a\0b", "a\ud800b"]


@pytest.mark.parametrize("text", NOT_KEPT)
def test_what_no_database_holds_is_replaced_where_it_can_be_seen(text):
    data = {text: [text, {text: text, "n": 1}]}
    shown = "a\ufffdb"
    assert decoding.decision_of(["error", text], 5).text == shown
    for entry in (["log", "info", text, data], ["signal", text, data]):
        found = decoding.decision_of(entry, 5)
        assert (found.text, found.data) == (shown, {shown: [shown, {shown: shown, "n": 1}]})
    assert decoding.kept_text("\U0001f600 \u00e9") == "\U0001f600 \u00e9"


def test_data_of_too_many_levels_is_refused():
    nested: object = 1
    for _ in range(500):
        nested = [nested]
    with pytest.raises(ScriptDied, match="levels"):
        decoding.decision_of(["log", "info", "a", {"x": nested}], 5)
