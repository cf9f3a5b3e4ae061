"""What `served.py` runs as bare compare loops: no order, no account, only the tests themselves.

They say how far the engine is from the comparisons alone, over the arrays that it reads.
"""

from importlib.metadata import version
from typing import Any

import numpy as np

from benchmarks.comparing import compare_legs, compare_quotes, scan_quotes
from benchmarks.thresholds import thresholds_of
from forven.primitives.identifiers import bytes_hash
from forven.research.workloads.inputs import held_frames
from forven.research.workloads.option_day import day_bots, run_bots
from forven.research.workloads.quotes import quote_stream
from forven.research.workloads.served import Round
from forven.research.workloads.sizes import SEED
from forven.research.workloads.taken import Taken, timed


def held_compares(settings: dict[str, Any]) -> Round:
    """Return the round of `compare_legs` over the frames each bot of the synthetic day holds."""
    bots = day_bots(settings)[0]
    results = run_bots(bots, 1)
    legs, bounds = thresholds_of(bots.plans, results)
    held = held_frames(bots.day, results)
    out = np.empty(len(legs), np.int64)
    quotes = bots.day.quotes

    def take() -> dict[str, Any]:
        seconds, _ = timed(lambda: compare_legs(quotes, legs, held, bounds, out))
        frames = float((held[:, 1] - held[:, 0]).mean())
        return Taken(
            seconds=seconds,
            units=len(legs),
            digest=bytes_hash([out.astype("<i8").tobytes()]),
            details={"held_frames_mean": frames},
        ).as_dict()

    return take


def quote_loops(settings: dict[str, Any]) -> Round:
    """Return the round of one of the two loops over the quote stream."""
    stream = quote_stream(settings["updates"], SEED)
    out = np.zeros(2, np.int64)

    def scan() -> None:
        out[0] = scan_quotes(stream.bid, stream.ask)

    def compare() -> None:
        compare_quotes(stream.bid, stream.ask, out)

    work = scan if settings["loop"] == "quote_memory" else compare

    def take() -> dict[str, Any]:
        seconds, _ = timed(work)
        digest = bytes_hash([out.astype("<i8").tobytes()])
        return Taken(seconds=seconds, units=settings["updates"], digest=digest).as_dict()

    return take


def versions() -> dict[str, str]:
    """Return what these loops run on."""
    return {"numba": version("numba"), "numpy": version("numpy")}


def prepare(settings: dict[str, Any]) -> Round:
    """Return a round of the loop that the settings name."""
    return held_compares(settings) if settings["loop"] == "held" else quote_loops(settings)
