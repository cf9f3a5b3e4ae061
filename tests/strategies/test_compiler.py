from datetime import UTC, date, datetime, time

import numpy as np
import pytest

from forven.engine.policy import SessionPolicy
from forven.kernels import schema
from forven.market.bounds import SessionBounds
from forven.primitives.errors import InvalidInput
from forven.primitives.time import exchange_time
from forven.strategies.compiler import compile_strategy
from forven.strategies.examples import examples_folder
from forven.strategies.structured import parse_strategy
from tests.strategies.documents import SPREAD, leg, of_legs, spoiled

MONDAY = date(2024, 6, 3)
DELTA, ATM = schema.METHOD_DELTA, schema.METHOD_ATM
OFFSET, MOVE, RELATIVE = schema.METHOD_OFFSET, schema.METHOD_EXPECTED_MOVE, schema.METHOD_RELATIVE
SELL, BUY, CALL, PUT = 1, -1, schema.CALL, schema.PUT


def bounds_of(day: date, close: time = time(16)) -> SessionBounds:
    return SessionBounds(
        day=day,
        open_ns=exchange_time(day, time(9, 30)),
        close_ns=exchange_time(day, close),
        early_close=close < time(16),
    )


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000_000


def compiled(document: object, bounds: SessionBounds) -> np.ndarray:
    row = SessionPolicy().plan_row(100_000_000_000)
    compile_strategy(parse_strategy(document), bounds, row)
    return row


def legs_of(row: np.ndarray) -> list[tuple[int, ...]]:
    legs = row[schema.PLAN_LEGS : schema.PLAN_ENTRIES].reshape(-1, schema.LEG_WIDTH)
    assert not legs[row[schema.PLAN_LEG_COUNT] :].any()
    return [tuple(int(cell) for cell in one) for one in legs[: row[schema.PLAN_LEG_COUNT]]]


def entries_of(row: np.ndarray) -> list[tuple[int, int]]:
    entries = row[schema.PLAN_ENTRIES :].reshape(-1, schema.ENTRY_WIDTH)
    assert not entries[row[schema.PLAN_ENTRY_COUNT] :].any()
    return [(int(a), int(b)) for a, b in entries[: row[schema.PLAN_ENTRY_COUNT]]]


# legs: side, right, ratio, method, value, anchor; then (entries UTC), max, exit, target, stop
EXAMPLES = {
    "long_call": (
        [(BUY, CALL, 1, DELTA, 400_000, 0)],
        [("14:00", None)],
        (1, "19:45", 0, 5_000),
    ),
    "put_credit_spread": (
        [(SELL, PUT, 1, DELTA, 160_000, 0), (BUY, PUT, 1, DELTA, 60_000, 0)],
        [("13:35", None)],
        (1, "19:55", 5_000, 20_000),
    ),
    "call_credit_spread": (
        [(SELL, CALL, 1, MOVE, 10_000, 0), (BUY, CALL, 1, RELATIVE, 1_000, 0)],
        [("13:45", "16:00")],
        (3, "19:50", 6_000, 15_000),
    ),
    "iron_condor": (
        [
            (SELL, PUT, 1, DELTA, 160_000, 0),
            (BUY, PUT, 1, RELATIVE, -2_500, 0),
            (SELL, CALL, 1, DELTA, 160_000, 0),
            (BUY, CALL, 1, RELATIVE, 2_500, 2),
        ],
        [("13:45", None)],
        (1, "19:55", 5_000, 20_000),
    ),
    "butterfly": (
        [
            (SELL, CALL, 2, ATM, 0, 0),
            (BUY, CALL, 1, RELATIVE, -2_000, 0),
            (BUY, CALL, 1, RELATIVE, 2_000, 0),
        ],
        [("16:00", None)],
        (1, "19:50", 4_000, 6_000),
    ),
    "debit_vertical": (
        [(BUY, CALL, 1, OFFSET, -500, 0), (SELL, CALL, 1, RELATIVE, 1_500, 0)],
        [("14:30", None)],
        (1, "19:30", 7_000, 5_000),
    ),
    "condor_config": (
        [
            (SELL, PUT, 1, DELTA, 160_000, 0),
            (BUY, PUT, 1, DELTA, 60_000, 0),
            (SELL, CALL, 1, DELTA, 160_000, 0),
            (BUY, CALL, 1, DELTA, 60_000, 0),
        ],
        [("13:35", None)],
        (1, "19:55", 5_000, 0),
    ),
}


def test_every_example_has_its_expected_integers():
    assert {path.stem for path in examples_folder().glob("*.json")} == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_compile_to_exact_integers(name):
    legs, entries, (most, leave, target, stop) = EXAMPLES[name]
    row = compiled(examples_folder() / f"{name}.json", bounds_of(MONDAY))
    assert legs_of(row) == legs
    assert entries_of(row) == [
        (utc(f"2024-06-03T{start}"), utc(f"2024-06-03T{until}") if until else schema.MISSING)
        for start, until in entries
    ]
    assert row[schema.PLAN_MAX_ENTRIES] == most
    assert row[schema.PLAN_EXIT_TS] == utc(f"2024-06-03T{leave}")
    assert row[schema.PLAN_TARGET_BPS] == target
    assert row[schema.PLAN_STOP_BPS] == stop
    assert row[schema.PLAN_QUANTITY] == 1


def test_the_policys_part_is_left_alone_and_an_earlier_strategy_is_forgotten():
    row = compiled(examples_folder() / "iron_condor.json", bounds_of(MONDAY))
    again = row.copy()
    compile_strategy(parse_strategy(SPREAD), bounds_of(MONDAY), again)
    strategy_from = schema.PLAN_LEG_COUNT
    np.testing.assert_array_equal(again[:strategy_from], row[:strategy_from])
    np.testing.assert_array_equal(again, compiled(SPREAD, bounds_of(MONDAY)))


@pytest.mark.parametrize(
    ("day", "offset_hours"),
    [
        (date(2024, 3, 8), 5),  # the Friday before clocks go forward
        (date(2024, 3, 11), 4),
        (date(2024, 11, 1), 4),  # the Friday before clocks go back
        (date(2024, 11, 4), 5),
    ],
)
def test_wall_times_follow_daylight_saving(day, offset_hours):
    row = compiled(SPREAD, bounds_of(day))
    midnight = utc(f"{day}T00:00")
    minute = 60_000_000_000
    entry = midnight + (offset_hours * 60 + 9 * 60 + 35) * minute
    assert entries_of(row) == [(entry, schema.MISSING)]
    assert row[schema.PLAN_EXIT_TS] == midnight + (offset_hours * 60 + 15 * 60 + 55) * minute


def test_a_weekday_that_is_not_the_strategys_has_no_entries():
    row = compiled(SPREAD, bounds_of(date(2024, 6, 4)))
    assert entries_of(row) == []
    assert row[schema.PLAN_MAX_ENTRIES] == 0
    assert len(legs_of(row)) == 2


def test_an_early_close_drops_later_entries_and_the_exit_time():
    early = bounds_of(date(2024, 11, 29), time(13))
    document = spoiled("entry", value={"times": ["09:35", "12:59:59", "13:00", "15:00"]})
    row = compiled(document, early)
    day = "2024-11-29T"
    assert entries_of(row) == [(utc(f"{day}14:35"), -1), (utc(f"{day}17:59:59"), -1)]
    assert row[schema.PLAN_EXIT_TS] == schema.INT64_MAX


@pytest.mark.parametrize(
    ("leave", "expected"),
    [("12:59:59", utc("2024-07-03T16:59:59")), ("13:00", schema.INT64_MAX)],
)
def test_an_exit_time_at_an_early_close_is_the_settlement(leave, expected):
    early = bounds_of(date(2024, 7, 3), time(13))
    document = spoiled("exit", "time", value=leave)
    document["entry"] = {"times": ["10:00"]}
    assert compiled(document, early)[schema.PLAN_EXIT_TS] == expected


def test_a_window_across_an_early_close_ends_there():
    early = bounds_of(date(2024, 7, 3), time(13))
    listed = [{"from": "12:00", "to": "14:00"}, {"from": "14:00", "to": "15:00"}]
    row = compiled(spoiled("entry", value={"windows": listed}), early)
    assert entries_of(row) == [(utc("2024-07-03T16:00"), early.close_ns)]


def test_no_exits_are_zeros_and_no_time():
    row = compiled(
        of_legs(leg("buy", "call", 3, method="premium", value="1.35")), bounds_of(MONDAY)
    )
    assert legs_of(row) == [(BUY, CALL, 1, schema.METHOD_PREMIUM, 135, 0)]
    assert row[schema.PLAN_QUANTITY] == 3
    assert row[schema.PLAN_TARGET_BPS] == row[schema.PLAN_STOP_BPS] == 0
    assert row[schema.PLAN_EXIT_TS] == schema.INT64_MAX


@pytest.mark.parametrize(
    "row",
    [np.zeros(3, np.int64), np.zeros(schema.PLAN_WIDTH), np.zeros((1, schema.PLAN_WIDTH), int)],
)
def test_a_row_of_another_shape_or_kind_is_refused(row):
    with pytest.raises(InvalidInput, match=r"^plan_row: expected \(.*\) of int64, found"):
        compile_strategy(parse_strategy(SPREAD), bounds_of(MONDAY), row)
