"""docs/API.md is run as it stands: every block of it, in one shell, against a real server.

Only the port is another one, and the made-up days are coarser; then once more on a recorded day
instead of made-up ones. A day lasts 23 seconds, of which the page trades in the first ten.
"""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.once import once

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "API.md"
SECONDS_MAX = 900
_MADE_UP = "forven data synthesize demo --days 2 --seed 7"
_CHAIN = "cboe_vixr/spxw_1min_2018-01-05_exp2018-01-05.parquet"
_SETTLEMENTS = "reference/spx_settlements.csv"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = "--- end of block "

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="the page's shell is bash"),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def blocks() -> list[str]:
    return _BLOCK.findall(PAGE.read_text("utf-8"))


@pytest.fixture(scope="module")
def recorded(shared_data) -> str:
    """The command that brings a recorded day in."""
    chain, settlements = shared_data / _CHAIN, shared_data / _SETTLEMENTS
    return f"forven data import '{chain}' --name demo --settlements '{settlements}'"


@pytest.fixture(
    scope="module", params=["made up", pytest.param("recorded", marks=pytest.mark.data)]
)
def printed(blocks, tmp_path_factory, request) -> list[str]:
    """What each block printed on standard output, in the order of the page."""
    is_recorded = request.param == "recorded"
    days = request.getfixturevalue("recorded") if is_recorded else f"{_MADE_UP} --frame-seconds 60"
    name = f"page-{'recorded' if is_recorded else 'made-up'}"
    folders = tmp_path_factory
    return once(folders, name, lambda: run_page(blocks, days, folders.mktemp("page")))


def run_page(blocks: list[str], days: str, folder: Path) -> list[str]:
    """Run every block of the page over some days; return what each printed."""
    port = str(free_port())
    parts = ["set -eu", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"]
    for number, block in enumerate(blocks):
        shown = block.replace("8003", port).replace(_MADE_UP, days)
        parts += [shown, f"echo; echo '{_MARK}{number}'"]
    environment = {
        **os.environ,
        "FORVEN_HOME": str(folder / "home"),
        "FORVEN_PORT": port,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        ["bash", "-c", "\n".join(parts)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    found = re.split(rf"^{_MARK}\d+\n", done.stdout, flags=re.MULTILINE)
    assert len(found) == len(blocks) + 1
    return found[:-1]


def documents_of(text: str) -> list[object]:
    """Every JSON document that a block printed, one after another."""
    decoder, place, found = json.JSONDecoder(), 0, []
    while (place := next((i for i in range(place, len(text)) if text[i] in "[{"), -1)) >= 0:
        document, place = decoder.raw_decode(text, place)
        found.append(document)
    return found


def block_with(blocks, printed, words):
    """What the one block that has these words printed, as documents."""
    numbers = [number for number, block in enumerate(blocks) if words in block]
    assert len(numbers) == 1, words
    return documents_of(printed[numbers[0]])


def test_the_bot_is_listed_read_and_changed(blocks, printed):
    listed, read, changed = block_with(blocks, printed, "Idempotency-Key: my-first-bot")
    assert [bot["name"] for bot in listed] == ["Condor one"]
    assert read["bot"]["id"] == listed[0]["id"]
    assert read["sessions"] == []
    assert listed[0]["max_open_orders"] == 4
    assert changed["max_open_orders"] == 6
    assert changed["max_daily_loss_pct"] == "0.0200"
    assert changed["reprice"]["closing"]["nudge_after_seconds"] == 15


def test_the_session_trades_and_says_so(blocks, printed):
    session, orders, positions, transactions, financials, log = block_with(
        blocks, printed, "Idempotency-Key: today"
    )
    assert session["state"] == "running"
    assert session["final_nlv"] is None
    assert orders[0]["status"] == "filled"
    assert len(orders[0]["legs"]) == 4
    directions = sorted(row["direction"] for row in positions)
    is_closed = orders[-1]["block"] == "closing" and orders[-1]["status"] == "filled"
    assert directions == (["zero"] * 4 if is_closed else ["long", "long", "short", "short"])
    assert len(transactions) == (8 if is_closed else 4)
    assert len(financials["history"]) == 10
    assert log == []


def test_cancel_all_and_stop_are_accepted_and_the_session_ends_killed(blocks, printed):
    answers = block_with(blocks, printed, "--request DELETE $SESSIONS")
    assert answers[-1]["state"] in {"killing", "killed"}
    sessions, summary = block_with(blocks, printed, "/summary")
    assert sessions[0]["state"] == "killed"
    assert sessions[0]["final_nlv"] is not None
    assert summary["total_sessions"] == 1
    assert summary["total_pl"] == sessions[0]["total_pl"]


def test_the_session_is_proved_from_its_tape_and_from_the_recorded_day(blocks, printed):
    (number,) = [number for number, block in enumerate(blocks) if "journal verify" in block]
    assert printed[number].count("identical") == 2


def test_the_factory_shows_the_same_bot_and_starts_its_clone(blocks, printed):
    answers = block_with(blocks, printed, "new_name")
    bots, renamed, versions, started = answers[:4]
    assert [bot["name"] for bot in bots] == ["Condor one"]
    assert renamed["name"] == "Condor 2"
    assert [version["version"] for version in versions] == [2, 1]
    assert started["status"] == "started"
    assert answers[-1]["status"] == "stopped"


def test_the_page_was_changed_only_where_it_is_meant_to_be(blocks):
    text = "".join(blocks)
    assert text.count(_MADE_UP) == 1
    assert text.count("--speed 1000") == 1
