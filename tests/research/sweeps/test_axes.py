"""What a grid's texts mean, and what is refused."""

import pytest

from forven.primitives.errors import ForvenError
from forven.research.sweeps.axes import read_axes
from forven.strategies.bars.parameters import Choice, Parameter, ParameterSpace

SPACE = ParameterSpace(
    (
        Parameter("fast", 12, 2, 200),
        Parameter("factor", 2.0, 0.1, 10.0),
        Choice("side", "long", ("long", "short")),
    ),
    (),
)


def values(text):
    (axis,) = read_axes([text], SPACE)
    return axis.values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fast=5:50:15", (5, 20, 35, 50)),
        ("fast=5:49:15", (5, 20, 35)),
        ("fast=50:5:-15", (50, 35, 20, 5)),
        ("fast=7", (7,)),
        ("fast=7,9,7", (7, 9)),
        ("fast=20:20:1", (20,)),
        ("fast= 5.0 : 6 : 1", (5, 6)),
        ("factor=0.1:0.5:0.1", (0.1, 0.2, 0.3, 0.4, 0.5)),
        ("factor=1e0,2", (1.0, 2.0)),
        ("side=short, long", ("short", "long")),
    ],
)
def test_a_text_names_values(text, expected) -> None:
    assert values(text) == expected
    assert [type(value) for value in values(text)] == [type(value) for value in expected]


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["fast"], "NAME=VALUES"),
        (["=5"], "NAME=VALUES"),
        (["fast="], "NAME=VALUES"),
        (["fsat=5"], "fast"),
        (["fast=5", "fast=6"], "twice"),
        (["fast=5:10"], "three numbers"),
        (["fast=5:10:0"], "a step that leads"),
        (["fast=10:5:1"], "a step that leads"),
        (["fast=5:10:nan"], "expected a number"),
        (["fast=inf"], "expected a number"),
        (["fast=1e999"], "expected a number"),
        (["fast=x"], "expected a number"),
        (["fast=5.5"], "whole number"),
        (["fast=1"], "from 2 to 200"),
        (["fast=100:300:50"], "from 2 to 200"),
        (["factor=0.1:10:0.0000001"], "at most 10,000,000 values"),
        (["side=up"], "one of long, short"),
        (["fast=\x00"], "expected a number"),
    ],
)
def test_what_names_none_is_refused_in_words(texts, words) -> None:
    with pytest.raises(ForvenError, match=words):
        read_axes(texts, SPACE)
