"""A session as readers get it, from its row and, while it runs, from the host's memory."""

from forven.bots.live_view import LiveView
from forven.bots.services.spelling import Document, moment, money
from forven.kernels import schema
from forven.store.sessions import SessionRow

ENGINE = "live_sim"


def session_document(row: SessionRow, view: LiveView | None) -> Document:
    """Return one session; what it came to is null until it is finalised.

    view  of the host, None if the host does not run it
    """
    bounds = row.bounds
    document = {
        "id": row.id,
        "bot_id": row.bot_id,
        "date": row.day.isoformat(),
        "state": row.state,
        "engine": ENGINE,
        "feed": row.feed,
        "start_time": moment(bounds.open_ns),
        "end_time": moment(bounds.close_ns),
        "opened_at": moment(row.opened_ns),
        "ended_at": moment(row.ended_ns),
        "opening_cash": money(row.opening_cash),
        "strategy_hash": row.strategy_hash,
        "policy": row.policy,
        "available_buying_power": money(row.final_cash),
        "net_liquidation_value": money(row.final_nlv),
        "profit_loss": None if row.final_nlv is None else money(row.final_nlv - row.opening_cash),
        "final_nlv": money(row.final_nlv),
        "realized_pl": money(row.realized_pl),
        "total_pl": money(row.total_pl),
        "max_intraday_dd": money(row.max_intraday_dd),
        "fees": money(row.fees),
        "slippage": money(row.slippage),
        "orders_filled": row.fills,
        "digest": row.digest,
        "reason": row.reason,
    }
    if view is not None and not row.is_over:
        document.update(running_fields(view, row.opening_cash))
    return document


def running_fields(view: LiveView, opening_cash: int) -> Document:
    """Return the fields of a session that change while the host runs it, as of its last frame.

    `available_buying_power` is the cash less the margin of what is held.
    """
    state = view.state
    worth = int(state[schema.STATE_NLV])
    return {
        "state": view.state_name,
        "available_buying_power": money(int(state[schema.STATE_CASH]) - view.margin),
        "net_liquidation_value": money(worth),
        "profit_loss": money(worth - opening_cash),
    }


def state_of(row: SessionRow, view: LiveView | None) -> str:
    """Return the state of a session: the host knows it first."""
    return row.state if view is None or row.is_over else view.state_name
