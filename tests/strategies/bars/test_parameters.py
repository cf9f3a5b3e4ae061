import numpy as np
import pytest

from forven.strategies.bars.errors import InvalidBarStrategy, InvalidParameter
from forven.strategies.bars.parameters import Choice, Parameter, ParameterSpace, Relation, leverage

SPACE = ParameterSpace(
    (
        Parameter("fast", 12, 2, 200),
        Parameter("slow", 26, 3, 400),
        Parameter("width", 2.0, 0.5, 5.0, 0.25, (1.0, 3.0)),
        Choice("side", "long", ("long", "short")),
        leverage(2.0),
    ),
    (Relation("fast", "<", "slow"),),
)


def test_defaults_stand_where_nothing_is_given():
    p = SPACE.resolve({"fast": 5})
    assert (p.fast, p.slow, p.width, p.side, p.leverage) == (5, 26, 2.0, "long", 2.0)
    assert p.as_document() == {"fast": 5, "slow": 26, "width": 2.0, "side": "long", "leverage": 2.0}


def test_numbers_of_numpy_become_pythons():
    p = SPACE.resolve({"fast": np.int64(7), "width": np.float64(1.5)})
    assert type(p.fast) is int and type(p.width) is float
    assert type(SPACE.resolve({"width": 1}).width) is float


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"fats": 3}, "parameter 'fats' is unknown; did you mean 'fast'"),
        ({"zzz": 3}, "there are: fast, leverage, side, slow, width"),
        ({"fast": 1}, "fast: expected a whole number from 2 to 200, found 1"),
        ({"fast": 201}, "found 201"),
        ({"fast": 5.0}, r"found 5\.0"),
        ({"fast": True}, "found True"),
        ({"fast": "5"}, "found '5'"),
        ({"fast": None}, "found None"),
        ({"fast": [5]}, r"found \[5\]"),
        ({"width": float("nan")}, r"width: expected a number from 0\.5 to 5, found nan"),
        ({"width": float("inf")}, "found inf"),
        ({"side": "both"}, "side: expected one of long, short, found 'both'"),
        ({"fast": 26}, "expected fast < slow, found 26 and 26"),
        ({"leverage": 126}, "leverage: expected a number from 1 to 125"),
    ],
)
def test_what_cannot_be_is_refused(given, text):
    SPACE.resolve({"fast": 5, "width": 1})  # what was looked at before must not let others pass
    with pytest.raises(InvalidParameter, match=text):
        SPACE.resolve(given)


def test_a_name_that_is_not_declared_is_refused_in_the_rules_too():
    with pytest.raises(
        InvalidParameter, match="parameter 'slwo' is not declared; did you mean 'slow'"
    ):
        SPACE.resolve({}).slwo  # noqa: B018


def test_a_space_is_half_to_twice_the_default_inside_the_bounds():
    fast, _, width = list(SPACE)[:3]
    assert (fast.searched, fast.step_searched) == ((6, 24), 2)
    assert (width.searched, width.step_searched) == ((1.0, 3.0), 0.25)
    assert Parameter("a", 3, 2, 5).searched == (2, 5)
    assert Parameter("a", -10.0, -100.0, 0.0).searched == (-20.0, -5.0)
    assert leverage(3.0).searched == (1.0, 3.0)


def test_relations_are_read_and_tell_what_breaks_them():
    assert str(Relation.parse("a <= b", ["a", "b"])) == "a <= b"
    assert SPACE.broken({"fast": 9, "slow": 8}) == "parameters: expected fast < slow, found 9 and 8"
    assert SPACE.broken({"fast": 7, "slow": 8}) is None
    with pytest.raises(InvalidBarStrategy, match="expected a relation as in"):
        Relation.parse("a > b", ["a", "b"])
    with pytest.raises(InvalidBarStrategy, match="relation 'a < c': c"):
        Relation.parse("a < c", ["a", "b"])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Parameter("a", 1, 2, 3),
        lambda: Parameter("a b", 2, 1, 3),
        lambda: Parameter("a", 2, 1, 3, 1, (0, 3)),
        lambda: Choice("a", "x", ("y",)),
        lambda: ParameterSpace((leverage(1.0), leverage(2.0)), ()),
        lambda: ParameterSpace(
            (Parameter("a", 2, 1, 3), Parameter("b", 1, 1, 3)), (Relation("a", "<", "b"),)
        ),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(wrong):
    with pytest.raises((InvalidBarStrategy, InvalidParameter)):
        wrong()


@pytest.mark.parametrize("name", ["a b", "", "class", "_fast", "__class__", "as_document", 5])
def test_a_name_that_cannot_be_read_as_an_attribute_is_refused(name):
    for declare in (
        lambda: Parameter(name, 5, 1, 9),
        lambda: Choice(name, "a", ("a", "b")),
    ):
        with pytest.raises(InvalidBarStrategy, match="expected a parameter's name"):
            declare()


@pytest.mark.parametrize("bounds", [("1", "9"), (None, 9), (1, True), (1, 9, None, ("2", "3"))])
def test_bounds_that_are_no_numbers_are_refused(bounds):
    with pytest.raises(InvalidBarStrategy, match="parameter fast: expected numbers as bounds"):
        Parameter("fast", 5, *bounds)


def test_a_default_of_numpys_is_as_whole_as_pythons():
    parameter = Parameter("fast", np.int64(5), 1, 9)
    assert parameter.kind == "int" and type(parameter.default) is int
    with pytest.raises(InvalidParameter, match="a whole number"):
        parameter.check(5.5)


def test_options_that_are_one_text_are_refused():
    with pytest.raises(InvalidBarStrategy, match="expected options as in"):
        Choice("side", "long", "long, short")


def test_parameters_never_change():
    p = SPACE.resolve({})
    with pytest.raises(InvalidParameter, match="found 9 assigned to it"):
        p.fast = 9
    with pytest.raises(InvalidParameter, match="found it deleted"):
        del p.slow
    assert p.as_document() == SPACE.defaults
