"""`forven bots`, `sessions`, `strategies` and `journal` against a real server, as a user would."""

import json
import time

import pytest
from click.testing import CliRunner

from forven.cli import forven
from forven.commands.client import ServerRefused
from forven.primitives.errors import InvalidInput
from tests.strategies.documents import SPREAD

pytestmark = pytest.mark.slow


def run(*arguments, code=0):
    result = CliRunner().invoke(forven, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


def answer(*arguments):
    return json.loads(run(*arguments, "--json"))


@pytest.fixture
def strategy(server, tmp_path):
    """A saved strategy's name, another one for each test."""
    path = tmp_path / "spread.json"
    path.write_text(json.dumps({**SPREAD, "entry": {"times": ["09:35"]}}))
    name = f"Spread {time.monotonic_ns()}"
    run("strategies", "save", path, "--name", name)
    return name


@pytest.fixture
def bot(strategy):
    """A bot's name, another one for each test."""
    name = f"Bot {time.monotonic_ns()}"
    run("bots", "create", name, "--strategy", strategy, "--max-daily-loss-pct", "0.02")
    return name


def test_a_bot_is_created_listed_changed_cloned_and_deleted(bot, strategy):
    [listed] = answer("bots", "list", "--strategy", strategy)
    assert (listed["name"], listed["max_daily_loss_pct"]) == (bot, "0.0200")
    assert bot in run("bots", "list")
    assert answer("bots", "update", bot, "--max-open-orders", 7)["max_open_orders"] == 7
    assert answer("bots", "show", listed["id"][:12])["bot"]["max_open_orders"] == 7
    clone = f"Clone of {bot}"
    run("bots", "clone", bot, clone)
    assert len(answer("bots", "list", "--strategy", strategy)) == 2
    run("bots", "delete", clone, "--yes")
    assert [row["name"] for row in answer("bots", "list", "--strategy", strategy)] == [bot]
    assert answer("bots", "summary", bot)["total_sessions"] == 0


def test_a_reprice_file_reaches_the_bot(bot, tmp_path):
    path = tmp_path / "reprice.json"
    path.write_text('{"opening": {"max_concession": 0.10}}')
    changed = answer("bots", "update", bot, "--reprice", path)
    assert changed["reprice"]["opening"]["max_concession"] == "0.10"


def test_an_update_of_nothing_and_an_unknown_bot_are_told(bot):
    with pytest.raises(InvalidInput, match="at least one change"):
        run("bots", "update", bot)
    with pytest.raises(InvalidInput, match="found none for 'nobody at all'"):
        run("bots", "show", "nobody at all")
    with pytest.raises(ServerRefused, match="409 name_taken"):
        run("bots", "clone", bot, bot)


def test_a_session_is_opened_read_stopped_and_proved(bot, served):
    opened = answer("sessions", "open", bot)["session_id"]
    settled = await_end(bot)
    assert settled["id"] == opened
    assert settled["final_nlv"] is not None
    orders = answer("sessions", "orders", bot)
    assert len(orders) >= 1
    assert len(answer("sessions", "transactions", bot)) >= 2
    assert len(answer("sessions", "positions", bot, settled["date"])) == 2
    history = answer("sessions", "financials", bot, "current", "--interval", "3600")["history"]
    assert 2 <= len(history) <= 9
    assert answer("sessions", "log", bot) == []
    assert settled["date"] in run("sessions", "list", bot)
    with pytest.raises(ServerRefused, match="session_terminal"):
        run("sessions", "cancel-all", bot)
    with pytest.raises(ServerRefused, match="session_terminal"):
        run("sessions", "stop", bot)
    assert "identical to its tape" in run("journal", "verify", opened)
    proof = answer("journal", "verify", opened, "--data", "coarse")
    assert (proof["is_equal"], proof["source"]) == (True, "dataset")
    assert proof["digest"] == settled["digest"]
    events = [json.loads(line) for line in run("journal", "show", opened, "--json").splitlines()]
    assert events[0]["event"] == "order_placed"
    assert events[-1]["event"] == "session_ended"
    assert len(events) == proof["rows"]
    assert answer("journal", "rebuild", opened) == {"sessions": 1, "mended": []}


def test_a_wish_is_started_and_stopped(bot):
    assert answer("bots", "start", bot)["status"] == "started"
    assert answer("bots", "stop", bot)["status"] == "stopped"


def test_a_strategy_is_saved_shown_computed_and_unlinked(strategy):
    assert strategy in run("strategies", "saved")
    shown = answer("strategies", "show", strategy)
    assert shown["kind"] == "structured"
    results = answer("strategies", "results", strategy)
    assert results["covered_days"] == results["total_sessions"] == 2
    assert "2 of 2 sessions" in run("strategies", "results", strategy)
    run("strategies", "delete", strategy, "--yes")
    with pytest.raises(InvalidInput, match="found none for"):
        run("strategies", "show", strategy)


def test_an_unknown_session_is_told(server):
    with pytest.raises(InvalidInput, match="session: expected the id of one in this home"):
        run("journal", "show", "nothing")


def await_end(bot):
    """Return the newest session of a bot when it is over."""
    deadline = time.monotonic() + 60
    while True:
        session = answer("sessions", "show", bot)
        if session["state"] in {"completed", "halted", "killed", "failed"}:
            return session
        assert time.monotonic() < deadline, session["state"]
        time.sleep(0.2)
