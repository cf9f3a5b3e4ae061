"""docs/SCRIPTS.md: its example runs, and what it lists is what there is."""

import re
from pathlib import Path

import forven
from forven.kernels import schema
from forven.strategies.script import limits
from forven.strategies.script.backtest import run_script
from forven.strategies.script.child import context, market, orders, seccomp
from forven.strategies.script.limits import ScriptLimits
from forven.strategies.script.names import MODULES
from forven.strategies.script.source import parse_script
from tests.engine.conftest import CASH, coarse_day  # noqa: F401 - a fixture
from tests.strategies.script.test_backtest import LIVE

PAGE = (Path(forven.__file__).resolve().parents[1] / "docs" / "SCRIPTS.md").read_text()


def test_the_example_buys_and_sells(coarse_day):  # noqa: F811
    (text,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    result = run_script(parse_script(text), coarse_day, LIVE, CASH)
    assert [decision.text.split()[0] for decision in result.decisions] == ["buys", "fill", "fill"]
    assert result.session.state[schema.STATE_FILLS] == 2


def test_the_page_names_all_of_ctx_and_nothing_else():
    names = {name for name in vars(context.Context) if not name.startswith("_")}
    names |= {"chain", "day", "open", "close", "now", "underlying"}
    assert set(re.findall(r"ctx\.([a-z_]+)", PAGE)) == names


def test_the_page_names_what_options_orders_and_fills_have():
    kinds = (market.Option, market.Chain, orders.Order, orders.Position)
    names = {name for kind in kinds for name in vars(kind) if not name.startswith("_")}
    names |= {*orders.Fill._fields, *orders.FilledLeg._fields, *orders.Event._fields}
    inner = {"number", "of", "strike_quanta", "cost_micros", "closes"}
    assert {name for name in names - inner if not re.search(rf"\b{name}\b", PAGE)} == set()


def test_the_page_names_the_modules_the_calls_and_the_limits():
    listed = re.search(r"Modules: (.*?)\n\n", PAGE, re.DOTALL).group(1)
    assert tuple(re.findall(r"`(\w+)`", listed)) == MODULES
    listed = re.search(
        r"\*\*The list of calls\*\* \(Linux\): (.*?)\. Every", PAGE, re.DOTALL
    ).group(1)
    for machine in seccomp.CALLS:
        assert set(re.findall(r"`(\w+)`", listed)) == set(seccomp.CALLS[machine])
    standard = ScriptLimits()
    for number in (
        f"{standard.call_cpu_ms} ms",
        f"{standard.start_cpu_ms // 1_000} s",
        f"{standard.cpu_seconds // 60} minutes",
        f"{standard.memory_bytes // 2**20} MiB",
        f"{limits.COMMANDS_PER_FRAME_MAX} a frame, {limits.COMMANDS_PER_SESSION_MAX:,} a session",
        f"{limits.LOG_ENTRIES_MAX:,} or {limits.LOG_CHARACTERS_MAX:,} characters",
        f"{limits.TEXT_LENGTH_MAX:,} characters of text, {limits.DATA_LENGTH_MAX:,} of data",
    ):
        assert number in PAGE
