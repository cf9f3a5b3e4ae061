"""What `served.py` runs as hand-written option days: a numba loop, numpy columns, polars columns.

numba   row-major snapshots `[frame, instrument, side]`, every condor walks the frames and leaves
numpy   one array of closing values per set of legs, kept for all condors with those legs, then the
        first frame at a threshold
polars  the same as expressions over one frame of columns, all condors in one `select`
"""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from benchmarks.hand_condors import STEP, HandCondors, hand_condors
from forven.kernels.schema import QUOTE_ASK, QUOTE_BID
from forven.market.day import MarketDay
from forven.research.workloads.inputs import option_day
from forven.research.workloads.outcomes import (
    ENTRY_FRAME,
    ENTRY_NET,
    EXIT_FRAME,
    EXIT_NET,
    OUTCOME_WIDTH,
    SETTLED,
    outcome_rows_digest,
)
from forven.research.workloads.served import Round
from forven.research.workloads.taken import Taken, timed

Rows = NDArray[np.int64]
BLOCKED = -(2**40)
"""The closing value of a frame in which a leg has no quote or a crossed one."""


@njit
def walked(snapshots, legs, first, waits, out):
    """Write the outcome of each condor: walk the frames after its entry until one wants out.

    waits  (B, 4) what it was sold for, stop, target, frame of the exit time
    """
    for bot in range(legs.shape[0]):
        net, stop, target, late = waits[bot]
        out[bot, 0] = first
        out[bot, 1] = -1
        out[bot, 2] = net
        for frame in range(first + 1, snapshots.shape[0] - 1):
            mid2 = 0
            is_blocked = False
            for leg in range(4):
                bid = snapshots[frame, legs[bot, leg], 0]
                ask = snapshots[frame, legs[bot, leg], 1]
                if bid < 0 or bid > ask:
                    is_blocked = True
                if leg % 2 == 0:
                    mid2 -= bid + ask
                elif bid > 0:
                    mid2 += bid + ask
            if is_blocked:
                continue
            profit2 = 2 * net + mid2
            if profit2 <= stop or profit2 >= target or frame >= late:
                out[bot, 1] = frame
                out[bot, 3] = mid2 // 10 * 5
                break


def numba_loop(day: MarketDay, condors: HandCondors) -> Callable[[], Rows]:
    """Return the numba version, its snapshots laid out beforehand."""
    snapshots = np.ascontiguousarray(day.quotes[:2].transpose(2, 1, 0))
    each = (condors.nets, condors.stops, condors.targets, condors.exit_frames)
    waits = np.stack(each, axis=1)

    def run() -> Rows:
        out = np.zeros((len(condors.legs), OUTCOME_WIDTH), np.int64)
        walked(snapshots, condors.legs, condors.entry_frame, waits, out)
        return out

    return run


def closing_values(day: MarketDay, legs: Rows, first: int) -> Rows:
    """Return the mid2 of closing four legs in each frame from `first` to before the close."""
    bid = day.quotes[QUOTE_BID, legs, first:-1].astype(np.int64)
    ask = day.quotes[QUOTE_ASK, legs, first:-1].astype(np.int64)
    both = bid + ask
    bought = np.where(bid[1::2] > 0, both[1::2], 0)
    mid2 = bought.sum(axis=0) - both[0::2].sum(axis=0)
    return np.where(((bid < 0) | (bid > ask)).any(axis=0), BLOCKED, mid2)


def outcomes(condors: HandCondors, exits: Rows, mid2: Rows) -> Rows:
    """Return outcome rows of exit frames (SETTLED: none) and the mid2 in each."""
    out = np.zeros((len(exits), OUTCOME_WIDTH), np.int64)
    out[:, ENTRY_FRAME], out[:, ENTRY_NET] = condors.entry_frame, condors.nets
    out[:, EXIT_FRAME] = exits
    out[:, EXIT_NET] = np.where(exits == SETTLED, 0, mid2 // (2 * STEP) * STEP)
    return out


def numpy_columns(day: MarketDay, condors: HandCondors) -> Callable[[], Rows]:
    """Return the numpy version."""
    first = condors.entry_frame + 1

    def run() -> Rows:
        kept: dict[bytes, Rows] = {}
        exits, values = np.full(len(condors.legs), SETTLED), np.zeros(len(condors.legs), np.int64)
        for bot, legs in enumerate(condors.legs):
            key = legs.tobytes()
            if key not in kept:
                kept[key] = closing_values(day, legs, first)
            mid2 = kept[key]
            low, high = condors.stops[bot], condors.targets[bot]
            profit2 = 2 * condors.nets[bot] + mid2
            wants = (profit2 <= low) | (profit2 >= high)
            wants[condors.exit_frames[bot] - first :] = True
            wants &= mid2 != BLOCKED
            at = int(wants.argmax())
            if wants[at]:
                exits[bot], values[bot] = first + at, mid2[at]
        return outcomes(condors, exits, values)

    return run


def polars_columns(day: MarketDay, condors: HandCondors) -> Callable[[], Rows]:
    """Return the polars version: its frame holds the quotes, the rest are expressions."""
    first = condors.entry_frame + 1
    used = np.unique(condors.legs).tolist()
    columns = {f"b{one}": day.quotes[QUOTE_BID, one, first:-1] for one in used}
    columns |= {f"a{one}": day.quotes[QUOTE_ASK, one, first:-1] for one in used}
    quotes = pl.DataFrame(columns).with_row_index("frame")
    sets, own = np.unique(condors.legs, axis=0, return_inverse=True)
    own = own.ravel().tolist()

    def run() -> Rows:
        values = quotes.select(
            "frame", *(closing_value(legs, f"s{n}") for n, legs in enumerate(sets))
        )
        wants = []
        for bot, number in enumerate(own):
            profit2 = pl.col(f"s{number}") + int(2 * condors.nets[bot])
            is_out = (profit2 <= int(condors.stops[bot])) | (profit2 >= int(condors.targets[bot]))
            is_late = pl.col("frame") >= int(condors.exit_frames[bot] - first)
            wants.append((is_out | is_late).arg_true().first().alias(str(bot)))
        at = values.select(wants).row(0)
        exits = np.array([SETTLED if one is None else first + one for one in at])
        mid2 = np.array(
            [0 if one is None else values[f"s{n}"][one] for one, n in zip(at, own, strict=True)]
        )
        return outcomes(condors, exits, mid2)

    return run


def closing_value(legs: Rows, name: str) -> pl.Expr:
    """Return the mid2 of closing four legs as an expression; null where a leg is blocked."""
    terms = []
    for leg, one in enumerate(legs.tolist()):
        bid, ask = pl.col(f"b{one}").cast(pl.Int64), pl.col(f"a{one}").cast(pl.Int64)
        both = bid + ask if leg % 2 == 0 else pl.when(bid > 0).then(bid + ask).otherwise(0)
        sound = (bid >= 0) & (bid <= ask)
        terms.append(pl.when(sound).then(-both if leg % 2 == 0 else both))
    return (terms[0] + terms[1] + terms[2] + terms[3]).alias(name)


WAYS = {"numba": numba_loop, "numpy": numpy_columns, "polars": polars_columns}


def versions() -> dict[str, str]:
    """Return what these run on."""
    return {name: version(name) for name in ("numba", "numpy", "polars")}


def prepare(settings: dict[str, Any]) -> Round:
    """Return a round of the way that the settings name, over the synthetic day.

    settings  frame_seconds, counts, way
    """
    day = option_day(settings["frame_seconds"])
    condors = hand_condors(day, tuple(settings["counts"]))
    run = WAYS[settings["way"]](day, condors)

    def take() -> dict[str, Any]:
        seconds, rows = timed(run)
        digest = outcome_rows_digest([rows])
        return Taken(
            seconds=seconds, units=len(rows), digest=digest, agreements={"trades": digest}
        ).as_dict()

    return take
