"""Settings of a run: bounds, exact plan rows, and which of several speakers is heard."""

import pytest

from forven.engine.bars.policy import PROFILE, BarPolicy, check_heeded, policy_of
from forven.kernels import bars_schema as schema
from forven.primitives.errors import InvalidInput


def test_the_default_row_is_exact():
    row = BarPolicy().plan_row()
    named = {
        name: int(row[getattr(schema, name)])
        for name in vars(schema)
        if name.startswith("PLAN_") and name != "PLAN_WIDTH"
    }
    assert named == {
        "PLAN_PROGRAM_BEGIN": 0,
        "PLAN_PROGRAM_END": 0,
        "PLAN_ENTER_LONG": -1,
        "PLAN_EXIT_LONG": -1,
        "PLAN_ENTER_SHORT": -1,
        "PLAN_EXIT_SHORT": -1,
        "PLAN_MODE": schema.MODE_LONG,
        "PLAN_SIZING": schema.SIZING_FULL,
        "PLAN_FIXED_SIZE_MICROS": 1_000_000_000,
        "PLAN_RISK_PPM": 20_000,
        "PLAN_ATR_ROW": -1,
        "PLAN_ATR_STOP_MILLI": 2_000,
        "PLAN_KELLY_MILLI": 500,
        "PLAN_KELLY_LOOKBACK": 100,
        "PLAN_STOP_PPM": 0,
        "PLAN_TARGET_PPM": 0,
        "PLAN_TRAIL_PPM": 0,
        "PLAN_TIME_STOP_BARS": 0,
        "PLAN_FALLBACK_STOP_PPM": 30_000,
        "PLAN_LEVERAGE_PPM": 1_000_000,
        "PLAN_COST_PPM": 650,
        "PLAN_CAPITAL_MICROS": 10_000_000_000,
        "PLAN_DETAIL": 1,
    }


def test_every_setting_reaches_its_column():
    policy = BarPolicy(
        trade_mode="both",
        sizing_mode="atr",
        fixed_size="250.5",
        risk_per_trade=0.015,
        atr_stop_multiplier=2.5,
        kelly_multiplier=1,
        kelly_lookback=7,
        stop_loss_pct=2.5,
        take_profit_pct=1_000,
        trailing_stop_pct="0.75",
        time_stop_bars=8,
        fallback_stop_pct=4,
        leverage=2.5,
        fee_bps=0,
        slippage_bps="1.25",
        initial_capital="0.000001",
    )
    row = policy.plan_row(has_detail=False).tolist()
    assert row[schema.PLAN_MODE :] == [
        schema.MODE_BOTH, schema.SIZING_ATR, 250_500_000, 15_000, schema.BAR_ATR_FIRST, 2_500,
        1_000, 7, 25_000, 10_000_000, 7_500, 8, 40_000, 2_500_000, 125, 1, 0,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("fixed_size", "0.000001", "1000000000000"),
        ("risk_per_trade", "0.000001", "1"),
        ("atr_stop_multiplier", "0.001", "50"),
        ("kelly_multiplier", "0.001", "5"),
        ("kelly_lookback", 1, 1_000),
        ("stop_loss_pct", "0.0001", "100"),
        ("take_profit_pct", "0.0001", "1000"),
        ("trailing_stop_pct", "0.0001", "100"),
        ("time_stop_bars", 1, 2**31),
        ("fallback_stop_pct", "0.0001", "100"),
        ("leverage", "0.000001", "125"),
        ("fee_bps", 0, "1000"),
        ("slippage_bps", 0, "1000"),
        ("initial_capital", "0.000001", "1000000000000"),
    ],
)
def test_bounds_are_included_and_nothing_beyond(name, least, most):
    for within in (least, most):
        BarPolicy(**{name: within}).plan_row()
    beyond = [-1, int(most) + 1] + ([0] if float(least) > 0 else [])
    for value in beyond:
        with pytest.raises(InvalidInput, match=f"{name} must be"):
            BarPolicy(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [("trade_mode", "long"), ("sizing_mode", "ATR"), ("kelly_lookback", 2.0), ("leverage", None)],
)
def test_other_kinds_are_refused(name, value):
    with pytest.raises(InvalidInput, match=f"{name} must be"):
        BarPolicy(**{name: value})


def test_equal_settings_have_equal_hashes_however_they_are_written():
    assert BarPolicy(leverage=2).hash == BarPolicy(leverage="2.0").hash
    assert BarPolicy(leverage=2).hash != BarPolicy(leverage="2.000001").hash
    assert BarPolicy(fee_bps=4.5).to_json()["fee_bps"] == "4.5"
    assert BarPolicy().to_json()["stop_loss_pct"] is None


def test_without_a_profile_a_run_risks_one_percent_at_two_ranges():
    policy = policy_of({"trade_mode": "both", "fee_bps": 1, "stop_loss_pct": None})
    assert policy.sizing_mode == "atr"
    assert policy.units("risk_per_trade") == 10_000
    assert policy.units("atr_stop_multiplier") == 2_000
    assert policy.units("fallback_stop_pct") == 30_000


@pytest.mark.parametrize("name", PROFILE)
def test_any_setting_of_a_profile_makes_one(name):
    value = {"sizing_mode": "kelly", "time_stop_bars": 3, "kelly_lookback": 5}.get(name, 1)
    for given, brought in (({name: value}, {}), ({}, {name: value})):
        policy = policy_of(given, brought)
        assert getattr(policy, name) == value
        assert policy.sizing_mode == (value if name == "sizing_mode" else "full")


def test_a_run_beats_its_strategy_and_that_the_defaults():
    policy = policy_of({"stop_loss_pct": 1}, {"stop_loss_pct": 9, "time_stop_bars": 4}, 3.0)
    assert policy == BarPolicy(stop_loss_pct=1, time_stop_bars=4, leverage=3.0)
    assert policy_of({"leverage": 1, "sizing_mode": "full"}, {}, 3.0).leverage == 1


def test_a_name_that_is_no_setting_is_refused():
    with pytest.raises(InvalidInput, match="stop_loss is no setting of a run; they are trade_mode"):
        policy_of({"stop_loss": 1})


@pytest.mark.parametrize(
    ("name", "sizings"),
    [
        ("fixed_size", ("fixed",)),
        ("risk_per_trade", ("fraction", "atr")),
        ("atr_stop_multiplier", ("atr",)),
        ("kelly_multiplier", ("kelly",)),
        ("kelly_lookback", ("kelly",)),
    ],
)
def test_a_setting_that_the_sizing_does_not_heed_is_refused_where_nobody_chose_it(name, sizings):
    one = {name: 1}
    for said, brought in ((one, {}), ({}, one)):
        with pytest.raises(InvalidInput, match=f"{name} 1: expected .*found full.*--sizing"):
            check_heeded(policy_of(said, brought), said, brought)
    for sizing in ("full", "fixed", "fraction", "atr", "kelly"):
        chosen = {"sizing_mode": sizing}
        for said, brought in ((one | chosen, {}), (chosen, one), ({}, one | chosen)):
            check_heeded(policy_of(said, brought), said, brought)
        if sizing in sizings:
            check_heeded(policy_of(one, chosen), one, chosen)
        else:
            with pytest.raises(InvalidInput, match=f"found {sizing}"):
                check_heeded(policy_of(one, chosen), one, chosen)


def test_what_every_sizing_heeds_is_never_refused():
    said = {
        "stop_loss_pct": 1,
        "time_stop_bars": 3,
        "leverage": 2,
        "fee_bps": 1,
        "fixed_size": None,
    }
    check_heeded(policy_of(said), said, {})


def test_the_stop_without_another_alone_leaves_the_default_sizing():
    said = {"fallback_stop_pct": 1}
    check_heeded(policy_of(said), said, {})
    with pytest.raises(InvalidInput, match="found kelly"):
        check_heeded(BarPolicy(sizing_mode="kelly"), said, {"sizing_mode": "kelly"})
