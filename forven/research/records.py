"""What a backtest keeps of one session: its account, its fills, and a path to draw them on."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forven.engine.journal import events
from forven.engine.session import SessionResult
from forven.kernels import schema
from forven.market.day import MarketDay

PATH_POINTS = 400
"""Most points that are kept of one net-price path: a report shows no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How one session ended, in micros; `status` is the name of the final status."""

    profit: int
    fees: int
    slippage: int
    max_drawdown: int
    entries: int
    exits: int
    settled: int
    skipped: int
    status: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NetPath:
    """The net price of one entry's legs over the session, in half quanta, credit positive.

    ts           (n,) int64 nanoseconds UTC of the frames kept
    mid2         (n,) int64 half quanta; MISSING_MID2 where a leg had no uncrossed quote yet
    settled_net  quanta a unit at the settlement value, None if the legs were closed before
    """

    entry_order: int
    settled_net: int | None
    ts: NDArray[np.int64]
    mid2: NDArray[np.int64]


MISSING_MID2 = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """One session of a backtest: with the chosen fills, and beside it with natural fills.

    events            the journal of the chosen fills as named events
    underlying_open   first and last value of the underlying and the settlement, in quanta
    """

    day: date
    chosen: Account
    natural: Account
    events: tuple[dict[str, int | str], ...]
    rows: NDArray[np.int64]
    symbols: dict[int, str]
    paths: tuple[NetPath, ...]
    underlying_open: int
    settlement: int
    settlement_estimated: bool


def account_of(result: SessionResult) -> Account:
    """Return the account figures of an ended session, counted from its journal."""
    rows, state = result.rows, result.state
    kinds = rows[:, schema.JOURNAL_KIND]
    placed = rows[kinds == schema.EVENT_ORDER_PLACED]
    filled = rows[kinds == schema.EVENT_ORDER_FILLED][:, schema.JOURNAL_ORDER]
    blocks = placed[np.isin(placed[:, schema.JOURNAL_ORDER], filled), schema.JOURNAL_E]
    status = int(state[schema.STATE_STATUS])
    return Account(
        profit=result.profit,
        fees=int(state[schema.STATE_FEES]),
        slippage=int(state[schema.STATE_SLIPPAGE]),
        max_drawdown=int(state[schema.STATE_MAX_DRAWDOWN]),
        entries=int(np.count_nonzero(blocks == schema.BLOCK_OPENING)),
        exits=int(np.count_nonzero(blocks == schema.BLOCK_CLOSING)),
        settled=int(np.count_nonzero(kinds == schema.EVENT_SETTLED)),
        skipped=int(np.count_nonzero(kinds == schema.EVENT_ENTRY_SKIPPED)),
        status=STATUS_NAMES[status],
        digest=result.digest,
    )


STATUS_NAMES = {
    schema.STATUS_COMPLETED: "completed",
    schema.STATUS_HALTED: "halted",
    schema.STATUS_KILLED: "killed",
    schema.STATUS_FAILED: "failed",
}


def record_of(
    day: MarketDay, chosen: SessionResult, natural: SessionResult, with_paths: bool
) -> SessionRecord:
    """Return what is kept of a session; everything else of the day may be forgotten."""
    legs = chosen.rows[chosen.rows[:, schema.JOURNAL_KIND] == schema.EVENT_ORDER_LEG]
    used = np.unique(legs[:, schema.JOURNAL_B]).tolist()
    spot = day.clock[schema.CLOCK_SPOT]
    known = spot[spot != schema.MISSING]
    settlement = schema.MISSING if day.settlement is None else day.settlement
    return SessionRecord(
        day=day.day,
        chosen=account_of(chosen),
        natural=account_of(natural),
        events=tuple(events(chosen.rows)),
        rows=chosen.rows,
        symbols={index: day.symbols[index] for index in used},
        paths=net_paths(day, chosen.rows) if with_paths else (),
        underlying_open=int(known[0]) if known.size else settlement,
        settlement=settlement,
        settlement_estimated=day.settlement_estimated,
    )


def net_paths(day: MarketDay, rows: NDArray[np.int64]) -> tuple[NetPath, ...]:
    """Return the path of every entry that was filled, thinned to `PATH_POINTS` frames.

    The frames of the fills themselves are kept, so that a marker lies on its path.
    """
    kinds = rows[:, schema.JOURNAL_KIND]
    placed = rows[(kinds == schema.EVENT_ORDER_PLACED)]
    entries = placed[placed[:, schema.JOURNAL_F] == schema.ORIGIN_ENTRY, schema.JOURNAL_ORDER]
    fills = rows[kinds == schema.EVENT_ORDER_FILLED]
    ts = day.clock[schema.CLOCK_TS]
    step = max(1, -(-ts.size // PATH_POINTS))
    at_fills = np.searchsorted(ts, fills[:, schema.JOURNAL_TS])
    frames = np.unique(np.concatenate([np.arange(0, ts.size, step), at_fills, [ts.size - 1]]))
    legs = rows[kinds == schema.EVENT_ORDER_LEG]
    paths = []
    for order in np.intersect1d(entries, fills[:, schema.JOURNAL_ORDER]).tolist():
        own = legs[legs[:, schema.JOURNAL_ORDER] == order]
        path = NetPath(
            entry_order=order,
            settled_net=_settled_net(own, rows),
            ts=ts[frames],
            mid2=_net_mid2(day, own, frames),
        )
        paths.append(path)
    return tuple(paths)


def _settled_net(legs: NDArray[np.int64], rows: NDArray[np.int64]) -> int | None:
    """Return the legs' net at settlement, None if any of them was not held then."""
    settled = rows[rows[:, schema.JOURNAL_KIND] == schema.EVENT_SETTLED]
    intrinsic = dict(settled[:, [schema.JOURNAL_A, schema.JOURNAL_C]].tolist())
    if any(leg not in intrinsic for leg in legs[:, schema.JOURNAL_B].tolist()):
        return None
    return sum(
        ratio * intrinsic[leg] for leg, ratio in legs[:, [schema.JOURNAL_B, schema.JOURNAL_C]].tolist()
    )


def _net_mid2(
    day: MarketDay, legs: NDArray[np.int64], frames: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the signed sum of the legs' marks in some frames, in half quanta."""
    marks = day.quotes[schema.QUOTE_MARK2][legs[:, schema.JOURNAL_B]][:, frames].astype(np.int64)
    never = (marks == schema.MISSING).any(axis=0)
    values = np.where(marks < schema.MISSING, -2 - marks, marks)
    net = (legs[:, schema.JOURNAL_C][:, None] * values).sum(axis=0)
    return np.where(never, MISSING_MID2, net)
