"""What tests of peers over bars share: a round of one, in its own environment."""

from pathlib import Path
from typing import Any

from benchmarks.bars.inputs import TRADES_PART, agreements, crossings, sweep_bars, write_inputs
from benchmarks.bars.sizes import BAR_SIZES
from benchmarks.field import HERE, Peer
from forven.research.workloads.entrants import PEER, Entrant, Process
from forven.research.workloads.taken import Taken


def taken(peer: Peer, folder: Path, *, is_whole: bool = True, **settings: Any) -> tuple[Taken, int]:
    """Return the first round of a peer over the tiny bars, and how many trades the engine has.

    is_whole  all combinations; else the few that go bar by bar in Python
    """
    size = BAR_SIZES["tiny"]
    bars, some = (size.bars, None) if is_whole else (size.event_bars, size.event_runs)
    crossed = crossings(sweep_bars(bars), size.fast, size.slow, some)
    path = write_inputs(folder / "bars.npz", crossed)
    entrant = Entrant(
        name=peer.name,
        kind=PEER,
        script=HERE / "peers" / peer.script,
        settings={"inputs": str(path), "trades": TRADES_PART, **settings},
        python=str(peer.python),
        is_alone=True,
    )
    process = Process(entrant)
    try:
        told, _ = process.open(entrant.settings)
    finally:
        process.close()
    counts = [int((crossed.trades()[:, 0] == run).sum()) for run in range(len(crossed.pairs))]
    assert told.agreements == agreements(counts)
    return told, sum(counts)
