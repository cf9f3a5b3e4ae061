import pytest

from forven.engine.risk import RiskPolicy
from forven.kernels import schema
from forven.primitives.errors import InvalidInput


def test_defaults_are_the_widest_limits_without_a_daily_loss():
    assert RiskPolicy().to_json() == {
        "max_daily_loss_pct": None,
        "max_open_positions": 100,
        "max_open_orders": 50,
        "data_staleness_threshold_ms": 5_000,
        "auto_pause_on_error": True,
        "error_budget": 0,
    }


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [
        ("max_open_positions", 1, 100),
        ("max_open_orders", 1, 50),
        ("data_staleness_threshold_ms", 500, 10_000),
        ("error_budget", 0, 100),
    ],
)
def test_whole_fields_keep_their_bounds(field, least, most):
    assert getattr(RiskPolicy(**{field: least}), field) == least
    assert getattr(RiskPolicy(**{field: most}), field) == most
    for wrong in (least - 1, most + 1, True, str(least), None):
        with pytest.raises(InvalidInput, match=f"^{field} must be .* from {least} to {most}, was"):
            RiskPolicy(**{field: wrong})


def test_auto_pause_is_true_or_false_only():
    with pytest.raises(InvalidInput, match="auto_pause_on_error must be true or false, was null"):
        RiskPolicy(auto_pause_on_error=None)


@pytest.mark.parametrize("value", ["0.0050", "0.005", "0.5", "0.5000", "0.0123"])
def test_a_daily_loss_is_spelled_with_four_decimals(value):
    policy = RiskPolicy(max_daily_loss_pct=value)
    assert len(policy.max_daily_loss_pct) == 6
    assert float(policy.max_daily_loss_pct) == float(value)
    assert RiskPolicy.from_json(policy.to_json()) == policy


@pytest.mark.parametrize(
    "value", ["0.0049", "0.5001", "0.00501", 0.02, 1, "", "2%", " 0.02", "0,02", "NaN", "1e-2"]
)
def test_a_daily_loss_outside_its_form_or_bounds_is_refused(value):
    with pytest.raises(InvalidInput, match=r"^max_daily_loss_pct must be .* 0.005 to 0.50 .*was"):
        RiskPolicy(max_daily_loss_pct=value)


@pytest.mark.parametrize(
    ("value", "cash", "expected"),
    [
        ("0.0200", 100_000_000_000, 2_000_000_000),
        ("0.0050", 199, 1),  # 0.995 micros: rounded up, never halted a micro early
        ("0.0050", 200, 1),
        ("0.0050", 201, 2),
        ("0.5000", 3, 2),
        (None, 100_000_000_000, schema.INT64_MAX),
    ],
)
def test_the_halting_loss_is_rounded_up(value, cash, expected):
    assert RiskPolicy(max_daily_loss_pct=value).halt_loss(cash) == expected


def test_a_document_names_the_unknown_and_the_bad_field():
    with pytest.raises(InvalidInput, match=r"^risk.max_orders is no field of risk; its fields are"):
        RiskPolicy.from_json({"max_orders": 1})
    with pytest.raises(InvalidInput, match=r"^bot.risk.error_budget must be"):
        RiskPolicy.from_json({"error_budget": 101}, "bot.risk")
    with pytest.raises(InvalidInput, match=r"^risk must be an object, was a list of 0"):
        RiskPolicy.from_json([])
