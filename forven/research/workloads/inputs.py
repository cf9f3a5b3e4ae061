"""What the option workloads run on: one synthetic day, and bots that all differ."""

from datetime import date
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from forven.engine.fills import FillModel
from forven.engine.policy import SessionPolicy
from forven.engine.session import SessionResult
from forven.kernels import schema
from forven.market.bounds import SessionBounds
from forven.market.calendar import trading_calendar
from forven.market.day import MarketDay
from forven.market.frames import build_day
from forven.market.synthetic.day import synthetic_day
from forven.market.synthetic.spec import SyntheticSpec
from forven.primitives.identifiers import bytes_hash
from forven.primitives.money import MICROS_PER_UNIT
from forven.research.workloads.sizes import SEED, BenchmarkFailed, Counts
from forven.strategies.compiler import compile_strategy
from forven.strategies.structured import parse_strategy

DAY = date(2024, 1, 2)
ENTRY_TIME = "09:35"
OPENING_CASH = 100_000 * MICROS_PER_UNIT
CONTRACTS = 200
_NEAR_STRIKES = 27
"""Strikes on either side of the money that make the chain 200 contracts."""
_WING_DELTA_SHARE = 0.4
_TARGETS_BPS_MAX = 9_900


@cache
def option_day(frame_seconds: int) -> MarketDay:
    """Return the synthetic day: 200 contracts, a frame every `frame_seconds` and at the close."""
    bounds = trading_calendar().bounds(DAY)
    spec = SyntheticSpec(seed=SEED, frame_seconds=frame_seconds, near_strikes=_NEAR_STRIKES)
    day = build_day(synthetic_day(spec, 0, bounds), bounds)
    if len(day.symbols) != CONTRACTS:
        raise BenchmarkFailed(f"expected a chain of {CONTRACTS}, found {len(day.symbols)}")
    return day


def condor(short_delta: str, target: str, stop: str, exit_time: str) -> dict[str, object]:
    """Return an iron condor whose four legs are found by delta at 09:35."""
    wing = f"{float(short_delta) * _WING_DELTA_SHARE:.6f}"
    legs = [
        {"side": side, "right": right, "strike": {"method": "delta", "value": delta}}
        for right in ("put", "call")
        for side, delta in (("sell", short_delta), ("buy", wing))
    ]
    leave = {"profit_target_pct": target, "stop_loss_pct": stop, "time": exit_time}
    return {"legs": legs, "entry": {"times": [ENTRY_TIME]}, "exit": leave}


def condors(counts: Counts) -> list[dict[str, object]]:
    """Return deltas x targets x stops x exit times iron condors, the last exit at 15:55."""
    deltas, targets, stops, exits = counts
    return [
        condor(short_delta, target, stop, exit_time)
        for short_delta, target, stop, exit_time in product(
            [f"{0.08 + 0.22 * number / deltas:.6f}" for number in range(deltas)],
            [f"{20 + 75 * number / targets:.2f}" for number in range(targets)],
            [f"{100 + 250 * number / stops:.2f}" for number in range(stops)],
            [f"15:{55 - 5 * number:02d}" for number in range(exits)],
        )
    ]


def targets_of(document: dict[str, object], bots: int) -> list[dict[str, object]]:
    """Return a strategy with so many different profit targets, from 1 % to just below 100 %.

    What else it says stays as it is; where targets run out, they begin again with one unit more.
    """
    leave, quantity = document.get("exit"), document.get("quantity", 1)
    kept = leave if isinstance(leave, dict) else {}
    units = quantity if isinstance(quantity, int) else 1
    each = min(bots, _TARGETS_BPS_MAX)
    return [
        {
            **document,
            "exit": {
                **kept,
                "profit_target_pct": f"{1 + number % each * _TARGETS_BPS_MAX // each / 100:.2f}",
            },
            "quantity": units + number // each,
        }
        for number in range(bots)
    ]


def plans_of(
    documents: list[dict[str, object]], bounds: SessionBounds, fills: str
) -> NDArray[np.int64]:
    """Return (B, PLAN_WIDTH) plans of strategies for one session, no two of them equal."""
    policy = SessionPolicy(fills=FillModel.preset(fills))
    plans = []
    for document in documents:
        plan = policy.plan_row(OPENING_CASH)
        compile_strategy(parse_strategy(document), bounds, plan)
        plans.append(plan)
    stacked = np.stack(plans)
    if len(np.unique(stacked, axis=0)) != len(stacked):
        raise BenchmarkFailed(f"expected {len(stacked)} different plans, found some equal")
    stacked.setflags(write=False)
    return stacked


@cache
def condor_plans(counts: Counts, fills: str) -> NDArray[np.int64]:
    """Return the plans of `condors(counts)` for `DAY`."""
    return plans_of(condors(counts), trading_calendar().bounds(DAY), fills)


def opening_cash(bots: int) -> NDArray[np.int64]:
    """Return (B,) micros, the same for every bot."""
    return np.full(bots, OPENING_CASH, np.int64)


def journals_digest(results: list[SessionResult]) -> str:
    """Return the SHA-256 over the journal digests of all bots, in the order of their plans."""
    return bytes_hash(result.digest.encode("ascii") for result in results)


def chosen_legs(results: list[SessionResult]) -> NDArray[np.int64]:
    """Return (B, MAX_LEGS) the instruments of each bot's first order, -1 where there is no leg."""
    legs = np.full((len(results), schema.MAX_LEGS), -1, np.int64)
    for bot, result in enumerate(results):
        rows = result.rows
        is_leg = rows[:, schema.JOURNAL_KIND] == schema.EVENT_ORDER_LEG
        chosen = rows[is_leg & (rows[:, schema.JOURNAL_ORDER] == 1), schema.JOURNAL_B]
        legs[bot, : chosen.size] = chosen
    return legs


def held_frames(day: MarketDay, results: list[SessionResult]) -> NDArray[np.int64]:
    """Return (B, 2) from which frame to before which each bot held its position; 0, 0: never."""
    frames = np.zeros((len(results), 2), np.int64)
    for bot, result in enumerate(results):
        rows = result.rows
        filled = rows[rows[:, schema.JOURNAL_KIND] == schema.EVENT_ORDER_FILLED]
        is_entry = filled[:, schema.JOURNAL_ORDER] == 1
        if not is_entry.any():
            continue
        leaving = filled[~is_entry, schema.JOURNAL_TS]
        frames[bot, 0] = day.frame_at(int(filled[is_entry, schema.JOURNAL_TS][0]))
        frames[bot, 1] = day.frame_at(int(leaving[0])) if leaving.size else day.frame_count - 1
    return frames
