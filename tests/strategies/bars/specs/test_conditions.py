"""Trees of conditions against plain Python, in which what is missing is neither true nor false."""

import numpy as np
import pytest

from forven.strategies.bars.errors import InvalidBarStrategy
from forven.strategies.bars.evaluation import Evaluation
from forven.strategies.bars.market import Market
from forven.strategies.bars.parameters import Parameters
from forven.strategies.bars.specs.columns import Names
from forven.strategies.bars.specs.conditions import Trees, negated
from forven.strategies.bars.writing import squeeze
from tests.strategies.bars.library.drawn import NAN, dots

COLUMNS = ("close", "basis", "funding_rate")
COMPARED = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
CROSSED = ("crosses_above", "crosses_below")
COUNT = 60


def drawn(random):
    """Return bars of few numbers, so that they are often equal, many of them missing."""
    columns = {
        name: np.where(random.random(COUNT) < 0.25, NAN, random.integers(1, 5, COUNT))
        for name in COLUMNS[1:]
    }
    return dots(random.integers(1, 5, COUNT), columns={**columns})


def written(tree, bars):
    """Return what a tree's condition says at each bar."""
    names = Names(Market("1h", COLUMNS[1:]), Parameters(two=2))
    return Evaluation(bars).condition(Trees(names).rule(tree, "tree")).tolist()


def three_valued(tree, numbers):
    """Return true, false or None (not known) at each bar; before the first nothing is known."""
    if isinstance(tree, list):
        return compared(tree, numbers)
    words = set(tree) - {"of"}
    word = words.pop()
    if word == "not":
        return [opposite(one) for one in three_valued(tree["not"], numbers)]
    if word == "starts":
        now = three_valued(tree["starts"], numbers)
        return [both((one, opposite(was))) for one, was in zip(now, [None, *now], strict=False)]
    if word in ("all", "any"):
        inner = zip(*(three_valued(one, numbers) for one in tree[word]), strict=True)
        return [(both if word == "all" else either)(ones) for ones in inner]
    if word == "at_least":
        inner = zip(*(three_valued(one, numbers) for one in tree["of"]), strict=True)
        return [chosen(tree["at_least"], ones) for ones in inner]
    inner, bars = three_valued(tree["of"], numbers), tree[word]
    if word == "ago":
        return ([None] * bars + inner)[: len(inner)]
    before = [None] * (bars - 1) + inner
    join = either if word == "within" else both
    return [join(before[place : place + bars]) for place in range(len(inner))]


def compared(tree, numbers):
    """Return a comparison at each bar."""
    left, operator, right = tree
    rows = [numbers[side] if isinstance(side, str) else [side] * COUNT for side in (left, right)]
    found = []
    for place in range(COUNT):
        pairs = [tuple(row[place] for row in rows)]
        if operator in CROSSED:
            pairs.append(tuple(row[place - 1] for row in rows) if place else (NAN, NAN))
        if any(number != number for pair in pairs for number in pair):
            found.append(None)
        elif operator in CROSSED:
            signs = [a - b if operator == "crosses_above" else b - a for a, b in pairs]
            found.append(signs[0] > 0 >= signs[1])
        else:
            found.append(COMPARED[operator](*pairs[0]))
    return found


def opposite(one):
    """Return not."""
    return None if one is None else not one


def both(ones):
    """Return whether all of them hold."""
    return False if False in ones else None if None in ones else True


def either(ones):
    """Return whether any of them holds."""
    return True if True in ones else None if None in ones else False


def chosen(count, ones):
    """Return whether so many of them hold."""
    if ones.count(True) >= count:
        return True
    return False if ones.count(True) + ones.count(None) < count else None


def made_up(random, depth):
    """Return a random tree."""
    if depth == 0 or random.random() < 0.2:
        operator = str(random.choice([*COMPARED, *CROSSED]))
        right = str(random.choice(COLUMNS)) if random.random() < 0.6 else int(random.integers(1, 5))
        return [str(random.choice(COLUMNS)), operator, right]
    match random.integers(7):
        case 0 | 1:
            return {"not": made_up(random, depth - 1)}
        case 2:
            return {"starts": made_up(random, depth - 1)}
        case 3:
            word = str(random.choice(["all", "any"]))
            return {word: [made_up(random, depth - 1) for _ in range(random.integers(1, 4))]}
        case 4:
            trees = [made_up(random, depth - 1) for _ in range(random.integers(1, 5))]
            return {"at_least": int(random.integers(1, len(trees) + 1)), "of": trees}
        case 5:
            word = str(random.choice(["within", "for_bars"]))
            return {word: int(random.integers(1, 5)), "of": made_up(random, depth - 1)}
    return {"ago": int(random.integers(0, 4)), "of": made_up(random, depth - 1)}


@pytest.mark.parametrize("seed", range(150))
def test_a_tree_holds_where_it_is_known_to(seed):
    random = np.random.default_rng(seed)
    bars = drawn(random)
    numbers = {"close": bars.floats("close").tolist()}
    numbers |= {name: bars.columns[name].tolist() for name in COLUMNS[1:]}
    tree = made_up(random, 4)
    assert written(tree, bars) == [one is True for one in three_valued(tree, numbers)]


def test_not_is_never_true_of_a_missing_number():
    bars = dots([1.0] * 4, columns={"basis": [1.0, -1.0, NAN, -1.0]})
    assert written({"not": ["basis", ">", 0]}, bars) == [False, True, False, True]
    assert written({"not": {"not": ["basis", "<", 0]}}, bars) == [False, True, False, True]
    assert written({"not": ["basis", "crosses_above", 0]}, bars) == [False, True, False, False]


def test_an_output_that_is_a_condition_is_negated_where_it_is_known():
    names = Names(Market("1h", ()), Parameters())
    declared = {"indicator": "squeeze", "bars": 4, "width": 2.0, "channel_width": 1.5}
    names.define("narrow", {**declared, "momentum_bars": 4})
    random = np.random.default_rng(3)
    bars = dots(np.round(100.0 + np.cumsum(random.normal(0.0, 1.0, 60)), 2))
    evaluation = Evaluation(bars)
    on = Trees(names).condition("narrow.on", "tree")
    off = Trees(names).condition({"not": "narrow.on"}, "tree")
    assert on == squeeze(Market("1h"), 4, 2.0, 1.5, 4).on
    found = evaluation.condition(on), evaluation.condition(off)
    assert found[0].any() and found[1].any()
    assert (found[0] ^ found[1])[4:].all()
    assert not (found[0] | found[1])[:3].any()
    assert off == negated(on)


def test_bars_may_be_a_parameter():
    bars = dots([1.0, 2.0, 1.0, 1.0, 1.0])
    assert written({"within": "two", "of": ["close", ">", 1]}, bars) == [0, 1, 1, 0, 0]


WRONG = {
    "a number": (5, "expected .* a name, or an object"),
    "an empty object": ({}, "expected .* a name, or an object"),
    "an empty list": ([], r"expected \[a, operator, b\]"),
    "two of three": (["close", ">"], r"expected \[a, operator, b\]"),
    "an unknown operator": (["close", "=>", 1], r"tree\[1\]: expected one of >, >="),
    "an unknown name": (["close", ">", "opne"], r"tree\[2\]: .*did you mean 'open'"),
    "code": (["close", ">", "__import__('os')"], r"tree\[2\]: expected a name that is known"),
    "an attribute": (["close.__class__", ">", 1], r"tree\[0\]: expected a name that is known"),
    "an unknown word": ({"xor": [["close", ">", 1]]}, "expected .* a name, or an object"),
    "all of nothing": ({"all": []}, "tree.all: expected a list of 1 or more"),
    "all of one object": ({"all": {"not": 1}}, "tree.all: expected a list of 1 or more"),
    "a number as a condition": ({"not": "close"}, "tree.not: expected a condition"),
    "within nothing": ({"within": 0, "of": ["close", ">", 1]}, "tree.within: .* from 1 to 100000"),
    "half a bar": ({"ago": 1.5, "of": ["close", ">", 1]}, "tree.ago: expected a whole number"),
    "bars by a price": ({"ago": "close", "of": ["close", ">", 1]}, "a number or a parameter"),
    "of and nothing": ({"of": ["close", ">", 1]}, "expected .* a name, or an object"),
    "two words": ({"ago": 1, "within": 2}, "expected .* a name, or an object"),
    "more than there are": ({"at_least": 2, "of": [["close", ">", 1]]}, "expected 1 to 1, found 2"),
    "too many to choose": (
        {"at_least": 4, "of": [["close", ">", 1]] * 9},
        "at most 8 conditions, found 9",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said(case):
    tree, message = WRONG[case]
    with pytest.raises(InvalidBarStrategy, match=message):
        written(tree, dots([1.0, 2.0]))
