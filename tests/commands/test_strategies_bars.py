import json

import pytest
from click.testing import CliRunner

from forven.commands import strategies_bars
from forven.commands.strategies import command
from forven.market.bars.synthetic import random_bars
from forven.strategies.bars.errors import InvalidBarStrategy, InvalidParameter, UnknownStrategy
from forven.strategies.bars.registry import built_in

HONEST = """
from forven.strategies.bars.writing import Market, Parameters, Rules, bar_strategy, ema

@bar_strategy(name="mine", family="own", rule="A cross.", source="me")
def mine(market: Market, p: Parameters) -> Rules:
    return Rules(enter_long=ema(market.close, 5).crosses_above(ema(market.close, 20)))
"""
PEEKING = """
import numpy as np
from forven.strategies.bars.writing import signal_strategy

@signal_strategy(name="peek", warmup=lambda p: 1)
def peek(bars, p):
    close = bars.floats("close")
    rises = np.append(close[1:] > close[:-1], False)
    return {"enter_long": rises, "exit_long": ~rises}
"""


def run(*arguments: object):
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


@pytest.fixture
def file(tmp_path):
    def written(text):
        path = tmp_path / "own.py"
        path.write_text(text)
        return path

    return written


def test_check_of_an_honest_file_ends_well(file):
    result = run("check", file(HONEST), "--cuts", 5)
    assert result.exit_code == 0, result.output
    assert "strategy:  mine" in result.stdout
    assert "warm-up:   20 bars" in result.stdout
    assert "honest:    no later bar changed a decision, at 11 places" in result.stdout


def test_check_of_a_peeking_file_fails_and_shows_the_first_decision_that_differs(file):
    result = run("check", file(PEEKING))
    assert result.exit_code == 1
    assert "honest" not in result.stdout
    assert "cut: enter_long of bar" in result.stderr
    assert "were cut off" in result.stderr and "became others" in result.stderr


def test_check_as_json_is_one_document_and_has_the_same_status(file):
    result = run("check", file(PEEKING), "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["is_honest"] is False
    assert {trouble["check"] for trouble in document["troubles"]} >= {"cut", "noise"}


def test_check_of_a_built_in_strategy_takes_parameters():
    result = run("check", "dema_cross", "--set", "fast=5", "--set", "slow=10", "--cuts", 3)
    assert result.exit_code == 0
    assert "warm-up:   19 bars" in result.stdout


@pytest.mark.parametrize(
    ("given", "error", "text"),
    [
        ("fast=500", InvalidParameter, "expected fast < slow, found 500 and 26"),
        ("fast=x", InvalidParameter, "fast: expected a whole number from 2 to 500, found 'x'"),
        ("fats=5", InvalidParameter, "did you mean 'fast'"),
    ],
)
def test_check_refuses_parameters_that_cannot_be(given, error, text):
    result = run("check", "dema_cross", "--set", given)
    assert isinstance(result.exception, error)
    assert text in str(result.exception)


def test_check_refuses_a_name_nobody_has_with_the_nearest():
    result = run("check", "dema_crosss")
    assert isinstance(result.exception, UnknownStrategy)
    assert "did you mean 'dema_cross'" in str(result.exception)


def test_check_refuses_a_file_without_a_strategy(file):
    result = run("check", file("x = 1\n"))
    assert isinstance(result.exception, InvalidBarStrategy)


def test_list_names_every_built_in_strategy():
    result = run("list")
    assert all(name in result.stdout for name in built_in())


def test_list_of_a_family_as_json():
    rows = json.loads(run("list", "--family", "trend", "--json").stdout)
    assert {row["family"] for row in rows} == {"trend"}
    assert {row["name"] for row in rows} == {
        name for name, strategy in built_in().items() if strategy.family == "trend"
    }
    assert run("list", "--family", "nope").exit_code == 2
    assert run("list", "--family", "trend", "--folder", ".").exit_code == 2


def test_show_tells_all_of_a_built_in_strategy():
    result = run("show", "ema_cross")
    assert result.exit_code == 0
    assert "warm-up:     199 bars of 1h" in result.stdout
    assert "fast = 20, 2 to 500, searched 10 to 40 by 4" in result.stdout
    assert "fast < slow" in result.stdout
    assert "ema(close, 20) crosses above ema(close, 50)" in result.stdout


def test_show_as_json_is_one_document():
    document = json.loads(run("show", "supertrend", "--json").stdout)
    assert document["modes"][0] == "long_only"
    assert document["parameters"][2]["options"] == ["state", "flip"]
    assert set(document["rules"]) == {"enter_long", "exit_long", "enter_short", "exit_short"}


SPARSE = """
import numpy as np
from forven.strategies.bars.writing import signal_strategy

@signal_strategy(name="sparse", warmup=lambda p: 1)
def sparse(bars, p):
    print("looking")
    close = bars.floats("close")
    later = np.append(close[12:], np.repeat(close[-1:], 12))
    return {"enter_long": later > 1.065 * close}
"""
REMEMBERING = """
from forven.strategies.bars.writing import signal_strategy
import numpy as np
seen = {}

@signal_strategy(name="remembers", warmup=lambda p: 1)
def remembers(bars, p):
    close = bars.floats("close")
    rises = seen.setdefault("rises", np.append(close[1:] > close[:-1], False))
    return {"enter_long": np.resize(rises, len(bars))}
"""


def test_check_finds_a_look_ahead_at_few_bars_and_what_is_printed_is_no_part_of_the_json(file):
    result = run("check", file(SPARSE), "--json", "--cuts", 3)
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert 0 < document["signals"]["enter_long"] < 60
    assert {trouble["check"] for trouble in document["troubles"]} >= {"cut"}
    assert "looking" in result.stderr


def test_check_finds_a_strategy_that_keeps_the_series_it_saw_first(file):
    result = run("check", file(REMEMBERING), "--cuts", 3)
    assert result.exit_code == 1
    assert "memory: enter_long of bar" in result.stderr
    assert "cut: enter_long of bar" in result.stderr


def test_check_says_where_the_bars_are_too_few_to_begin_later(file, monkeypatch):
    monkeypatch.setattr(strategies_bars, "open_bars", lambda name: random_bars(80, 1))
    result = run("check", file(HONEST), "--data", "few")
    assert result.exit_code == 0, result.output
    assert "agreement: not tried, too few bars" in result.stdout
