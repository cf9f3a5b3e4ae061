"""Limits of a bot on a perpetual."""

import pytest

from forven.engine.perpetual.risk import PerpetualRisk
from forven.kernels.schema import INT64_MAX
from forven.primitives.errors import InvalidInput


def test_a_loss_limit_is_a_share_of_the_opening_equity_rounded_up():
    assert PerpetualRisk(max_daily_loss_pct="0.05").halt_loss(1_000_001) == 50_001
    assert PerpetualRisk().halt_loss(1_000_000) == INT64_MAX


def test_equal_limits_are_equal_policies():
    assert PerpetualRisk(max_daily_loss_pct="0.05") == PerpetualRisk(max_daily_loss_pct="0.0500")


def test_a_policy_reads_back():
    risk = PerpetualRisk(leverage=3, max_daily_loss_pct="0.1", data_staleness_threshold_ms=7)
    assert PerpetualRisk.from_json(risk.to_json()) == risk
    assert risk.staleness_ns == 7_000_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"leverage": 0}, "leverage must be a whole number from 1 to 1000, was 0"),
        ({"leverage": True}, "leverage must be a whole number"),
        ({"max_daily_loss_pct": "0.001"}, "max_daily_loss_pct must be a decimal string from 0.005"),
        ({"max_open_orders": 201}, "max_open_orders must be a whole number from 1 to 200"),
        ({"data_staleness_threshold_ms": 0}, "data_staleness_threshold_ms must be a whole number"),
    ],
)
def test_limits_out_of_range_are_refused(change, message):
    with pytest.raises(InvalidInput, match=message):
        PerpetualRisk(**change)
