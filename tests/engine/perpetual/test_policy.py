"""The policy: every field reaches its column of the plan, documents read back."""

import json

import numpy as np
import pytest

from forven.engine.perpetual.fees import PerpetualFees
from forven.engine.perpetual.fills import PerpetualFills
from forven.engine.perpetual.liquidation import LiquidationSchedule
from forven.engine.perpetual.policy import FeeStanding, PerpetualPolicy
from forven.engine.perpetual.quoting import PegBlock, PerpetualReprice, Quoter
from forven.engine.perpetual.risk import PerpetualRisk
from forven.kernels import perpetual_schema as layout
from forven.kernels.schema import INT64_MAX
from forven.primitives.errors import InvalidInput
from tests.market.perpetual.made_ticks import CONTRACT

POLICY = PerpetualPolicy(
    fills=PerpetualFills(
        model="probabilistic", power=2, feed_latency_us=3, order_latency_us=5
    ),
    standing=FeeStanding(volume_14d="6000000", maker_share_pct="1.6", staking_level=2),
    risk=PerpetualRisk(leverage=7, max_daily_loss_pct="0.1", max_open_orders=9),
    reprice=PerpetualReprice(
        opening=PegBlock(nudge_after_ms=11, min_interval_ms=13, flat_tolerance_ticks=17,
                         max_concession="1.9"),
        closing=PegBlock(enabled=False, nudge_after_ms=23, min_interval_ms=29),
    ),
    quoter=Quoter(size="0.031", position_max="0.37", offset_ticks=4, retry_ms=41),
    requote_rows=False,
)  # fmt: skip

EXPECTED = {
    "FILL_MODEL": 2,
    "QUEUE_POWER": 2,
    "FEED_LATENCY_NS": 3_000,
    "ORDER_LATENCY_NS": 5_000,
    "MAKER_PPM": -20,
    "TAKER_PPM": 360,
    "LEVERAGE": 7,
    "HALT_LOSS": 100_000_000,
    "MAX_ORDERS": 9,
    "STALENESS_NS": 5 * 10**9,
    "OPENING_ENABLED": 1,
    "OPENING_NUDGE_NS": 11 * 10**6,
    "OPENING_INTERVAL_NS": 13 * 10**6,
    "OPENING_TOLERANCE_TICKS": 17,
    "MAX_CONCESSION": 19,
    "CLOSING_ENABLED": 0,
    "CLOSING_NUDGE_NS": 23 * 10**6,
    "CLOSING_INTERVAL_NS": 29 * 10**6,
    "PARTIAL_FROM": 10**11,
    "PARTIAL_PPM": 200_000,
    "COOLDOWN_NS": 30 * 10**9,
    "BACKSTOP_PPM": 666_667,
    "QUOTE_LOTS": 31,
    "QUOTE_OFFSET_TICKS": 4,
    "QUOTE_POSITION_MAX": 370,
    "QUOTE_RETRY_NS": 41 * 10**6,
    "REQUOTE_ROWS": 0,
    "COMMAND_FROM": 0,
    "COMMAND_COUNT": 0,
}


def test_every_field_reaches_its_column():
    row = POLICY.plan_row(CONTRACT, 10**9)
    columns = {
        name.removeprefix("PLAN_"): int(row[value])
        for name, value in vars(layout).items()
        if name.startswith("PLAN_") and name != "PLAN_WIDTH"
    }
    assert columns == EXPECTED
    assert row.dtype == np.int64


def test_a_bare_policy_quotes_nothing_and_never_halts():
    row = PerpetualPolicy().plan_row(CONTRACT, 10**9)
    assert row[layout.PLAN_QUOTE_LOTS] == 0
    assert row[layout.PLAN_HALT_LOSS] == INT64_MAX
    assert (row[layout.PLAN_MAKER_PPM], row[layout.PLAN_TAKER_PPM]) == (150, 450)


def test_a_policy_reads_back_and_keeps_its_hash():
    copy = PerpetualPolicy.from_json(json.dumps(POLICY.to_json()))
    assert copy == POLICY
    assert copy.hash == POLICY.hash
    assert PerpetualPolicy.from_json({}).hash == PerpetualPolicy().hash != POLICY.hash


def test_parts_may_be_the_names_of_built_ins():
    policy = PerpetualPolicy.from_json({"fills": "touch", "fees": "zero", "liquidation": "whole"})
    assert policy.fees == PerpetualFees.named("zero")
    assert policy.fills.model == "touch"
    assert policy.liquidation == LiquidationSchedule.named("whole")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"fill": 1}, "fill is no field of the document"),
        ({"fills": {"model": "x"}}, "fills.model must be one of"),
        ({"risk": {"leverage": "5"}}, "risk.leverage must be a whole number"),
        ({"standing": {"volume_14d": 5}}, "standing.volume_14d must be a decimal string"),
        ({"standing": {"maker_share_pct": "101"}}, "standing.maker_share_pct must be a decimal"),
        ({"requote_rows": 1}, "requote_rows must be true or false"),
        ({"quoter": {"size": "1"}}, "quoter.position_max must be given"),
        ({"fees": "../secret.json"}, "perpetual_fees must be one of hyperliquid, zero, was"),
    ],
)
def test_a_malformed_policy_is_refused_with_its_path(document, message):
    with pytest.raises(InvalidInput, match=message):
        PerpetualPolicy.from_json(document)


def test_a_plan_that_the_contract_cannot_hold_is_refused():
    with pytest.raises(InvalidInput, match=r"risk\.leverage must be at most 10 for PERP, was 11"):
        PerpetualPolicy(risk=PerpetualRisk(leverage=11)).plan_row(CONTRACT, 1)
    fine = Quoter(size="0.0005", position_max="1")
    with pytest.raises(InvalidInput, match=r"quoter\.size: expected a multiple of 0\.001 PERP"):
        PerpetualPolicy(quoter=fine).plan_row(CONTRACT, 1)
    with pytest.raises(InvalidInput, match="opening_equity must be a whole number from 1"):
        PerpetualPolicy().plan_row(CONTRACT, 0)
    with pytest.raises(InvalidInput, match="standing"):
        PerpetualPolicy(standing="new")
