"""What clients are told after a commit: orders, trades, states, alerts, prices and profits."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forven.bots.hub import LiveEvent
from forven.bots.live_session import LiveSession
from forven.bots.live_view import FrameMarks
from forven.bots.position_fields import position_fields
from forven.kernels import schema
from forven.kernels.schema import StateShape
from forven.market.feeds.frame import FeedDay, FeedEvent
from forven.primitives.money import CENT_QUANTA_PER_POINT, money_text

Document = dict[str, Any]
_HALTS = {
    schema.REASON_DAILY_LOSS: "daily_loss_halt",
    schema.REASON_ERROR_BUDGET: "error_budget_halt",
}
WARNED_FROM_PCT = 8
"""Drawdown from which a warning is given, once for every further whole percent."""


def session_event(session: LiveSession, type_: str, ts: int, payload: Document) -> LiveEvent:
    """Return an event of one session."""
    return LiveEvent(
        type=type_, ts=ts, payload=payload, bot_id=session.row.bot_id, session_id=session.id
    )


def state_event(session: LiveSession, state: str, ts: int, reason: str | None = None) -> LiveEvent:
    """Return that a session is in another state."""
    return session_event(session, "session_state", ts, {"state": state, "reason": reason})


def order_events(session: LiveSession, ts: int, orders: Sequence[Document]) -> Iterator[LiveEvent]:
    """Yield each changed order, and the trades that they became."""
    for order in orders:
        yield session_event(session, "order_update", ts, {"order": order})
    filled = [order for order in orders if order["status"] == "filled"]
    if filled:
        closed = [order for order in filled if order["block"] == "closing"]
        opened = [order for order in filled if order["block"] != "closing"]
        yield session_event(session, "trade", ts, {"data": {"opened": opened, "closed": closed}})


def alert_events(session: LiveSession, rows: NDArray[np.int64]) -> Iterator[LiveEvent]:
    """Yield the alerts that new journal rows call for."""
    kinds = rows[:, schema.JOURNAL_KIND]
    is_alert = (kinds == schema.EVENT_HALT) | (kinds == schema.EVENT_ENTRIES_PAUSED)
    if not is_alert.any():
        return
    for row in rows[is_alert].tolist():
        ts = row[schema.JOURNAL_TS]
        if row[schema.JOURNAL_KIND] == schema.EVENT_ENTRIES_PAUSED:
            payload: Document = {"kind": "entries_paused", "errors": row[schema.JOURNAL_A]}
        else:
            payload = {
                "kind": _HALTS[row[schema.JOURNAL_A]],
                "loss": money_text(row[schema.JOURNAL_B]),
                "net_liquidation_value": money_text(row[schema.JOURNAL_C]),
            }
        yield session_event(session, "risk_alert", ts, payload)


def drawdown_event(session: LiveSession, ts: int, percent: int) -> LiveEvent:
    """Return the warning that a session's worth lies so many percent below its peak."""
    payload = {"kind": "drawdown_warning", "drawdown_pct": percent}
    return session_event(session, "risk_alert", ts, payload)


def host_alert(ts: int, kind: str, detail: str | None) -> LiveEvent:
    """Return an alert that concerns all sessions."""
    return LiveEvent(type="risk_alert", ts=ts, payload={"kind": kind, "detail": detail})


def feed_events(events: Sequence[FeedEvent]) -> Iterator[LiveEvent]:
    """Yield what was wrong with the feed."""
    for event in events:
        payload = {"kind": event.kind, "count": event.count, "detail": event.detail}
        yield LiveEvent(type="feed_event", ts=event.ts, payload=payload)


def price_event(day: FeedDay, ts: int, spot: int) -> LiveEvent:
    """Return the underlying's value as a number, as market data is shown."""
    value = None if spot == schema.MISSING else spot / CENT_QUANTA_PER_POINT
    return LiveEvent(
        type="prices", ts=ts, payload={"prices": {day.underlying: value}}, key="prices"
    )


def position_event(
    session: LiveSession,
    state: NDArray[np.int64],
    shape: StateShape,
    day: FeedDay,
    marks: FrameMarks,
) -> LiveEvent:
    """Return what a session holds at the marks of a frame."""
    count = int(state[schema.STATE_HOLDING_COUNT])
    flat = state[shape.holdings_at :][: count * schema.HOLDING_WIDTH]
    worth, opening = int(state[schema.STATE_NLV]), int(state[schema.STATE_OPENING_CASH])
    held = flat.reshape(count, schema.HOLDING_WIDTH).tolist()
    payload = {
        "positions": [_position(each, day, marks) for each in held],
        "net_liquidation_value": money_text(worth),
        "profit_loss": money_text(worth - opening),
    }
    return LiveEvent(
        type="position_pnl",
        ts=marks.ts,
        payload=payload,
        bot_id=session.row.bot_id,
        session_id=session.id,
        key=session.id,
    )


def _position(holding: list[int], day: FeedDay, marks: FrameMarks) -> Document:
    """Return one holding at its mark."""
    instrument, quantity, cost = holding
    mark2 = marks.mark2(instrument) or 0
    profit = quantity * mark2 * day.multiplier // 2 - cost
    price = mark2 * day.multiplier // 2
    return position_fields(day.symbols[instrument], quantity, price, profit)
