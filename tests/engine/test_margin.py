from dataclasses import replace

import pytest

from forven.engine.margin import MarginSchedule
from forven.kernels import schema
from forven.primitives.errors import InvalidInput
from forven.primitives.money import micros_of

MULTIPLIER = 1_000_000  # micros a quantum of one SPX contract


def naked(name: str, right: int, strike: int, spot: int, mark2: int = 0) -> int:
    return MarginSchedule.named(name).naked_micros(
        right=right, strike=strike, spot=spot, mark2=mark2, multiplier=MULTIPLIER
    )


@pytest.mark.parametrize("right", [schema.CALL, schema.PUT])
def test_a_fifth_of_the_strike_is_the_default(right):
    assert naked("default", right, 595_000, 600_000, 400) == micros_of("119000")


@pytest.mark.parametrize(
    ("right", "strike", "spot", "mark2", "expected"),
    [
        (schema.PUT, 595_000, 600_000, 400, "85200"),  # 200 + 90,000 - 5,000
        (schema.PUT, 500_000, 600_000, 10, "50005"),  # the floor: 10 % of the strike
        (schema.CALL, 700_000, 600_000, 10, "60005"),  # the floor: 10 % of the index
        (schema.CALL, 590_000, 600_000, 20_200, "100100"),  # in the money: nothing is taken off
        (schema.PUT, 595_000, schema.MISSING, 0, "89250"),  # no index yet: the strike stands in
    ],
)
def test_the_exchange_rule_gives_the_printed_requirements(right, strike, spot, mark2, expected):
    assert naked("exchange", right, strike, spot, mark2) == micros_of(expected)


def test_the_rules_have_the_codes_of_the_kernel():
    default, exchange = MarginSchedule.named("default"), MarginSchedule.named("exchange")
    assert (default.rule_code, default.rate_bps, default.floor_bps) == (0, 2_000, 0)
    assert (exchange.rule_code, exchange.rate_bps, exchange.floor_bps) == (1, 1_500, 1_000)


@pytest.mark.parametrize("name", ["default", "exchange"])
def test_schedules_survive_json(name):
    schedule = MarginSchedule.named(name)
    assert MarginSchedule.from_json(schedule.to_json()) == schedule
    assert MarginSchedule.from_json(name) == schedule


def test_an_unknown_name_lists_the_names():
    with pytest.raises(InvalidInput, match="margin must be one of default, exchange or"):
        MarginSchedule.named("portfolio")


@pytest.mark.parametrize("field", ["rate_bps", "floor_bps"])
def test_rates_keep_their_bounds(field):
    schedule = MarginSchedule.named("exchange")
    assert getattr(replace(schedule, **{field: 0}), field) == 0
    assert getattr(replace(schedule, **{field: 10_000}), field) == 10_000
    for wrong in (-1, 10_001, "1"):
        with pytest.raises(InvalidInput, match=f"^{field} must be .* from 0 to 10000, was"):
            replace(schedule, **{field: wrong})


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("rule", "span", "margin.rule must be one of strike_share, exchange, was"),
        ("rate", "0.20001", "margin.rate must be a decimal string from 0.00 to 1.00"),
        ("floor", "0.10", "margin.floor_bps must be 0 under the rule strike_share"),
        ("effective_from", None, "margin.effective_from must be a date"),
        ("rates", "0.1", "margin.rates is no field of margin"),
    ],
)
def test_a_bad_document_names_the_field(field, value, text):
    document = {**MarginSchedule.named("default").to_json(), field: value}
    with pytest.raises(InvalidInput, match=text):
        MarginSchedule.from_json(document)
