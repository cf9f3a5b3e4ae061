"""The condors of the option day as a user would write them by hand: strikes, entry, thresholds.

Nothing of the engine is used, only the day's arrays. What is simulated: strikes by delta at 09:35,
the entry at the mid in steps of 0.05, stop, target and exit time on the exact mid, the exit in the
frame that wants it. What is not: fees and slippage, margin, buying power, halts, settlement, orders
that stay pending, a journal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erf, floor, inf, log, sqrt

import numpy as np
from numpy.typing import NDArray

from forven.kernels.schema import CALL, PUT, QUOTE_ASK, QUOTE_BID
from forven.market.day import MarketDay
from forven.primitives.time import exchange_time, parse_clock
from forven.research.workloads.inputs import DAY, ENTRY_TIME, condors
from forven.research.workloads.sizes import Counts

STEP = 5
MILLION = 1_000_000
YEAR_NS = 365 * 86_400 * 10**9
_BISECTIONS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class HandCondors:
    """What a loop over the frames needs; B condors.

    legs          (B, 4) put sold, put bought, call sold, call bought
    entry_frame   the first at or after 09:35              nets  (B,) what was sold, quanta
    stops, targets (B,) half quanta of profit              exit_frames  (B,) of the exit times
    """

    legs: NDArray[np.int64]
    entry_frame: int
    nets: NDArray[np.int64]
    stops: NDArray[np.int64]
    targets: NDArray[np.int64]
    exit_frames: NDArray[np.int64]


def hand_condors(day: MarketDay, counts: Counts) -> HandCondors:
    """Return the condors of the standard variants, their strikes found on this day."""
    frame = day.frame_at(exchange_time(DAY, parse_clock(ENTRY_TIME)))
    deltas = chain_deltas(day, frame)
    documents = condors(counts)
    legs = np.array([strikes_of(day, frame, deltas, document["legs"]) for document in documents])
    bid = day.quotes[QUOTE_BID, :, frame].astype(np.int64)
    ask = day.quotes[QUOTE_ASK, :, frame].astype(np.int64)
    mid2 = (bid + ask)[legs]
    nets = (mid2[:, 0] - mid2[:, 1] + mid2[:, 2] - mid2[:, 3]) // (2 * STEP) * STEP
    leave = [document["exit"] for document in documents]
    share = {
        name: np.array([round(float(one[name]) * 100) for one in leave])
        for name in ("stop_loss_pct", "profit_target_pct")
    }
    return HandCondors(
        legs=legs,
        entry_frame=frame,
        nets=nets,
        stops=-2 * nets * share["stop_loss_pct"] // 10_000,
        targets=-(-2 * nets * share["profit_target_pct"] // 10_000),
        exit_frames=np.array(
            [day.frame_at(exchange_time(DAY, parse_clock(one["time"]))) for one in leave]
        ),
    )


def chain_deltas(day: MarketDay, frame: int) -> dict[int, int]:
    """Return the unsigned delta, in millionths, of each instrument that has one."""
    bid, ask = day.quotes[QUOTE_BID, :, frame], day.quotes[QUOTE_ASK, :, frame]
    strikes, rights = day.strikes, day.rights
    calls = {int(strikes[one]): one for one in np.flatnonzero(rights == CALL).tolist()}
    puts = {int(strikes[one]): one for one in np.flatnonzero(rights == PUT).tolist()}

    def is_sound(one: int) -> bool:
        return bool(0 < bid[one] <= ask[one])

    def sum_of(one: int) -> int:
        return int(bid[one]) + int(ask[one])

    pairs = [
        (abs(sum_of(calls[strike]) - sum_of(puts[strike])), strike)
        for strike in sorted(set(calls) & set(puts))
        if is_sound(calls[strike]) and is_sound(puts[strike])
    ]
    at = min(pairs)[1]
    forward2 = 2 * at + sum_of(calls[at]) - sum_of(puts[at])
    years = (day.bounds.close_ns - int(day.ts[frame])) / YEAR_NS
    found: dict[int, int] = {}
    for strike in sorted(set(calls) & set(puts)):
        outside = calls[strike] if 2 * strike >= forward2 else puts[strike]
        if not is_sound(outside):
            continue
        call_delta = delta_of(sum_of(outside) / 2, forward2 / 2, strike, years)
        if call_delta is not None:
            found[calls[strike]] = floor(call_delta * MILLION + 0.5)
            found[puts[strike]] = floor((1 - call_delta) * MILLION + 0.5)
    return found


def normal(x: float) -> float:
    """Return the standard normal distribution function."""
    return 0.5 * (1 + erf(x / sqrt(2)))


def delta_of(price: float, forward: float, strike: float, years: float) -> float | None:
    """Return N(d1) of the call, the volatility found by bisection; None if there is none."""
    low, high = 1e-9, 20 * sqrt(years)
    d1 = inf
    for _ in range(_BISECTIONS):
        total = (low + high) / 2
        d1 = log(forward / strike) / total + total / 2
        call = forward * normal(d1) - strike * normal(d1 - total)
        value = call if strike >= forward else call - forward + strike
        low, high = (total, high) if value < price else (low, total)
    return normal(d1) if high < 20 * sqrt(years) else None


def strikes_of(
    day: MarketDay, frame: int, deltas: dict[int, int], legs: Sequence[dict[str, object]]
) -> list[int]:
    """Return the instrument of each leg: nearest by delta, of two the farther out of the money."""
    bid, ask = day.quotes[QUOTE_BID, :, frame], day.quotes[QUOTE_ASK, :, frame]
    chosen: list[int] = []
    for leg in legs:
        right = CALL if leg["right"] == "call" else PUT
        wanted = round(float(leg["strike"]["value"]) * MILLION)
        outward = -1 if right == CALL else 1
        candidates = [
            (abs(delta - wanted), outward * int(day.strikes[one]), one)
            for one, delta in deltas.items()
            if day.rights[one] == right
            and one not in chosen
            and 0 <= bid[one] <= ask[one]
            and (leg["side"] == "buy" or bid[one] > 0)
        ]
        chosen.append(min(candidates)[2])
    return chosen
