"""Arrays and numbers that no kernel can work on: each refused, by the name of its argument."""

import numpy as np
import pytest

from forven.kernels import schema
from tests.engine_rs.calls import CALLS, session_arguments, small_world
from tests.reference.comparison import oracle_outcomes

ARRAYS = [(call, name) for call in CALLS for name in call.arrays]
OUTPUTS = [(call, name) for call in CALLS for name in call.written]
NUMBERS = [
    (call, name)
    for call in CALLS
    for name, value in call.arguments().items()
    if not isinstance(value, np.ndarray)
]
FREE = {("bars_evaluate", "program", 0), ("bars_evaluate", "columns", 1)}
"""Arrays that may have any number of rows, or of bars in as many words."""
ROOM_BEYOND = ("bars", "columns", "constants", "masks", "program", "registers")
"""Arrays of the bar kernel that may have rows which nobody reads."""


def named(pair):
    return f"{pair[0].function}-{pair[1]}"


def refusal(engine, call, **changed):
    """Call with some arguments changed and return the exception; the outputs must stay as is."""
    given = {**call.arguments(), **changed}
    before = {name: np.copy(given[name]) for name in call.written if name not in changed}
    with pytest.raises(engine.BadArgument) as caught:
        getattr(engine, call.function)(**given)
    for name, held in before.items():
        assert np.array_equal(given[name], held), f"{name} was written"
    error = caught.value
    assert isinstance(error, ValueError)
    assert str(error) == f"{error.argument}: expected {error.expected}, found {error.found}"
    return error


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.function)
def test_the_call_that_is_broken_below_is_accepted(engine, call):
    getattr(engine, call.function)(**call.arguments())


@pytest.mark.parametrize("pair", ARRAYS, ids=named)
@pytest.mark.parametrize(
    "dtype",
    ["int8", "uint32", "uint64", "float32", "bool", ">i8", "complex128", "O", "S8", "M8[ns]"],
)
def test_another_dtype_is_refused(engine, pair, dtype):
    call, name = pair
    given = call.arguments()[name]
    if given.dtype == dtype:
        pytest.skip("its own dtype")
    array = np.zeros(given.shape, dtype)
    assert refusal(engine, call, **{name: array}).argument == name


@pytest.mark.parametrize("pair", ARRAYS, ids=named)
def test_the_other_width_of_a_number_is_refused(engine, pair):
    call, name = pair
    array = call.arguments()[name]
    widths = {"int32": "int64", "int64": "int32", "uint64": "uint32", "float64": "float32"}
    other = widths[str(array.dtype)]
    error = refusal(engine, call, **{name: array.astype(other)})
    assert error.argument == name
    assert str(array.dtype) in error.expected
    assert other in error.found


@pytest.mark.parametrize("pair", ARRAYS, ids=named)
@pytest.mark.parametrize(
    "given", [None, 3, "text", [1, 2], {}, object()], ids=lambda given: type(given).__name__
)
def test_what_is_no_array_is_refused(engine, pair, given):
    call, name = pair
    error = refusal(engine, call, **{name: given})
    assert (error.argument, error.found) == (name, type(given).__name__)


@pytest.mark.parametrize("pair", ARRAYS, ids=named)
def test_another_number_of_dimensions_is_refused(engine, pair):
    call, name = pair
    array = call.arguments()[name]
    for other in (array[None], array.ravel()[:1].reshape(()), array[..., None]):
        assert refusal(engine, call, **{name: other}).argument == name


@pytest.mark.parametrize("pair", ARRAYS, ids=named)
def test_memory_that_is_not_in_order_is_refused(engine, pair):
    call, name = pair
    array = call.arguments()[name]
    backwards = array[..., ::-1].copy()[..., ::-1]
    spread = np.repeat(array, 2, axis=-1)[..., ::2]
    cases = [backwards, spread]
    if array.ndim > 1:
        cases.append(np.asfortranarray(array))
    for other in cases:
        assert np.array_equal(other, array)
        error = refusal(engine, call, **{name: other})
        assert error.argument == name
        assert "strides" in error.found


@pytest.mark.parametrize("pair", ARRAYS, ids=named)
def test_memory_that_is_not_aligned_is_refused(engine, pair):
    call, name = pair
    array = call.arguments()[name]
    raw = np.zeros(array.nbytes + 1, np.uint8)
    crooked = raw[1:].view(array.dtype).reshape(array.shape)
    crooked[...] = array
    error = refusal(engine, call, **{name: crooked})
    assert error.argument == name
    assert "aligned" in error.found


@pytest.mark.parametrize("pair", ARRAYS, ids=named)
def test_another_length_is_refused(engine, pair):
    call, name = pair
    array = call.arguments()[name]
    for axis in range(array.ndim):
        for other in (array.take(range(array.shape[axis] - 1), axis), array.repeat(2, axis)):
            is_free = name in ("journal", "commands") and axis == 0
            is_free |= name == "financials" and axis == 1
            is_free |= call.function == "deltas_at" and axis == 2
            is_free |= name == "fundings" and axis == 0
            is_free |= name == "prints" and axis == 0 and len(other) > len(array)
            is_free |= name == "tiers" and axis == 0 and len(other) < len(array)
            is_free |= (call.function, name, axis) in FREE
            is_free |= name in ROOM_BEYOND and axis == 0 and len(other) > len(array)
            if is_free:
                continue
            error = refusal(engine, call, **{name: np.ascontiguousarray(other)})
            assert error.expected and error.found


@pytest.mark.parametrize("pair", ARRAYS, ids=named)
def test_no_length_at_all_is_refused_or_does_nothing(engine, pair):
    call, name = pair
    array = call.arguments()[name]
    for axis in range(array.ndim):
        shape = list(array.shape)
        shape[axis] = 0
        given = {**call.arguments(), name: np.zeros(shape, array.dtype)}
        try:
            getattr(engine, call.function)(**given)
        except engine.BadArgument:
            continue
        is_nothing_to_do = (call.function, name, axis) == ("bars_evaluate", "program", 0)
        assert is_nothing_to_do or name in ("journal", "financials", "fundings"), (
            "an empty array was taken for the whole"
        )


@pytest.mark.parametrize("pair", OUTPUTS, ids=named)
def test_an_output_that_cannot_be_written_is_refused(engine, pair):
    call, name = pair
    array = call.arguments()[name]
    array.setflags(write=False)
    error = refusal(engine, call, **{name: array})
    assert (error.argument, error.found) == (name, "a read-only one")


@pytest.mark.parametrize("pair", [one for one in ARRAYS if one[1] not in one[0].written], ids=named)
def test_an_input_may_be_read_only(engine, pair):
    call, name = pair
    given = call.arguments()
    given[name].setflags(write=False)
    getattr(engine, call.function)(**given)


def shared(one, other):
    """Return arrays like these two of which the second begins in the last element of the first."""
    raw = np.zeros(one.nbytes + other.nbytes, np.uint8)
    first = raw[: one.nbytes].view(one.dtype).reshape(one.shape)
    begin = (one.nbytes - 1) // 8 * 8
    second = raw[begin : begin + other.nbytes].view(other.dtype).reshape(other.shape)
    first[...] = one
    return first, second


@pytest.mark.parametrize("pair", OUTPUTS, ids=named)
def test_an_output_that_shares_memory_is_refused(engine, pair):
    call, name = pair
    given = call.arguments()
    for other in call.arrays:
        if other == name:
            continue
        first, second = shared(given[other], given[name])
        error = refusal(engine, call, **{other: first, name: second})
        assert {error.argument, error.found.removeprefix("memory shared with ")} == {name, other}


@pytest.mark.parametrize("pair", NUMBERS, ids=named)
@pytest.mark.parametrize(
    "given", [-1, -(2**63), 2**63 - 1, 2**63, 2**200, "1", None, 1.5j, [1], float("nan")], ids=repr
)
def test_a_number_out_of_range_is_refused(engine, pair, given):
    call, name = pair
    if given is None and name == "threads":
        pytest.skip("no threads named: one")
    if name == "years" and isinstance(given, int):
        pytest.skip("any finite number of years is one")
    assert refusal(engine, call, **{name: given}).argument == name


@pytest.mark.parametrize("name", ["frame_to", "threads"])
def test_a_whole_number_is_asked_for(engine, name):
    assert refusal(engine, CALLS[0], **{name: 1.0}).argument == name


def test_a_frame_beyond_the_day_is_refused(engine):
    beyond = session_arguments()["frame_to"] + 1
    error = refusal(engine, CALLS[0], frame_to=beyond)
    assert (error.argument, error.found) == ("frame_to", str(beyond))


def test_an_accepted_call_does_what_the_oracle_does(engine):
    given = session_arguments()
    rows = engine.advance(**given)
    wanted = [row for outcome in oracle_outcomes(small_world()) for row in outcome.journal]
    found = given["journal"][:rows, schema.JOURNAL_SEQUENCE :].tolist()
    assert found == [list(row[schema.JOURNAL_SEQUENCE :]) for row in wanted]
