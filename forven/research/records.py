"""What a backtest keeps of one session: its account, its journal, and paths to draw fills on."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forven.engine.executions import fills_of
from forven.engine.journal import events
from forven.engine.session import SessionResult
from forven.kernels import schema
from forven.market.day import MarketDay
from forven.research.trades import Trade, trades_of

PATH_POINTS_MAX = 400
"""Most points that are kept of one net-price path, fills aside: a report shows no more."""
MISSING_MID2 = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How one session ended, in micros; `status` is the name of the final status.

    entries, exits  orders filled that opened, that closed     settled  instruments at the close
    settled_in      of these, in the money: each paid a fee    skipped  entries without an order
    """

    profit: int
    fees: int
    slippage: int
    max_drawdown: int
    entries: int
    exits: int
    settled: int
    settled_in: int
    skipped: int
    status: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NetPath:
    """A trade and the net price of its legs over the session, in half quanta, credit positive.

    ts    (n,) int64 nanoseconds UTC of the frames kept
    mid2  (n,) int64 half quanta; MISSING_MID2 where a leg had no uncrossed quote yet
    """

    trade: Trade
    ts: NDArray[np.int64]
    mid2: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """One session of a backtest: with the chosen fills, and beside it with natural fills.

    rows             the journal of the chosen fills
    symbols          OSI symbols of the instruments that the journal names
    underlying_open  first value of the underlying in the session, in quanta as the settlement
    """

    day: date
    chosen: Account
    natural: Account
    rows: NDArray[np.int64]
    symbols: dict[int, str]
    paths: tuple[NetPath, ...]
    underlying_open: int
    settlement: int
    settlement_estimated: bool

    @property
    def events(self) -> tuple[dict[str, int | str], ...]:
        """The journal as named events, spelled out anew each time: kept, they would weigh more."""
        return tuple(events(self.rows))


STATUS_NAMES = {
    schema.STATUS_COMPLETED: "completed",
    schema.STATUS_HALTED: "halted",
    schema.STATUS_KILLED: "killed",
    schema.STATUS_FAILED: "failed",
}


def account_of(result: SessionResult) -> Account:
    """Return the account figures of an ended session, counted from its journal."""
    rows, state = result.rows, result.state
    kinds = rows[:, schema.JOURNAL_KIND]
    placed = rows[kinds == schema.EVENT_ORDER_PLACED]
    filled = rows[kinds == schema.EVENT_ORDER_FILLED][:, schema.JOURNAL_ORDER]
    blocks = placed[np.isin(placed[:, schema.JOURNAL_ORDER], filled), schema.JOURNAL_E]
    settled = rows[kinds == schema.EVENT_SETTLED]
    return Account(
        profit=result.profit,
        fees=int(state[schema.STATE_FEES]),
        slippage=int(state[schema.STATE_SLIPPAGE]),
        max_drawdown=int(state[schema.STATE_MAX_DRAWDOWN]),
        entries=int(np.count_nonzero(blocks == schema.BLOCK_OPENING)),
        exits=int(np.count_nonzero(blocks == schema.BLOCK_CLOSING)),
        settled=len(settled),
        settled_in=int(np.count_nonzero(settled[:, schema.JOURNAL_C] > 0)),
        skipped=int(np.count_nonzero(kinds == schema.EVENT_ENTRY_SKIPPED)),
        status=STATUS_NAMES[int(state[schema.STATE_STATUS])],
        digest=result.digest,
    )


def record_of(
    day: MarketDay, chosen: SessionResult, natural: SessionResult, with_paths: bool
) -> SessionRecord:
    """Return what is kept of a session; everything else of the day may be forgotten."""
    legs = chosen.rows[chosen.rows[:, schema.JOURNAL_KIND] == schema.EVENT_ORDER_LEG]
    used = sorted(set(legs[:, schema.JOURNAL_B].tolist()))  # `np.unique` loads `numpy.ma`
    spot = day.clock[schema.CLOCK_SPOT]
    known = spot[spot != schema.MISSING]
    settlement = schema.MISSING if day.settlement is None else day.settlement
    return SessionRecord(
        day=day.day,
        chosen=account_of(chosen),
        natural=account_of(natural),
        rows=chosen.rows,
        symbols={index: day.symbols[index] for index in used if 0 <= index < len(day.symbols)},
        paths=net_paths(day, chosen.rows) if with_paths else (),
        underlying_open=int(known[0]) if known.size else settlement,
        settlement=settlement,
        settlement_estimated=day.settlement_estimated,
    )


def net_paths(day: MarketDay, rows: NDArray[np.int64]) -> tuple[NetPath, ...]:
    """Return the path of every entry that was filled, thinned to `PATH_POINTS_MAX` frames.

    The frames of the fills themselves are kept beyond, so that a marker lies on its path.
    """
    trades = trades_of(rows)
    if not trades:
        return ()
    ts = day.clock[schema.CLOCK_TS]
    step = max(1, -(-ts.size // PATH_POINTS_MAX))
    at_fills = np.searchsorted(ts, [fill.ts for fill in fills_of(rows)])
    frames = np.unique(np.concatenate([np.arange(0, ts.size, step), at_fills, [ts.size - 1]]))
    kept_ts = ts[frames]
    return tuple(
        NetPath(trade=trade, ts=kept_ts, mid2=_net_mid2(day, trade, frames)) for trade in trades
    )


def _net_mid2(day: MarketDay, trade: Trade, frames: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the signed sum of the legs' marks in some frames, in half quanta."""
    instruments, ratios = np.array(trade.ratios, dtype=np.int64).T
    marks = day.quotes[schema.QUOTE_MARK2][np.ix_(instruments, frames)].astype(np.int64)
    never = (marks == schema.MISSING).any(axis=0)
    values = np.where(marks < schema.MISSING, -2 - marks, marks)
    net = (ratios[:, None] * values).sum(axis=0)
    return np.where(never, MISSING_MID2, net)
