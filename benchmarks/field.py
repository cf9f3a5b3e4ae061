"""Who stands beside the engine: compare loops, what a user writes by hand, and other simulators."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from forven.research.workloads.contests import Contest
from forven.research.workloads.entrants import FLOOR, PEER, Entrant
from forven.research.workloads.quote_stream import FILLS_PART, POSITION_MAX, TOUCH, short_part
from forven.research.workloads.quotes import quote_stream
from forven.research.workloads.sizes import SEED, Size
from forven.research.workloads.suite import OPTION_DAY, QUOTE_STREAM

ROOT = Path(__file__).resolve().parents[1]
"""The checkout."""
PEERS = ROOT / "build" / "peers"
HERE = ROOT / "benchmarks"
HAND_NOTES = {
    "numba": "row-major snapshots, every condor walks the frames after its entry and leaves early",
    "numpy": "one closing value a set of legs, kept for all condors that share it",
    "polars": "the same as expressions, all condors in one select, one thread",
}
HAND_LIMITS = (
    "strikes by delta and the entry are worked out beforehand and not timed; no fees, slippage, "
    "margin, halts, settlement or journal; agrees on entry, exit and both prices"
)
HFTBACKTEST_NOTE = (
    "whole fills, queue position and latencies, one position and balance; no price grid by "
    "significant figures, margin, funding, liquidation or journal"
)
TOUCH_NOTE = "; without queue and latency: the same fills"
QUEUE_NOTE = (
    "; its queue knows the level's changes from depth events and may quote again while an order is "
    "in flight where ours waits, so fills differ"
)
NAUTILUS_NOTE = (
    "accounts, margin, positions, order events and a strategy in Python; no queue position on best "
    "quotes; runs the beginning of the stream: the same fills"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Another simulator, in an environment of its own under build/peers/."""

    name: str
    folder: str
    script: str

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return PEERS / self.folder / "bin" / "python"

    @property
    def reason(self) -> str | None:
        """Why it cannot take part; None: it can."""
        if self.python.exists():
            return None
        return f"expected its environment in build/peers/{self.folder}; run `make bench-peers`"


HFTBACKTEST = Peer(name="hftbacktest", folder="hftbacktest", script="hftbacktest_quotes.py")
NAUTILUS = Peer(name="NautilusTrader", folder="nautilus_trader", script="nautilus_quotes.py")


class Field:
    """Adds everybody to the contests of a size; what peers read lies in `folder`."""

    def __init__(self, size: Size, folder: Path) -> None:
        self.size = size
        self.folder = folder

    def joined(self, contests: list[Contest]) -> list[Contest]:
        """Return the contests with all who can take part, and the reasons of those who cannot."""
        join: dict[str, Callable[[Contest], Contest]] = {
            OPTION_DAY: self._option_day,
            QUOTE_STREAM: self._quote_stream,
        }
        return [join.get(contest.workload, lambda same: same)(contest) for contest in contests]

    def _option_day(self, contest: Contest) -> Contest:
        """Add the compare loop to an option day on one thread, hand-written ones to its first."""
        settings = contest.entrants[0].settings
        counts = settings["counts"]
        if settings["threads"] > 1 or settings["fills"] != "backtest":
            return contest
        loop = _loop("compare loop, held frames", {**settings, "loop": "held"})
        if counts != self.size.variants[0]:
            return replace(contest, entrants=(*contest.entrants, loop))
        ways = [way for way in HAND_NOTES if find_spec(way) is not None]
        hand = [
            Entrant(
                name=f"{way} by hand",
                kind=PEER,
                script=HERE / "hand_loops.py",
                settings={**settings, "way": way},
                environment={"POLARS_MAX_THREADS": "1"},
                note=f"{HAND_NOTES[way]}; {HAND_LIMITS}",
                rounds=self.size.heavy_rounds + 1,
            )
            for way in ways
        ]
        missing = {
            f"{way} by hand": f"expected {way}, found it not installed"
            for way in HAND_NOTES
            if way not in ways
        }
        return replace(
            contest,
            entrants=(*contest.entrants, loop, *hand),
            missing={**contest.missing, **missing},
        )

    def _quote_stream(self, contest: Contest) -> Contest:
        """Add both loops and the peers to the touch model, hftbacktest to the queue models."""
        settings = contest.entrants[0].settings
        model, updates = settings["model"], settings["updates"]
        is_touch = model == TOUCH
        own = {
            "inputs": str(self._inputs(updates)),
            "updates": updates,
            "position_max": POSITION_MAX,
            "model": model,
            "latency_ns": settings["latency_us"] * 1_000,
            "fills": FILLS_PART,
        }
        note = HFTBACKTEST_NOTE + (TOUCH_NOTE if is_touch else QUEUE_NOTE)
        asked = [(HFTBACKTEST, own, note)]
        added: list[Entrant] = []
        if is_touch:
            short = min(self.size.short_updates, updates)
            part = short_part(self.size.short_updates)
            asked.append((NAUTILUS, {**own, "updates": short, "fills": part}, NAUTILUS_NOTE))
            for loop, name in (("quote_memory", "memory floor"), ("quote_compare", "compare loop")):
                added.append(_loop(name, {"loop": loop, "updates": updates}))
        missing = dict(contest.missing)
        for peer, wanted, said in asked:
            if peer.reason is not None:
                missing[peer.name] = peer.reason
                continue
            added.append(self._entrant(peer, wanted, said))
        return replace(contest, entrants=(*contest.entrants, *added), missing=missing)

    def _entrant(self, peer: Peer, settings: dict[str, Any], note: str) -> Entrant:
        """Return a peer as it takes part."""
        return Entrant(
            name=peer.name,
            kind=PEER,
            script=HERE / "peers" / peer.script,
            settings=settings,
            python=str(peer.python),
            is_alone=True,
            note=note,
            rounds=self.size.heavy_rounds,
        )

    def _inputs(self, updates: int) -> Path:
        """Return the file of the quote stream, written once a run."""
        path = self.folder / f"quotes-{updates}.npz"
        if not path.exists():
            np.savez(path, **quote_stream(updates, SEED).columns())
        return path


def _loop(name: str, settings: dict[str, Any]) -> Entrant:
    """Return one of the bare loops."""
    return Entrant(
        name=name,
        kind=FLOOR,
        script=HERE / "compare_loops.py",
        settings=settings,
        note=_LOOP_NOTES[settings["loop"]],
    )


_LOOP_NOTES = {
    "held": "adds up eight columns in each frame that the bot holds and compares with its two "
    "thresholds; no order, no account",
    "quote_memory": "reads the bid and the ask of each update",
    "quote_compare": "compares two following prices with each update; no order, no account",
}
