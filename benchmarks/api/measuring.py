"""What is measured: the floor alone, then reads, frames, memory and sockets beside running bots."""

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from benchmarks.api.bots import Made, make_bots, wait_for_day, wait_for_positions
from benchmarks.api.floor import PATHS
from benchmarks.api.load import Load, finished, started
from benchmarks.api.servers import FLOOR, FORVEN, ServerProcess, running

Results = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured; the defaults are what the documents show."""

    bots: int = 1_000
    speed: str = "10"
    seconds: float = 15.0
    clients: int = 1_000
    deaf: int = 100
    reads_per_second: float = 200.0


def floors(sizes: Sizes) -> Results:
    """Return what the framework answers when there is nothing to do."""
    with running(FLOOR) as server:
        return {name: closed_load(server, (path,), sizes) for name, path in PATHS.items()}


def closed_load(server: ServerProcess, paths: tuple[str, ...], sizes: Sizes) -> Results:
    """Ask as fast as answers come."""
    return finished(started(Load(url=server.url, paths=paths, seconds=sizes.seconds)))


def thousand_bots(sizes: Sizes) -> Results:
    """Return frames, memory and reads of a server whose bots all trade."""
    with tempfile.TemporaryDirectory() as home:
        arguments = (*FORVEN, "--feed", "synthetic:7", "--speed", sizes.speed)
        with running(arguments, FORVEN_HOME=home) as server:
            wait_for_day(server, 180.0)
            begun = time.monotonic()
            made = asyncio.run(make_bots(server, sizes.bots))
            opening_seconds = time.monotonic() - begun
            wait_for_positions(server, made, 600.0 / float(sizes.speed) + 60.0)
            results: Results = {"opening_seconds": round(opening_seconds, 2)}
            results["quiet"] = watched(server, sizes, None)
            results["reads"] = read_loads(server, made, sizes)
            if sizes.clients:
                with_sockets(server, sizes, results)
            return results


def read_loads(server: ServerProcess, made: list[Made], sizes: Sizes) -> Results:
    """Return reads one kind at a time: as fast as answers come, and at a steady pace."""
    bots = tuple(f"/bots/{each.bot}" for each in made)
    positions = tuple(f"{each.path}/positions" for each in made)
    pace = sizes.reads_per_second
    loads = {
        "health": Load(url=server.url, paths=("/health",), seconds=sizes.seconds),
        "bot": Load(url=server.url, paths=bots, seconds=sizes.seconds),
        "positions": Load(url=server.url, paths=positions, seconds=sizes.seconds),
        "positions_paced": Load(
            url=server.url, paths=positions, seconds=sizes.seconds, per_second=pace
        ),
    }
    return {name: watched(server, sizes, load) for name, load in loads.items()}


def watched(server: ServerProcess, sizes: Sizes, load: Load | None) -> Results:
    """Return what a load measured, and how the frames went meanwhile."""
    before, processor = server.get("/api/system/status")["host"], server.processor_seconds()
    begun = time.monotonic()
    if load is None:
        time.sleep(sizes.seconds)
        result: Results = {}
    else:
        result = finished(started(load))
    seconds = time.monotonic() - begun
    after = server.get("/api/system/status")["host"]
    walked = moment(after["last_frame"]) - moment(before["last_frame"])
    return result | {
        "frames_per_second": round((after["frames"] - before["frames"]) / seconds, 2),
        "speed": round(walked / seconds, 2),
        "frame_p50_ms": round(after["latency_p50_ms"] or 0.0, 2),
        "frame_p99_ms": round(after["latency_p99_ms"] or 0.0, 2),
        "resident_mb": round(server.resident_mb() or 0.0, 1),
        "processor_share": round((server.processor_seconds() - processor) / seconds, 2),
    }


def moment(text: str | None) -> float:
    """Return the seconds of a moment of the feed's clock; 0 before its first frame."""
    return datetime.fromisoformat(text).timestamp() if text else 0.0


def with_sockets(server: ServerProcess, sizes: Sizes, results: Results) -> None:
    """Measure once more while many clients listen, of whom some never read."""
    crowd = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.api.listeners", server.url, *_counts(sizes)],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
    )
    assert crowd.stdout is not None
    assert crowd.stdin is not None
    try:
        assert crowd.stdout.readline() == "connected\n"
        results["sockets"] = watched(server, sizes, None)
        crowd.stdin.write("stop\n")
        crowd.stdin.flush()
        messages = [int(word) for word in crowd.stdout.readline().split()]
        results["sockets"]["messages_per_client"] = statistics.median(messages)
        results["sockets"]["least_messages"] = min(messages)
    finally:
        crowd.kill()
        crowd.communicate()


def _counts(sizes: Sizes) -> tuple[str, str]:
    """Return the readers and the deaf as words."""
    return str(sizes.clients - sizes.deaf), str(sizes.deaf)
