"""Kills a host at random moments of its sessions, again and again, and holds what is left to proof.

    python -m tests.bots.soak --kills 1000

Every life of the host is a process forked from this one, which holds no thread and no connection,
so a life is as short as the host's own start. `--spawn` starts a new interpreter instead, as a
server is started, and so measures the whole restart.
"""

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from forven.bots.errors import CodedError
from forven.bots.faults import POINTS, Faults
from forven.bots.host import Host
from forven.bots.verify import verify_session
from forven.engine import commands
from forven.kernels import schema
from forven.store.sessions import SessionRow
from forven.store.store import Store
from tests.bots.houses import CONDOR, add_bots, bot_row, command, feed_of, host_of, keep_strategy
from tests.bots.tearing import compare_tapes, tear

DAYS = (date(2024, 1, 2), date(2024, 1, 3), date(2024, 1, 4))
FIRST_ORDER = 1_000
"""Commands cancel orders that never were, by numbers from here on: each leaves its own trace."""
LIFE_S = 0.2
"""How long a host is live on average before it is killed."""
EARLY = 0.25
TORN_SHARE = 0.1
"""Kills in the middle of writing a frame are rare: after so many more a tape is left so."""
SECONDS_A_DAY = 23_400
_SPACE = uuid.UUID("6f1f2d1e-3c55-4d0b-8f0e-2f1f0d1a9c11")


@dataclass(kw_only=True)
class Life:
    """One life of a host, as its process is told to live it.

    speed     of the feed; `max` lives to the end of the days
    commands  whether it gives commands, and to which of the bots
    """

    home: Path
    ticks: Path
    speed: str = "max"
    commanded: int = 0
    fault: tuple[str, int] | None = None
    stamps: Path = field(init=False)

    def __post_init__(self) -> None:
        self.stamps = self.home / "life.txt"

    def arguments(self) -> list[str]:
        """Return the command line of a new interpreter that lives it."""
        texts = ["--live", str(self.home), "--ticks", str(self.ticks), "--speed", self.speed]
        return [*texts, "--commanded", str(self.commanded)]


@dataclass
class Report:
    """What a soak did and found; torn, tears_told: of tapes that end in a part of a frame."""

    kills: int = 0
    torn: int = 0
    tears_told: int = 0
    lives_s: list[float] = field(default_factory=list)
    sent: int = 0
    acknowledged: int = 0
    stored: int = 0
    rows: int = 0
    orders: int = 0
    transactions: int = 0

    def __str__(self) -> str:
        live = np.array(self.lives_s or [0.0])
        return (
            f"{self.kills} kills, {self.torn} tapes torn, {self.tears_told} told; "
            f"restart to live p50 {np.quantile(live, 0.5):.3f} s, "
            f"p99 {np.quantile(live, 0.99):.3f} s, max {live.max():.3f} s; commands: {self.sent} "
            f"sent, {self.acknowledged} acknowledged, {self.stored} kept; {self.rows} journal "
            f"rows, {self.orders} orders, {self.transactions} transactions"
        )


def session_id(bot_id: str, day: date) -> str:
    """Return the same id for the same session in every home."""
    return str(uuid.uuid5(_SPACE, f"{bot_id} {day}"))


def make_home(home: Path, bots: int) -> None:
    """Make a home with bots that wish to run."""
    store = Store.open(home)
    digest = keep_strategy(store, CONDOR)
    add_bots(store, [bot_row(digest, number) for number in range(1, bots + 1)])
    store.close()


def live(life: Life) -> None:
    """Run a host until its feed's last day is over; say in a file when it is live."""
    store = Store.open(life.home)
    feed = feed_of(life.ticks, speed=life.speed, last=DAYS[-1])
    faults = Faults(*life.fault) if life.fault else Faults()
    host = host_of(store, feed, faults=faults, session_id=session_id, clock=lambda: 0)
    host.start()
    is_told = False
    sender = Sender(life.home, host, life.commanded)
    while True:
        status = host.status()
        if not is_told and status.day is not None and status.sessions:
            write_line(life.stamps, str(time.monotonic_ns()))
            is_told = True
        if status.storage_trouble is not None:
            raise AssertionError(status.storage_trouble)
        sender.turn(status.day)
        if status.day is None and not open_days(store):
            break
        time.sleep(0.002)
    host.stop(10)
    store.close()


def open_days(store: Store) -> bool:
    """Whether a day has yet to end for some bot."""
    with store.reading() as tables:
        bots = tables.bots.list()
        return any(
            (row := tables.sessions.on_day(bot.id, DAYS[-1])) is None or not row.is_over
            for bot in bots
        )


class Sender:
    """Gives commands to the first bots, one after another; notes each sending and acknowledging."""

    def __init__(self, home: Path, host: Host, bots: int) -> None:
        self._host = host
        self._bots = bots
        self._sent, self._done = home / "sent.txt", home / "acknowledged.txt"
        self._next = len(lines_of(self._sent))

    def turn(self, day: date | None) -> None:
        """Give the next command, if there is a session to give it to."""
        if day is None or not self._bots:
            return
        number = self._next
        session = session_id(str(uuid.UUID(int=1 + number % self._bots)), day)
        if self._host.live(session) is None:
            return
        write_line(self._sent, f"{number} {session}")
        self._next += 1
        with contextlib.suppress(CodedError):  # refused: settled or over by now
            command(self._host, session, lambda due: commands.cancel(due, FIRST_ORDER + number))
            write_line(self._done, str(number))


def write_line(path: Path, text: str) -> None:
    """Write a line that outlives this process, in one piece."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.write(handle, f"{text}\n".encode("ascii"))
    os.close(handle)


def lines_of(path: Path) -> list[str]:
    """Return the lines of a file, none if it is not there."""
    return path.read_text().splitlines() if path.exists() else []


def begun(life: Life, *, is_spawned: bool) -> int:
    """Begin a life in a process of its own; return its number."""
    if is_spawned:
        command = [sys.executable, "-m", "tests.bots.soak", *life.arguments()]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL).pid
    number = os.fork()
    if number:
        return number
    try:
        live(life)
        os._exit(0)
    except BaseException as error:  # noqa: BLE001 - the end of a forked process
        sys.stderr.write(f"a life failed: {error!r}\n")
        sys.stderr.flush()
        os._exit(3)


def ended(number: int, limit_s: float) -> int | None:
    """Return how a process ended, as a shell counts it; None if it goes on after the limit."""
    end = time.monotonic() + limit_s
    while True:
        found, status = os.waitpid(number, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= end:
            return None
        time.sleep(0.001)


def killed(life: Life, chance: random.Random, report: Report, *, is_spawned: bool) -> bool:
    """Live, and kill it at some moment; return whether it came to its end before that.

    One in four is killed while it starts, the others some time after they are live.
    """
    before = len(lines_of(life.stamps))
    start_ns = time.monotonic_ns()
    number = begun(life, is_spawned=is_spawned)
    is_early = chance.random() < EARLY
    outcome = None
    if not is_early:
        while outcome is None and len(lines_of(life.stamps)) == before:
            outcome = ended(number, 0.002)
    if outcome is None:
        outcome = ended(number, chance.uniform(0, 2 * LIFE_S))
    if outcome is None:
        os.kill(number, signal.SIGKILL)
        os.waitpid(number, 0)
        report.kills += 1
    elif outcome != 0:
        raise AssertionError(f"a life was expected to go well, it ended with {outcome}")
    stamps = lines_of(life.stamps)
    if len(stamps) > before:
        report.lives_s.append((int(stamps[-1]) - start_ns) / 1e9)
    return outcome == 0


def finish(life: Life, limit_s: float = 120.0) -> None:
    """Live to the end of all days."""
    outcome = ended(begun(life, is_spawned=False), limit_s)
    if outcome != 0:
        raise AssertionError(f"the last life was expected to go well, it ended with {outcome}")


def soak(folder: Path, kills: int, bots: int, seed: int, *, is_spawned: bool = False) -> Report:
    """Kill a host so many times over three days, and prove what is left; return the figures."""
    chance = random.Random(seed)
    ticks, home, whole = folder / "ticks", folder / "killed", folder / "whole"
    for each in (home, whole):
        make_home(each, bots)
    finish(Life(home=whole, ticks=ticks))
    live_s = max(1.0, 0.7 * kills * LIFE_S / len(DAYS))
    report = Report()
    life = Life(
        home=home,
        ticks=ticks,
        speed=str(round(SECONDS_A_DAY / live_s)),
        commanded=bots // 2,
    )
    while report.kills < kills:
        if killed(life, chance, report, is_spawned=is_spawned):
            break
        if chance.random() < TORN_SHARE:
            report.torn += tear(home / "tapes", chance)
    finish(Life(home=home, ticks=ticks))
    prove(home, whole, bots, report)
    return report


def crash_at_points(folder: Path, bots: int, times: Sequence[int]) -> Report:
    """End hosts at every named point, at each of these times there; prove what is left."""
    ticks, whole = folder / "ticks", folder / "whole"
    make_home(whole, bots)
    finish(Life(home=whole, ticks=ticks))
    report = Report()
    for point in POINTS:
        for nth in times:
            home = folder / f"{point}-{nth}"
            make_home(home, bots)
            life = Life(home=home, ticks=ticks, speed="20000", commanded=1, fault=(point, nth))
            outcome = ended(begun(life, is_spawned=False), 120.0)
            if outcome != -signal.SIGKILL:
                raise AssertionError(f"{point}:{nth}: expected to be killed there, found {outcome}")
            report.kills += 1
            finish(Life(home=home, ticks=ticks))
            prove(home, whole, bots, report)
            shutil.rmtree(home)
    return report


def prove(home: Path, whole: Path, bots: int, report: Report) -> None:
    """Hold a home that was killed to one that was not; AssertionError where they differ."""
    for day in DAYS:
        tapes = [next((each / "tapes").glob(f"*/{day}.arrows")) for each in (home, whole)]
        report.tears_told += compare_tapes(*tapes)
    sent = [line.split() for line in lines_of(home / "sent.txt")]
    done = {int(line) for line in lines_of(home / "acknowledged.txt")}
    report.sent += len(sent)
    report.acknowledged += len(done)
    stores = [Store.open(each) for each in (home, whole)]
    try:
        commanded = {session for _, session in sent}
        kept: dict[int, int] = {}
        for number in range(1, bots + 1):
            bot_id = str(uuid.UUID(int=number))
            was_commanded = False
            for day in DAYS:
                name = session_id(bot_id, day)
                was_commanded |= name in commanded
                dumps = [ledger_of(store, name) for store in stores]
                if not was_commanded:
                    assert dumps[0] == dumps[1], f"the ledgers of {name} differ"
                prove_session(stores[0], name, report, kept)
            if not was_commanded:
                balances = [balance_of(store, bot_id) for store in stores]
                assert balances[0] == balances[1], f"the balances of {bot_id} differ"
        for number, count in kept.items():
            assert count == 1, f"command {number} is kept {count} times"
        lost = done - set(kept)
        assert not lost, f"acknowledged commands were lost: {sorted(lost)}"
        unknown = set(kept) - {int(number) for number, _ in sent}
        assert not unknown, f"commands are kept that nobody sent: {sorted(unknown)}"
        report.stored += len(kept)
    finally:
        for store in stores:
            store.close()


def prove_session(store: Store, name: str, report: Report, kept: dict[int, int]) -> None:
    """Hold a session to its tape and commands, and its ledgers to its journal."""
    found = verify_session(store, name)
    assert found.is_equal, f"{name}: {found.difference}"
    with store.reading() as tables:
        row = tables.sessions.get(name)
        assert row is not None and row.is_over and row.state == "completed", row
        for number in tables.journals.command_array(name)[:, schema.COMMAND_ORDER].tolist():
            kept[number - FIRST_ORDER] = kept.get(number - FIRST_ORDER, 0) + 1
        report.orders += len(tables.ledgers.orders(name))
        report.transactions += len(tables.ledgers.transactions(name))
    assert store.rebuild_ledgers(name), f"{name}: its ledgers are not those of its journal"
    report.rows += found.rows


def ledger_of(store: Store, name: str) -> tuple[Any, ...]:
    """Return all that is kept of a session, as it can be compared byte for byte."""
    with store.reading() as tables:
        row: SessionRow | None = tables.sessions.get(name)
        return (
            row,
            tables.journals.read_rows(name).tobytes(),
            tables.journals.command_array(name).tobytes(),
            tables.ledgers.orders(name),
            tables.ledgers.transactions(name),
            tables.decisions.read(name),
        )


def balance_of(store: Store, bot_id: str) -> int:
    """Return a bot's balance."""
    with store.reading() as tables:
        bot = tables.bots.get(bot_id)
        assert bot is not None
        return bot.cash_balance


def main(texts: Sequence[str]) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--bots", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--spawn", action="store_true")
    parser.add_argument(
        "--points", type=int, nargs="+", help="instead: the n-th time at each point"
    )
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--live", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--ticks", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--speed", default="max", help=argparse.SUPPRESS)
    parser.add_argument("--commanded", type=int, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args(texts)
    if given.live is not None:
        live(Life(home=given.live, ticks=given.ticks, speed=given.speed, commanded=given.commanded))
        return 0
    folder = given.folder or Path(tempfile.mkdtemp(prefix="forven-soak-"))
    if given.points:
        report = crash_at_points(folder, given.bots, given.points)
    else:
        report = soak(folder, given.kills, given.bots, given.seed, is_spawned=given.spawn)
    print(report)
    if given.folder is None:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
