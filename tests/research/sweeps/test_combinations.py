"""All of a grid, or a sample of it: in which order, and what relations leave out."""

import itertools

import numpy as np
import pytest

from forven.primitives.errors import InvalidInput
from forven.research.sweeps.axes import read_axes
from forven.research.sweeps.combinations import RANDOM, SOBOL, grid_of, sample_of
from forven.strategies.bars.parameters import Choice, Parameter, ParameterSpace, Relation

SPACE = ParameterSpace(
    (
        Parameter("fast", 12, 2, 200),
        Parameter("slow", 26, 3, 400),
        Parameter("factor", 2.0, 0.1, 10.0),
        Choice("side", "long", ("long", "short")),
    ),
    (Relation("fast", "<", "slow"),),
)


def grid(*texts):
    return grid_of(read_axes(texts, SPACE), SPACE)


def test_a_grid_is_the_product_with_the_last_axis_fastest() -> None:
    found = grid("factor=1,2", "fast=2,3,4", "side=long,short")
    expected = list(itertools.product([1.0, 2.0], [2, 3, 4], ["long", "short"]))
    assert [tuple(one.values()) for one in found.sets(0, len(found))] == expected
    assert found.left_out == 0


def test_what_breaks_a_relation_is_left_out_and_counted() -> None:
    found = grid("fast=10,20,30", "slow=15,25")
    assert found.sets(0, 9) == [
        {"fast": 10, "slow": 15},
        {"fast": 10, "slow": 25},
        {"fast": 20, "slow": 25},
    ]
    assert found.left_out == 3


def test_a_relation_holds_against_the_default_of_what_does_not_vary() -> None:
    assert [one["fast"] for one in grid("fast=20,25,26,30").sets(0, 4)] == [20, 25]


def test_sets_are_plain_python() -> None:
    (one,) = grid("fast=5", "factor=0.5", "side=short").sets(0, 1)
    assert [type(value) for value in one.values()] == [int, float, str]


def test_a_billion_combinations_are_refused_before_anything_is_made() -> None:
    with pytest.raises(InvalidInput, match=r"found 2,\d\d\d,\d\d\d,\d\d\d; .*--sobol"):
        grid("fast=2:200:1", "slow=3:400:1", "factor=0.1:10:0.0007", "side=long,short")


def test_a_grid_that_keeps_nothing_is_refused() -> None:
    with pytest.raises(InvalidInput, match="fast < slow"):
        grid("fast=50", "slow=20")


@pytest.mark.parametrize("method", [RANDOM, SOBOL])
def test_a_sample_has_its_size_keeps_relations_and_repeats(method) -> None:
    found = sample_of(method, 500, (), SPACE, seed=3)
    again = sample_of(method, 500, (), SPACE, seed=3)
    other = sample_of(method, 500, (), SPACE, seed=4)
    assert len(found) == 500
    assert (found.columns["fast"] < found.columns["slow"]).all()
    assert found.sets(0, 500) == again.sets(0, 500) != other.sets(0, 500)
    assert set(found.columns["side"]) == {"long", "short"}
    assert found.columns["fast"].min() >= 6 and found.columns["fast"].max() <= 24
    for one in found.sets(0, 500):
        SPACE.resolve(one)


def test_a_sample_of_axes_takes_their_values_alone() -> None:
    axes = read_axes(["fast=5,7", "slow=30:50:10"], SPACE)
    found = sample_of(SOBOL, 64, axes, SPACE)
    assert set(found.columns["fast"]) == {5, 7}
    assert set(found.columns["slow"]) == {30, 40, 50}


def test_sobol_covers_more_evenly_than_chance() -> None:
    counts = {}
    for method in (RANDOM, SOBOL):
        factor = sample_of(method, 256, (), SPACE, seed=1).columns["factor"]
        counts[method] = np.histogram(factor, bins=16, range=(1.0, 4.0))[0].std()
    assert counts[SOBOL] < counts[RANDOM] / 2


def test_a_sample_that_relations_hardly_allow_is_refused() -> None:
    axes = read_axes(["fast=50,60", "slow=20,30"], SPACE)
    with pytest.raises(InvalidInput, match="fast < slow, found 0"):
        sample_of(RANDOM, 10, axes, SPACE)


@pytest.mark.parametrize("count", [0, -1, 10_000_001])
def test_a_sample_of_no_size_is_refused(count) -> None:
    with pytest.raises(InvalidInput, match="1 to 10,000,000"):
        sample_of(RANDOM, count, (), SPACE)


@pytest.mark.parametrize("method", [RANDOM, SOBOL])
@pytest.mark.parametrize("texts", [(), ("fast=5:30:5", "slow=20:60:1", "factor=1,2")])
def test_no_combination_is_drawn_twice(method, texts) -> None:
    found = sample_of(method, 300, read_axes(texts, SPACE), SPACE, seed=2)
    assert len({tuple(one.values()) for one in found.sets(0, 300)}) == len(found) == 300
    assert found.asked is None and found.asked_text == ""


@pytest.mark.parametrize("method", [RANDOM, SOBOL])
@pytest.mark.parametrize("count", [24, 25, 26, 27, 300])
def test_of_a_small_space_all_are_taken_once_and_that_is_said(method, count) -> None:
    axes = read_axes(["fast=5:30:5", "slow=20:60:10"], SPACE)
    found = sample_of(method, count, axes, SPACE)
    whole = {tuple(one.values()) for one in grid_of(axes, SPACE).sets(0, 26)}
    drawn = [tuple(one.values()) for one in found.sets(0, count)]
    assert len(set(drawn)) == len(drawn) == min(count, 26)
    assert set(drawn) <= whole
    assert found.asked == (count if count > 26 else None)
    if count > 26:
        assert found.left_out == 4
        assert found.asked_text == f"all there are of the {count} asked for"


def test_a_random_sample_favours_no_value() -> None:
    found = sample_of(RANDOM, 4_000, (), SPACE, seed=5)
    counts = np.bincount(found.columns["fast"])[6:15]  # below 14 no relation leaves any out
    assert counts[:7].std() < 3 * np.sqrt(counts[:7].mean())
