import json
from dataclasses import replace

import numpy as np
import pytest

from forven.engine.fees import FeeSchedule
from forven.engine.fills import FILL_PRESETS, FillModel
from forven.engine.margin import MarginSchedule
from forven.engine.policy import OPENING_CASH_MAX, SessionPolicy
from forven.engine.reprice import ClosingReprice, OpeningReprice, RepricePolicy
from forven.engine.risk import RiskPolicy
from forven.kernels import schema
from forven.primitives.errors import InvalidInput

CASH = 100_000_000_000

FULL = SessionPolicy(
    fills=FillModel.preset("live"),
    fees=FeeSchedule.named("cboe"),
    margin=MarginSchedule.named("exchange"),
    risk=RiskPolicy(
        max_daily_loss_pct="0.0250",
        max_open_positions=8,
        max_open_orders=4,
        data_staleness_threshold_ms=1_500,
        auto_pause_on_error=False,
        error_budget=7,
    ),
    reprice=RepricePolicy(
        opening=OpeningReprice(
            nudge_after_seconds=21,
            min_interval_seconds=5,
            flat_tolerance_ticks=2,
            max_concession="0.35",
        ),
        closing=ClosingReprice(nudge_after_seconds=16, min_interval_seconds=6),
    ),
)


def test_a_plan_row_carries_every_number_of_the_policy():
    row = FULL.plan_row(CASH)
    assert row.shape == (schema.PLAN_WIDTH,)
    assert row.dtype == np.int64
    expected = {
        schema.PLAN_LAMBDA_BPS: 10_000,
        schema.PLAN_CONCEDED_TICKS: 1,
        schema.PLAN_OPENING_ENABLED: 1,
        schema.PLAN_OPENING_NUDGE_NS: 21_000_000_000,
        schema.PLAN_OPENING_INTERVAL_NS: 5_000_000_000,
        schema.PLAN_OPENING_TOLERANCE_TICKS: 2,
        schema.PLAN_MAX_CONCESSION: 35,
        schema.PLAN_CLOSING_ENABLED: 1,
        schema.PLAN_CLOSING_NUDGE_NS: 16_000_000_000,
        schema.PLAN_CLOSING_INTERVAL_NS: 6_000_000_000,
        schema.PLAN_FEE_SPLIT: 100,
        schema.PLAN_FEE_OPEN_BELOW: 1_180_000,
        schema.PLAN_FEE_OPEN_FROM: 1_270_000,
        schema.PLAN_FEE_CLOSE_BELOW: 1_180_000,
        schema.PLAN_FEE_CLOSE_FROM: 1_270_000,
        schema.PLAN_MARGIN_RULE: schema.MARGIN_EXCHANGE,
        schema.PLAN_MARGIN_RATE_BPS: 1_500,
        schema.PLAN_MARGIN_FLOOR_BPS: 1_000,
        schema.PLAN_HALT_LOSS: 2_500_000_000,
        schema.PLAN_MAX_POSITIONS: 8,
        schema.PLAN_MAX_ORDERS: 4,
        schema.PLAN_STALENESS_NS: 1_500_000_000,
        schema.PLAN_ERROR_BUDGET: 7,
        schema.PLAN_EXIT_TS: schema.INT64_MAX,
    }
    found = {column: int(value) for column, value in enumerate(row) if value}
    assert found == expected


def test_the_backtest_preset_reaches_the_row():
    row = SessionPolicy(fills=FillModel.preset("backtest")).plan_row(CASH)
    assert row[schema.PLAN_SAME_TICK] == 1
    assert row[schema.PLAN_SLIPPAGE_TICKS] == 1
    assert row[schema.PLAN_FEE_SETTLEMENT] == 5_000_000
    assert row[schema.PLAN_HALT_LOSS] == schema.INT64_MAX
    assert row[schema.PLAN_AUTO_PAUSE] == 1


@pytest.mark.parametrize("preset", FILL_PRESETS)
@pytest.mark.parametrize("opening", [True, False])
@pytest.mark.parametrize("closing", [True, False])
def test_a_block_is_on_only_where_the_fills_re_price(preset, opening, closing):
    reprice = RepricePolicy(
        opening=OpeningReprice(enabled=opening), closing=ClosingReprice(enabled=closing)
    )
    row = SessionPolicy(fills=FillModel.preset(preset), reprice=reprice).plan_row(CASH)
    assert row[schema.PLAN_OPENING_ENABLED] == (preset == "live" and opening)
    assert row[schema.PLAN_CLOSING_ENABLED] == (preset == "live" and closing)


def test_opening_cash_keeps_its_bounds():
    assert SessionPolicy().plan_row(1)[schema.PLAN_HALT_LOSS] == schema.INT64_MAX
    risk = RiskPolicy(max_daily_loss_pct="0.5000")
    row = SessionPolicy(risk=risk).plan_row(OPENING_CASH_MAX)
    assert row[schema.PLAN_HALT_LOSS] == OPENING_CASH_MAX // 2
    for wrong in (0, -1, OPENING_CASH_MAX + 1, 1e9):
        with pytest.raises(InvalidInput, match=r"^opening_cash must be a whole number from 1 to"):
            SessionPolicy().plan_row(wrong)


@pytest.mark.parametrize("policy", [FULL, SessionPolicy()])
def test_a_policy_survives_json_with_its_hash(policy):
    text = json.dumps(policy.to_json())
    again = SessionPolicy.from_json(text)
    assert again == policy
    assert again.hash == policy.hash


def test_json_has_no_float():
    def kinds(value: object) -> set[type]:
        if isinstance(value, dict):
            return set().union(*(kinds(item) for item in value.values()))
        return {type(value)}

    assert kinds(FULL.to_json()) == {str, int, bool}


def test_every_part_changes_the_hash():
    others = [
        replace(FULL, fills=FillModel.preset("half")),
        replace(FULL, fees=FeeSchedule.named("zero")),
        replace(FULL, margin=MarginSchedule.named("default")),
        replace(FULL, risk=RiskPolicy()),
        replace(FULL, reprice=RepricePolicy()),
    ]
    assert len({FULL.hash, *(other.hash for other in others)}) == 6


def test_parts_may_be_named_and_left_out():
    policy = SessionPolicy.from_json({"fills": "half", "fees": "zero", "margin": "exchange"})
    assert policy.fills == FillModel.preset("half")
    assert policy.fees == FeeSchedule.named("zero")
    assert policy.margin == MarginSchedule.named("exchange")
    assert policy.risk == RiskPolicy()
    assert SessionPolicy.from_json("{}") == SessionPolicy()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"risk": {"error_budget": 1, "error_budget": 2}}', "risk.error_budget: found the field"),
        ('{"risk": {"error_budget": NaN}}', "risk.error_budget: found NaN"),
        ('{"risk": {"error_budget": 1e400}}', "risk.error_budget: found the number 1e400"),
        ('{"risk": {"max_open_orders": 0}}', "risk.max_open_orders must be"),
        ('{"fees": "cheap"}', "fees must be one of default, cboe, zero, was 'cheap'"),
        ('{"fills": 3}', "fills must be an object, was 3"),
        ('{"slippage": 1}', "slippage is no field of the document"),
        ("[]", "document must be an object"),
        ("{", "document: expected JSON, found an error at line 1"),
    ],
)
def test_a_bad_document_names_the_field(text, message):
    with pytest.raises(InvalidInput, match=f"^{message}"):
        SessionPolicy.from_json(text)


def test_a_part_of_another_class_is_refused():
    with pytest.raises(InvalidInput, match="fees must be a FeeSchedule, was"):
        SessionPolicy(fees="default")
