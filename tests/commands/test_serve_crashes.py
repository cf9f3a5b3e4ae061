"""A server with fifty bots, killed again and again while it trades: what it said stays true.

It is killed at times of the market, not of the machine: a slow one is killed in the same trades.
"""

import datetime as dt
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import ClassVar

import httpx
import pytest

from forven.bots.verify import verify_session
from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.synthetic.dataset import FIRST_SYNTHETIC_DAY, synthesize, synthetic_sessions
from forven.market.synthetic.spec import SyntheticSpec
from forven.primitives.time import EXCHANGE_ZONE
from forven.store.store import Store

ROOT = Path(__file__).resolve().parents[2]
BOTS, KILLS = 50, 6
OPENING_SPEED, TRADING_SPEED = "300", "1800"
"""Slow enough for every session to be open before the first bot enters at 11:00, also on a slow
machine; then fast enough to come from one kill to the next soon.
"""
OVER = {"completed", "halted", "killed", "failed"}
_LISTENS = re.compile(r"listens at (http://\S+)")
DELTAS = ("0.08", "0.12", "0.16", "0.20", "0.25")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here"),
]


class Life:
    """One life of a server over a home, and a client of it."""

    all: ClassVar[list["Life"]] = []

    def __init__(self, home: Path, speed: str) -> None:
        arguments = ("serve", "--feed", "replay:coarse", "--speed", speed, "--port", "0")
        Life.all.append(self)
        log = home / f"server-{time.monotonic_ns()}.log"
        with log.open("w") as told:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from forven.cli import main; main()", *arguments],
                env={
                    **os.environ,
                    "FORVEN_HOME": str(home),
                    "FORVEN_RATE_LIMIT_ENABLED": "false",
                    "PYTHONPATH": str(ROOT),
                },
                cwd=home,
                stderr=told,
            )
        self.until(lambda: _LISTENS.search(log.read_text()) is not None)
        base = _LISTENS.search(log.read_text())[1]
        self.http = httpx.Client(base_url=base, trust_env=False, timeout=30)
        self.until(lambda: self.http.get("/health").is_success)

    def until(self, is_so, seconds: float = 90.0) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                if is_so():
                    return
            except httpx.TransportError:
                pass
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def asked(self, method: str, path: str, body: object = None) -> dict:
        answer = self.http.request(method, path, json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def until_market(self, minutes: int) -> None:
        """Wait for a frame so many minutes after midnight in New York."""
        clock = dt.time(*divmod(minutes, 60), tzinfo=EXCHANGE_ZONE)
        moment = dt.datetime.combine(FIRST_SYNTHETIC_DAY, clock)

        def is_past() -> bool:
            told = self.asked("GET", "/api/system/status")["host"]["last_frame"]
            return told is not None and dt.datetime.fromisoformat(told) >= moment

        self.until(is_past)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.http.close()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=60) == 0
        self.http.close()


def condor(delta: str) -> dict:
    return {
        "legs": [
            {"side": "sell", "right": "put", "strike": {"method": "delta", "value": delta}},
            {
                "side": "buy",
                "right": "put",
                "strike": {"method": "relative", "leg": 0, "value": "-25"},
            },
        ],
        "entry": {"times": ["11:00", "12:00", "13:00", "14:00"], "max_entries": 4},
        "exit": {"profit_target_pct": "40", "stop_loss_pct": "150", "time": "15:50"},
    }


def open_all(life: Life) -> list[tuple[str, str]]:
    """Make the bots and open their sessions; return (bot, session) in their order."""
    saved = [
        life.asked("POST", "/strategies", {"name": delta, "config": condor(delta)})["id"]
        for delta in DELTAS
    ]
    bots = []
    for number in range(BOTS):
        body = {
            "name": f"Bot {number}",
            "strategy_id": saved[number % len(saved)],
            "starting_capital": str(50_000 + 1_000 * number),
        }
        bots.append(life.asked("POST", "/bots", body)["id"])
    return [(bot, life.asked("POST", f"/bots/{bot}/sessions")["session_id"]) for bot in bots]


def ended(life: Life, opened: list[tuple[str, str]]) -> list[dict]:
    """Wait for the end of every session and return them."""
    life.until(lambda: {bot["runtime_status"] for bot in life.asked("GET", "/bots")} <= OVER)
    found = [life.asked("GET", f"/bots/{bot}/sessions/{session}") for bot, session in opened]
    assert {session["state"] for session in found} <= OVER
    return found


@pytest.fixture(autouse=True)
def no_server_left():
    """End every server that a failing test leaves behind."""
    yield
    for life in Life.all:
        life.process.kill()
        life.process.wait()
    Life.all.clear()


@pytest.fixture(scope="module")
def homes(tmp_path_factory) -> tuple[Path, Path]:
    """Two homes with the same day."""
    found = []
    for name in ("whole", "killed"):
        home = tmp_path_factory.mktemp(name)
        sessions = synthetic_sessions(trading_calendar(), FIRST_SYNTHETIC_DAY, 1)
        spec = SyntheticSpec(seed=7, frame_seconds=60)
        synthesize(Catalog(home), "coarse", spec, sessions, lambda day: None)
        found.append(home)
    return found[0], found[1]


def test_kills_lose_and_double_nothing(homes):
    whole, killed = homes
    life = Life(whole, OPENING_SPEED)
    opened = open_all(life)
    life.stop()
    life = Life(whole, "max")
    expected = ended(life, opened)
    life.stop()

    chance = random.Random(7)
    life = Life(killed, OPENING_SPEED)
    opened = open_all(life)
    life.kill()
    stopped: set[str] = set()
    for number in range(KILLS):
        life = Life(killed, TRADING_SPEED)
        life.until_market(11 * 60 + 40 * number + chance.randint(1, 35))
        for bot, session in chance.sample(opened, 2):
            if session not in stopped:
                life.asked("DELETE", f"/bots/{bot}/sessions/{session}")
                stopped.add(session)
        assert life.asked("GET", "/bots/{}/sessions/{}/orders".format(*opened[0]))
        life.kill()
    life = Life(killed, "max")
    found = ended(life, opened)
    life.stop()

    assert len({session["digest"] for session in expected}) >= len(DELTAS)
    for before, after in zip(expected, found, strict=True):
        if after["id"] in stopped:
            assert after["state"] in {"killed", "completed"}
        else:
            assert (after["digest"], after["final_nlv"]) == (before["digest"], before["final_nlv"])
    assert {session["state"] for session in found if session["id"] in stopped} >= {"killed"}
    store = Store.open(killed)
    for _, session in opened:
        proof = verify_session(store, session)
        assert proof.is_equal, proof.difference
        assert verify_session(store, session, Catalog(killed).open("coarse")).is_equal
    store.close()
    documents = [json.dumps(session["policy"]) for session in found]
    assert len(set(documents)) == 1
