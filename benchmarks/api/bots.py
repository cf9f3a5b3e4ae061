"""A thousand bots in one server: made over HTTP, as anybody would, on synthetic ticks."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import httpx

from benchmarks.api.servers import ServerProcess

_AT_ONCE = 16
DELTAS = ("0.10", "0.12", "0.14", "0.16", "0.18", "0.20", "0.25", "0.30")


@dataclass(frozen=True, slots=True)
class Made:
    """A bot and its session of today."""

    bot: str
    session: str

    @property
    def path(self) -> str:
        """The address of its session."""
        return f"/bots/{self.bot}/sessions/{self.session}"


def condor(delta: str) -> dict[str, Any]:
    """Return an iron condor that enters every few minutes until noon, so that bots have work."""
    return {
        "legs": [
            {"side": "sell", "right": "put", "strike": {"method": "delta", "value": delta}},
            {"side": "buy", "right": "put", "strike": _relative(0, "-25")},
            {"side": "sell", "right": "call", "strike": {"method": "delta", "value": delta}},
            {"side": "buy", "right": "call", "strike": _relative(2, "25")},
        ],
        "entry": {"times": ["09:33", "09:36", "09:40", "09:45", "10:00"], "max_entries": 5},
        "exit": {"profit_target_pct": "50", "stop_loss_pct": "200", "time": "15:55"},
    }


def _relative(leg: int, value: str) -> dict[str, Any]:
    """Return a strike beside another leg's."""
    return {"method": "relative", "leg": leg, "value": value}


async def make_bots(server: ServerProcess, count: int) -> list[Made]:
    """Make strategies and bots and open the session of each."""
    async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=120.0) as client:
        strategies = [
            await _posted(
                client, "/strategies", {"name": f"Condor {delta}", "config": condor(delta)}
            )
            for delta in DELTAS
        ]
        turns = asyncio.Semaphore(_AT_ONCE)

        async def one(number: int) -> str:
            async with turns:
                body = {
                    "name": f"Bot {number}",
                    "strategy_id": strategies[number % len(strategies)]["id"],
                    "starting_capital": "1000000",
                }
                return str((await _posted(client, "/bots", body))["id"])

        async def opened(bot: str) -> Made:
            async with turns:
                session = await _posted(client, f"/bots/{bot}/sessions", None)
                return Made(bot, str(session["session_id"]))

        bots = await asyncio.gather(*(one(number) for number in range(count)))
        return list(await asyncio.gather(*(opened(bot) for bot in bots)))


async def _posted(client: httpx.AsyncClient, path: str, body: object) -> dict[str, Any]:
    """Return what a POST answered."""
    answer = await client.post(path) if body is None else await client.post(path, json=body)
    assert answer.is_success, f"POST {path}: {answer.status_code} {answer.text}"
    document: dict[str, Any] = answer.json()
    return document


def wait_for_day(server: ServerProcess, seconds: float) -> None:
    """Wait until the feed has opened a trading day."""
    deadline = time.monotonic() + seconds
    while server.get("/api/system/status")["host"]["day"] is None:
        assert time.monotonic() < deadline, f"expected a trading day within {seconds:.0f} s"
        time.sleep(0.2)


def wait_for_positions(server: ServerProcess, made: list[Made], seconds: float) -> int:
    """Wait until the last bot holds something; return how many positions it has."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        held = len(server.get(made[-1].path + "/positions"))
        if held:
            return held
        time.sleep(0.5)
    raise AssertionError(f"expected positions within {seconds:.0f} s, found none")
