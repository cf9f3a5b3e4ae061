"""Who stands beside the sweep over bars and the scan of the library, and what each is asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bars.inputs import TRADES_PART, crossings, sweep_bars, write_inputs
from benchmarks.bars.sizes import BarSize
from benchmarks.field import HERE, Peer
from forven.research.workloads.backends import BACKEND_VARIABLE
from forven.research.workloads.contests import Contest
from forven.research.workloads.entrants import FLOOR, OURS, PEER, Entrant
from forven.research.workloads.rows import RATE
from forven.research.workloads.suite import threads_text

BAR_SWEEP, LIBRARY_SCAN = "bar_sweep", "library_scan"
BAR_WORKLOADS = (BAR_SWEEP, LIBRARY_SCAN)
BARE_LOOP = "bare loop"
UNIT = "bar-strategies/s"
WORK_VARIABLE = "FORVEN_BENCH_WORK"
"""Tells processes of different work apart: the memory of each is that of its own work."""
_BARE_NOTE = (
    "two averages that cross, next open, fees, compounding, by a loop of numba over finished "
    "averages; no other signals, no stops, sizing, funding, marks or metrics; agrees on "
    "the number of trades and, in every bit, on the equity at the end"
)
_NOT_TIMED = "averages and signals are made beforehand and not timed; "
_SAME_TRADES = (
    "the same entries and exits; fees of each side of that side's notional, and none on what is "
    "open at the end, where ours are of the equity at entry: its returns are what that makes of "
    "these trades"
)
_PART_NOTE = "called bar by bar in Python; takes the first bars and some combinations: scaled up"


@dataclass(frozen=True, slots=True, kw_only=True)
class BarPeer:
    """A peer in one of its ways.

    settings  beyond the inputs         note      what it does and does not simulate
    is_whole  all of the sweep          threads   the contest it belongs to: of so many threads
    """

    name: str
    peer: Peer
    note: str
    settings: tuple[tuple[str, str], ...] = ()
    is_whole: bool = True
    threads: int = 1


VECTORBT = Peer(name="vectorbt", folder="vectorbt", script="vectorbt_bars.py")
RAPTORBT = Peer(name="raptorbt", folder="raptorbt", script="raptorbt_bars.py")
BACKTESTING = Peer(name="backtesting.py", folder="backtesting", script="backtesting_bars.py")
BACKTRADER = Peer(name="backtrader", folder="backtrader", script="backtrader_bars.py")
_SIMULATED = f"the function below Portfolio, chunks of columns tuned; {_NOT_TIMED}{_SAME_TRADES}"
BAR_PEERS = (
    BarPeer(
        name="vectorbt, its Rust",
        peer=VECTORBT,
        settings=(("engine", "rust"), ("way", "simulate")),
        note=_SIMULATED,
    ),
    BarPeer(
        name="vectorbt, its numba",
        peer=VECTORBT,
        settings=(("engine", "numba"), ("way", "simulate")),
        note=_SIMULATED,
    ),
    BarPeer(
        name="vectorbt Portfolio, its Rust",
        peer=VECTORBT,
        settings=(("engine", "rust"), ("way", "portfolio")),
        note=f"from_signals, total return and number of trades; {_NOT_TIMED}{_SAME_TRADES}",
    ),
    BarPeer(
        name="raptorbt",
        peer=RAPTORBT,
        threads=2,
        note="all cores, an equity curve and all its metrics of each, which cannot be left out; "
        f"{_NOT_TIMED}{_SAME_TRADES}",
    ),
    BarPeer(
        name="backtesting.py",
        peer=BACKTESTING,
        is_whole=False,
        note=f"{_PART_NOTE}; {_NOT_TIMED}the same entries and exits",
    ),
    BarPeer(
        name="backtrader",
        peer=BACKTRADER,
        is_whole=False,
        note=f"{_PART_NOTE}; one unit a trade; {_NOT_TIMED}the same entries and exits",
    ),
)


class BarField:
    """The contests over bars of one size; what peers read lies in `folder`.

    backends, missing  as `available_backends` found them
    """

    def __init__(
        self, size: BarSize, folder: Path, backends: Iterable[str], missing: dict[str, str]
    ) -> None:
        self.size = size
        self.folder = folder
        self.backends = tuple(backends)
        self.missing = missing

    def contests(self, workloads: Iterable[str] = BAR_WORKLOADS) -> list[Contest]:
        """Return the contests of some workloads, in the order of `BAR_WORKLOADS`."""
        makers = {BAR_SWEEP: self.sweeps, LIBRARY_SCAN: self.scans}
        wanted = set(workloads)
        return [one for name in BAR_WORKLOADS if name in wanted for one in makers[name]()]

    def sweeps(self) -> list[Contest]:
        """Return the sweep: as a user asks for it, by the kernel alone, as a whole process."""
        size = self.size
        work = f"{size.runs:,} crossings over {size.bars:,} bars"
        contests = []
        for threads in size.threads:
            for has_detail in (False, True):
                metrics = "all metrics" if has_detail else "metrics of trades"
                settings = {**self._sweep_settings(has_detail), "threads": threads}
                for way, text in (("sweep", "sweep"), ("kernel", "kernel alone")):
                    label = f"{work}, {text}, {metrics}, {threads_text(threads)}"
                    others, missing = self._beside(settings, way)
                    ours = self._ours({**settings, "work": way})
                    contests.append(self._contest(BAR_SWEEP, label, [*ours, *others], missing))
        return [*contests, *self._whole(work)]

    def scans(self) -> list[Contest]:
        """Return the scan of the library on each number of threads."""
        contests = []
        for threads in self.size.threads:
            label = (
                f"all built-in strategies over {self.size.scan_bars:,} bars, "
                f"{threads_text(threads)}"
            )
            settings = {"work": "scan", "bars": self.size.scan_bars, "threads": threads}
            contests.append(self._contest(LIBRARY_SCAN, label, self._ours(settings), {}))
        return contests

    def _sweep_settings(self, has_detail: bool) -> dict[str, Any]:
        """Return what every sweep is told."""
        size = self.size
        return {"bars": size.bars, "fast": size.fast, "slow": size.slow, "detail": has_detail}

    def _contest(
        self, workload: str, label: str, entrants: list[Entrant], missing: dict[str, str]
    ) -> Contest:
        """Return a contest of rounds."""
        return Contest(
            workload=workload,
            label=label,
            unit=UNIT,
            form=RATE,
            rounds=self.size.rounds,
            entrants=tuple(entrants),
            missing={**self.missing, **missing},
        )

    def _whole(self, work: str) -> list[Contest]:
        """Return the sweep as a process from nothing, and one without compiled kernels."""
        labels = {True: f"{work}, a process from start to end, one thread"}
        if self.size.has_first_run:
            labels[False] = "the same right after an installation, nothing compiled"
        rounds = max(0, self.size.heavy_rounds - 1)
        contests = []
        for is_compiled, label in labels.items():
            settings = {**self._sweep_settings(False), "threads": 1, "compiled": is_compiled}
            contests.append(
                Contest(
                    workload=BAR_SWEEP,
                    label=label,
                    unit=UNIT,
                    form=RATE,
                    rounds=rounds if is_compiled else 0,
                    entrants=tuple(self._ours({**settings, "work": "whole"})),
                    is_first_counted=True,
                    missing=self.missing,
                )
            )
        return contests

    def _ours(self, settings: dict[str, Any]) -> list[Entrant]:
        """Return every backend, in a process for this kind of work."""
        return [
            Entrant(
                name=name,
                kind=OURS,
                script=HERE / "bars" / "worker.py",
                settings=settings,
                environment={BACKEND_VARIABLE: name, WORK_VARIABLE: settings["work"]},
            )
            for name in self.backends
        ]

    def _beside(self, settings: dict[str, Any], way: str) -> tuple[list[Entrant], dict[str, str]]:
        """Return the bare loop and the peers that do the work of a contest, and who is missing."""
        if settings["detail"]:
            return [], {}
        threads = settings["threads"]
        loop = Entrant(
            name=BARE_LOOP,
            kind=FLOOR,
            script=HERE / "bars" / "floor.py",
            settings=settings,
            note=_BARE_NOTE,
        )
        entrants, missing = [loop], {}
        own = [one for one in BAR_PEERS if one.threads == threads and way == "sweep"]
        for one in own:
            if one.peer.reason is None:
                entrants.append(self._peer(one))
            else:
                missing[one.name] = one.peer.reason
        return entrants, missing

    def _peer(self, one: BarPeer) -> Entrant:
        """Return a peer as it takes part."""
        size = self.size
        bars, taken = (size.bars, None) if one.is_whole else (size.event_bars, size.event_runs)
        part = f"of {size.event_runs} combinations over {size.event_bars:,} bars"
        path = self.folder / f"crossings-{bars}.npz"
        if not path.exists():
            write_inputs(path, crossings(sweep_bars(bars), size.fast, size.slow, taken))
        return Entrant(
            name=one.name,
            kind=PEER,
            script=HERE / "peers" / one.peer.script,
            settings={
                "inputs": str(path),
                "trades": TRADES_PART if one.is_whole else f"{TRADES_PART} {part}",
                **dict(one.settings),
            },
            python=str(one.peer.python),
            is_alone=True,
            note=one.note,
            rounds=size.heavy_rounds - 1 or 1,
        )
