"""Declared rules make the strategy that the same rules in Python make; what is wrong is said."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from forven.market.bars.columns import ENRICHMENT
from forven.market.bars.synthetic import random_bars
from forven.primitives.errors import InvalidInput
from forven.strategies.bars.checker import bars_for, check_strategy
from forven.strategies.bars.compilation import compile_runs
from forven.strategies.bars.errors import InvalidBarStrategy, InvalidIndicator, InvalidParameter
from forven.strategies.bars.specs.engine import (
    indicator_names,
    parse_rules,
    read_rules,
    rule_engine,
)
from forven.strategies.bars.specs.indicators import indicators
from forven.strategies.bars.writing import (
    Controls,
    Market,
    Parameter,
    Rules,
    bar_strategy,
    bollinger,
    ema,
    leverage,
    sma,
)
from tests.strategies.bars.library.drawn import NAN, bars_of_signals, dots
from tests.strategies.bars.specs.declared import entry, nested, spec

EXAMPLE = Path(__file__).parents[4] / "examples" / "bars" / "funding_dip.json"


def test_it_signals_as_declared():
    # SMA(2) and SMA(3) from bar 2: 9.5 9.67, 9 9.33, 10.5 10, 12 11.33, 9 10.
    bars = dots([10.0, 10.0, 9.0, 9.0, 12.0, 12.0, 6.0])
    found = bars_of_signals(rule_engine(spec()), bars)
    assert (found["enter_long"], found["exit_long"]) == ([4], [2, 3, 6])


def test_the_example_is_the_same_as_in_python():
    @bar_strategy(
        name="funding_dip",
        family="own",
        rule="As the example.",
        source="a test",
        needs=("funding_rate",),
        parameters=(Parameter("paid", 0.0, -0.001, 0.001), leverage(1.0)),
    )
    def written(market: Market, p) -> Rules:
        close, rate = market.close, market.column("funding_rate")
        trend, bands = ema(close, 200), bollinger(close, 20, 2.0)
        below = (close < trend) & (close.ago(1) >= trend.ago(1))
        paid = (sma(rate, 24) < p.paid) | (rate < p.paid)
        is_pulled_back = (market.low <= bands.lower).within(3)
        return Rules(
            enter_long=((close - trend) / trend > 0.0) & is_pulled_back & paid & ~below,
            exit_long=(close >= bands.middle) | (close < trend).for_bars(2),
            controls=Controls(sizing_mode="atr", risk_per_trade=0.01, atr_stop_multiplier=2.0),
        )

    declared = read_rules(EXAMPLE)
    bars = random_bars(20_000, 3, columns=("funding_rate",))
    for paid in (0.0, -2e-5, 5e-5):
        found = bars_of_signals(declared, bars, paid=paid)
        assert found == bars_of_signals(written, bars, paid=paid)
        assert found["enter_long"] and found["exit_long"]
    market, p = declared.market(), declared.resolve()
    assert declared.rules(market, p).controls == written.rules(market, written.resolve()).controls
    assert (declared.needs, declared.mode) == (("funding_rate",), "long_only")
    assert declared.warmup(p) == written.warmup(written.resolve()) == 200


def test_it_is_honest_and_sweeps():
    strategy = read_rules(EXAMPLE)
    parameters = strategy.resolve({"trend_bars": 50})
    report = check_strategy(strategy, bars_for(strategy, parameters, "1h", 3), parameters, 5)
    assert report.troubles == ()
    sets = [{"trend_bars": bars, "paid": paid} for bars in (50, 100) for paid in (0.0, 1e-5)]
    bars = random_bars(1_000, 4, columns=strategy.needs)
    assert compile_runs(strategy, sets, bars).runs.shape == (4, 6)


def test_a_spec_that_changes_later_changes_nothing():
    given = spec()
    strategy = rule_engine(given)
    given["entry_long"][1] = "<"
    assert "crosses above" in repr(strategy.rules(strategy.market(), strategy.resolve()).enter_long)
    given["entry_long"][1] = "crosses_above"


def test_a_strategy_of_rules_may_go_to_another_process():
    strategy = rule_engine(spec())
    bars = dots([10.0, 10.0, 9.0, 9.0, 12.0, 12.0, 6.0])
    again = pickle.loads(pickle.dumps(strategy))
    assert bars_of_signals(again, bars) == bars_of_signals(strategy, bars)


def test_modes_follow_from_the_entries():
    short = {"entry_short": ["quick", "<", "late"]}
    assert rule_engine(spec()).modes == ("long_only",)
    assert rule_engine(spec(**short)).modes == ("long_only", "short_only", "both")
    assert rule_engine(spec(**short, entry_long=None)).modes == ("short_only",)
    assert rule_engine(spec(**short, modes=["both"])).modes == ("both",)
    with pytest.raises(InvalidBarStrategy, match="modes: expected some of long_only"):
        rule_engine(spec(modes=["both"]))


def test_controls_may_be_parameters():
    strategy = rule_engine(
        spec(
            params={"fast": 2, "slow": 3, "stop": 1.5, "hold": 8},
            controls={"stop_loss_pct": "stop", "time_stop_bars": "hold", "take_profit_pct": 3},
        )
    )
    p = strategy.resolve({"stop": 2.0})
    assert strategy.rules(strategy.market(), p).controls.given() == {
        "stop_loss_pct": 2.0,
        "take_profit_pct": 3.0,
        "time_stop_bars": 8,
    }


def test_parameters_are_bounded():
    strategy = rule_engine(spec(params={"fast": 2, "slow": 30, "leverage": 2.0}))
    assert [(one.low, one.high) for one in strategy.space] == [(1, 4), (15, 60), (1.0, 125.0)]
    with pytest.raises(InvalidParameter, match="expected a whole number from 15 to 60, found 61"):
        strategy.resolve({"slow": 61})
    with pytest.raises(InvalidParameter, match="expected fast < slow"):
        rule_engine(spec(params={"fast": 3, "slow": 3}))


@pytest.mark.parametrize("name", indicator_names())
def test_every_indicator_can_be_declared(name):
    settings = {"bars": 4, "fast": 3, "slow": 6, "signal": 3, "tenkan": 3, "kijun": 4, "span": 5}
    settings |= {"acceleration": 0.02, "maximum": 0.2, "width": 2.0, "atr_bars": 3, "smooth": 2}
    settings |= {"short": 2, "middle": 3, "long": 4, "channel_width": 1.5, "momentum_bars": 4}
    settings |= {"streak_bars": 2, "rank_bars": 5, "k_bars": 2, "d_bars": 2, "start": 50.0}
    formula = indicators()[name]
    declared = {key: settings[key] for key in formula.settings}
    strategy = rule_engine(
        entry(["close", ">", 1], indicators={"line": {"indicator": name, **declared}})
    )
    assert strategy.modes == ("long_only",)


WRONG = {
    "no object": ([1, 2], "spec: expected an object"),
    "nothing": ({}, "spec: expected entry_long or entry_short"),
    "an unknown field": (spec(entry_lnog=1), "did you mean 'entry_long'"),
    "no entry": (spec(entry_long=None), "expected entry_long or entry_short"),
    "an empty name": (spec(name=" "), "expected a name"),
    "a name that is a number": (spec(name=5), "name: expected a text"),
    "modes that are a text": (spec(modes="both"), "modes: expected a list of texts"),
    "params that are a list": (spec(params=[1]), "params: expected an object"),
    "a parameter that is a text": (spec(params={"fast": "2"}), "params.fast: expected a finite"),
    "a parameter without bounds": (
        spec(params={"fast": {"default": 2}}),
        "params.fast: expected the field 'low'",
    ),
    "a parameter with an unknown field": (
        spec(params={"fast": {"default": 2, "low": 1, "hihg": 3}}),
        "did you mean 'high'",
    ),
    "a step of nothing": (
        spec(params={"fast": {"default": 2, "low": 1, "high": 3, "step": 0}}),
        "params.fast.step: expected a step above 0",
    ),
    "a parameter named as a price": (spec(params={"close": 2}), "params: expected a new name"),
    "an indicator named as a parameter": (
        spec(params={"quick": 2, "fast": 2, "slow": 3}),
        "indicators: expected a new name",
    ),
    "an indicator named as a column": (
        spec(indicators={"vix_close": {"indicator": "sma", "bars": 2}}),
        "indicators: expected a new name",
    ),
    "a name with a point": (spec(indicators={"a.b": "close"}), "indicators: expected a new name"),
    "an unknown indicator": (
        spec(indicators={"quick": {"indicator": "smaa", "bars": 2}}),
        r"indicators.quick: expected an indicator \(did you mean 'sma'",
    ),
    "an unknown setting": (
        spec(indicators={"quick": {"indicator": "sma", "bar": 2}}),
        "did you mean 'bars'",
    ),
    "a setting left out": (
        spec(indicators={"quick": {"indicator": "sma"}}),
        "expected the setting 'bars' of sma",
    ),
    "half a bar": (
        spec(indicators={"quick": {"indicator": "sma", "bars": 2.5}}),
        "indicators.quick.bars: expected a whole number",
    ),
    "a setting that is a list": (
        spec(indicators={"quick": {"indicator": "sma", "bars": [2]}}),
        "indicators.quick.bars: expected a finite number",
    ),
    "a column for an indicator of bars": (
        entry(
            ["line", ">", 1], indicators={"line": {"indicator": "adx", "of": "close", "bars": 3}}
        ),
        "expected no 'of': adx is of the bars",
    ),
    "an indicator that is declared later": (
        entry(
            ["a", ">", 1],
            indicators={"a": {"+": ["b", 1]}, "b": {"indicator": "sma", "bars": 2}},
        ),
        "known after its own line",
    ),
    "an indicator of itself": (
        entry(["a", ">", 1], indicators={"a": {"+": ["a", 1]}}),
        "indicators.a.+: expected a name that is known",
    ),
    "a relation of unknown parameters": (spec(relations=["fast < slwo"]), "did you mean 'slow'"),
    "an unknown control": (spec(controls={"stop_los_pct": 2}), "did you mean 'stop_loss_pct'"),
    "a control of the wrong type": (
        spec(controls={"time_stop_bars": 2.5}),
        "controls.time_stop_bars: expected a whole number",
    ),
    "a column of the wrong name": (spec(needs=["Bad Name"]), "column: expected 1 to 40"),
    "a missing number": (spec(params={"fast": float("nan")}), "params.fast: expected a finite"),
    "a number without end": (entry(["close", ">", float("inf")]), "expected a finite number"),
    "an integer of many digits": (entry(["close", ">", 10**400]), "expected a finite number"),
    "true": (entry(["close", ">", True]), "expected a finite number"),
    "null": (entry(["close", ">", None]), "expected a finite number"),
    "a key that is a number": (entry({1: ["close", ">", 1]}), "entry_long: expected a text"),
    "a text without end": (entry("x" * 1_000), "at most 400 characters"),
    "levels without end": (entry(nested("not", 500)), "expected at most 40 levels"),
    "parts without end": (entry({"all": [["close", ">", 1]] * 3_000}), "at most 2000 parts"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said(case):
    given, message = WRONG[case]
    with pytest.raises(InvalidInput, match=message) as found:
        rule_engine(given)
    assert len(str(found.value)) < 2_000


def test_settings_out_of_bounds_are_said_by_the_indicator():
    with pytest.raises(InvalidIndicator, match="sma: period: expected a whole number from 2"):
        rule_engine(spec(indicators={"quick": {"indicator": "sma", "bars": 1}}))


def test_a_formula_may_not_grow_without_end():
    chain = {"a0": {"indicator": "sma", "bars": 2}}
    chain |= {f"a{place}": {"+": [f"a{place - 1}"] * 2} for place in range(1, 150)}
    with pytest.raises(InvalidBarStrategy, match="nested at most 120 deep"):
        rule_engine(entry(["a149", ">", 1], indicators=chain))


@pytest.mark.parametrize("word", ["starts", "not", "all", "any"])
def test_deep_trees_take_no_time(word):
    strategy = rule_engine(entry(nested(word, 15 if word in ("all", "any") else 35)))
    bars = dots([0.5, 2.0, 0.5, 2.0] * 50)
    assert len(bars_of_signals(strategy, bars)["enter_long"]) <= 200


def test_long_lists_are_not_nested_deep():
    many = [["close", ">", place] for place in range(1, 191)]
    strategy = rule_engine(
        entry({"any": many}, exit_long={"all": [["low", *one[1:]] for one in many[:150]]})
    )
    found = bars_of_signals(strategy, dots([0.01, 150.0, 400.0]))
    assert (found["enter_long"], found["exit_long"]) == ([1, 2], [2])


def test_a_formula_inside_itself_is_not_followed_for_ever():
    loop: dict = {}
    loop["all"] = [loop]
    with pytest.raises(InvalidBarStrategy, match="expected at most 40 levels"):
        rule_engine(entry(loop))


TEXTS = {
    "no JSON": ("{", "expected JSON, found .* at line 1, column 2"),
    "another value": ("[]", "spec: expected an object"),
    "a name twice": ('{"name": "a", "name": "b"}', "expected each name once, found 'name' twice"),
    "NaN": ('{"entry_long": ["close", ">", NaN]}', "expected a finite number"),
    "levels without end": ('{"entry_long": ' + "[" * 100_000, "expected JSON"),
    "digits without end": ('{"entry_long": ["close", ">", ' + "9" * 5_000 + "]}", "expected JSON"),
}


@pytest.mark.parametrize("case", TEXTS)
def test_texts_that_are_no_rules(case):
    text, message = TEXTS[case]
    with pytest.raises(InvalidBarStrategy, match=message):
        parse_rules(text)


def test_a_damaged_spec_is_refused_or_runs():
    random = np.random.default_rng(9)
    whole = json.loads(EXAMPLE.read_text())
    odd = [None, True, -1, 0, 1e300, NAN, "", "close", "\0", [], {}, [[]], {"of": 1}, 10**30, "not"]
    bars = random_bars(300, 4, columns=tuple(ENRICHMENT))
    refused = 0
    for _ in range(600):
        damaged = json.loads(json.dumps(whole))
        for _ in range(random.integers(1, 3)):
            damage(damaged, odd[random.integers(len(odd))], random)
        try:
            strategy = rule_engine(damaged)
        except InvalidInput:
            refused += 1
        else:
            assert bars_of_signals(strategy, bars)
    assert 300 < refused < 600


def damage(part, odd, random):
    """Put something odd in a random place of a spec, or leave the place out."""
    keys = list(part) if isinstance(part, dict) else list(range(len(part)))
    if not keys:
        return
    key = keys[random.integers(len(keys))]
    if isinstance(part[key], dict | list) and random.random() < 0.8:
        damage(part[key], odd, random)
    elif random.random() < 0.2:
        del part[key]
    else:
        part[key] = odd


def test_files_that_are_no_rules(tmp_path):
    with pytest.raises(InvalidBarStrategy, match="expected a file, found none"):
        read_rules(tmp_path / "none.json")
    path = tmp_path / "rules.json"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidBarStrategy, match="expected UTF-8"):
        read_rules(path)
    path.write_text(" " * 1_000_001)
    with pytest.raises(InvalidBarStrategy, match="expected at most 1,000,000 bytes"):
        read_rules(path)


def test_a_text_makes_the_same_as_an_object():
    bars = dots([10.0, 10.0, 9.0, 9.0, 12.0, 12.0, 6.0])
    found = parse_rules(json.dumps(spec()))
    assert bars_of_signals(found, bars) == bars_of_signals(rule_engine(spec()), bars)


def test_the_rules_of_the_documentation_are_rules():
    text = (EXAMPLE.parents[2] / "docs" / "LIBRARY.md").read_text()
    declared = text.split("```json")[1].split("```")[0]
    found = bars_of_signals(parse_rules(declared), random_bars(3_000, 4))
    assert found["enter_long"] and found["exit_long"]
