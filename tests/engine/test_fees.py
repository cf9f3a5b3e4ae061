import json
from dataclasses import replace

import pytest

from forven.engine.fees import FeeSchedule
from forven.engine.schedules import schedule_names
from forven.primitives.errors import InvalidInput
from forven.primitives.money import micros_of


def trades(schedule: FeeSchedule, *, opens: bool, legs: int, premium_quanta: int = 150) -> int:
    return sum(
        schedule.trade_micros(opens=opens, contracts=1, premium_quanta=premium_quanta)
        for _ in range(legs)
    )


def test_the_default_schedule_gives_the_published_totals():
    fees = FeeSchedule.named("default")
    assert trades(fees, opens=True, legs=4) == micros_of("6.88")
    assert trades(fees, opens=False, legs=4) == micros_of("2.88")
    assert trades(fees, opens=False, legs=2) == micros_of("1.44")
    assert trades(fees, opens=True, legs=2) == micros_of("3.44")
    assert trades(fees, opens=True, legs=2) + trades(fees, opens=False, legs=2) == micros_of("4.88")
    assert fees.settlement == micros_of("5.00")


@pytest.mark.parametrize(
    ("legs", "entries", "exits", "settled", "total"),
    [
        (2, 994, 991, 1, "4851.40"),
        (2, 995, 995, 0, "4855.60"),
        (4, 992, 989, 1, "9678.28"),
        (4, 990, 987, 3, "9668.76"),
    ],
)
def test_the_default_schedule_reproduces_totals_of_a_thousand_sessions(
    legs, entries, exits, settled, total
):
    fees = FeeSchedule.named("default")
    opened = entries * trades(fees, opens=True, legs=legs)
    closed = exits * trades(fees, opens=False, legs=legs)
    assert opened + closed + settled * fees.settlement == micros_of(total)


@pytest.mark.parametrize("opens", [True, False])
def test_cboe_fees_depend_on_the_premium_of_the_leg(opens):
    fees = FeeSchedule.named("cboe")
    assert trades(fees, opens=opens, legs=1, premium_quanta=99) == micros_of("1.18")
    assert trades(fees, opens=opens, legs=1, premium_quanta=100) == micros_of("1.27")
    assert trades(fees, opens=opens, legs=1, premium_quanta=-99) == micros_of("1.18")
    assert fees.settlement == 0


def test_the_zero_schedule_is_free():
    fees = FeeSchedule.named("zero")
    assert trades(fees, opens=True, legs=8) == trades(fees, opens=False, legs=8) == 0
    assert fees.settlement == 0


def test_an_unknown_name_lists_the_names():
    with pytest.raises(InvalidInput, match=r"one of default, cboe, zero or the path .* 'cheap'"):
        FeeSchedule.named("cheap")


@pytest.mark.parametrize("name", schedule_names("fees"))
def test_built_in_schedules_are_dated_sourced_and_survive_json(name):
    fees = FeeSchedule.named(name)
    assert fees.name == name
    assert fees.source
    assert FeeSchedule.from_json(fees.to_json()) == fees
    assert FeeSchedule.from_json(name) == fees


def test_a_schedule_is_read_from_a_file(tmp_path):
    document = {**FeeSchedule.named("cboe").to_json(), "name": "mine", "open_from": "2.005"}
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(document))
    assert FeeSchedule.named(str(path)).open_from == 2_005_000


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InvalidInput, match=r"nowhere\.json: expected a readable JSON file"):
        FeeSchedule.named(str(tmp_path / "nowhere.json"))


def test_a_document_may_not_reach_for_files(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(FeeSchedule.named("zero").to_json()))
    with pytest.raises(InvalidInput, match="must be one of default, cboe, zero, was"):
        FeeSchedule.from_json(str(path))


@pytest.mark.parametrize(
    "field", ["open_below", "open_from", "close_below", "close_from", "settlement"]
)
def test_fees_keep_their_bounds(field):
    fees = FeeSchedule.named("zero")
    assert getattr(replace(fees, **{field: 1_000_000_000}), field) == 1_000_000_000
    for wrong in (-1, 1_000_000_001, 1.0):
        with pytest.raises(InvalidInput, match=f"^{field} must be .* from 0 to 1000000000, was"):
            replace(fees, **{field: wrong})


def test_the_premium_split_keeps_its_bounds():
    fees = FeeSchedule.named("zero")
    assert replace(fees, premium_split=100_000).premium_split == 100_000
    for wrong in (-1, 100_001):
        with pytest.raises(InvalidInput, match=r"^premium_split must be .* from 0 to 100000, was"):
            replace(fees, premium_split=wrong)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("effective_from", "2024-13-01"),
        ("effective_from", "20240101"),
        ("effective_from", 20240101),
        ("premium_split", "1.001"),
        ("premium_split", 1),
        ("open_below", "1e3"),
        ("open_from", "-0.01"),
        ("close_below", "1000.01"),
        ("close_from", "0.0000001"),
        ("settlement", None),
        ("name", ""),
        ("name", "x" * 41),
        ("source", "two\nlines"),
    ],
)
def test_a_bad_document_names_the_field(field, value):
    document = {**FeeSchedule.named("default").to_json(), field: value}
    with pytest.raises(InvalidInput, match=field if field != "effective_from" else "date"):
        FeeSchedule.from_json(document)
