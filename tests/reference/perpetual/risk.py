"""Liquidation, the daily loss, flattening and the ends: docs/PERPETUALS.md section 8."""

from forven.kernels import perpetual_schema as columns
from forven.kernels import schema
from forven.kernels.schema import MISSING
from tests.reference.perpetual.account import ceil_divided, maintenance, notional_of
from tests.reference.perpetual.matching import take_at_once
from tests.reference.perpetual.orders import Order, announce, cancel_all, send


def supervise(session) -> None:
    """Step 7: a to e."""
    account = session.account
    if abs(account.equity) > columns.EQUITY_MAX:
        halt(session, columns.REASON_OUT_OF_RANGE)
        session.end(schema.STATUS_FAILED)
        return
    watch_maintenance(session)
    if session.has_ended:
        return
    if session.status in (schema.STATUS_RUNNING, schema.STATUS_STOPPING):
        if account.opening_equity - account.equity >= session.plan.halt_loss:
            halt(session, schema.REASON_DAILY_LOSS)
            session.status = schema.STATUS_HALTING
    if session.status == schema.STATUS_HALTING:
        flatten(session)
    elif session.status == schema.STATUS_STOPPING and account.position == 0:
        session.end(schema.STATUS_KILLED)


def halt(session, reason: int) -> None:
    """Journal the halt and cancel everything."""
    equity = session.account.equity
    loss = session.account.opening_equity - equity
    session.write(schema.EVENT_HALT, reason, loss, equity)
    cancel_all(session, schema.REASON_RISK)


def watch_maintenance(session) -> None:
    """Step 7 b."""
    account, seen = session.account, session.seen
    if account.position == 0:
        session.liquidated_ts = MISSING
        return
    if not seen.has_mark:
        return
    notional = notional_of(account.position, seen.mark2, session.stream.contract)
    needed = maintenance(notional, session.stream.tiers)
    if account.equity >= needed:
        session.liquidated_ts = MISSING
        return
    cancel_all(session, columns.REASON_LIQUIDATION)
    if account.equity < needed * session.plan.backstop_ppm // columns.PER_MILLION:
        take_over(session, needed)
    elif session.is_open and has_cooled_down(session):
        liquidate(session, notional, needed)


def take_over(session, needed: int) -> None:
    """The backstop takes position and equity."""
    account = session.account
    write_liquidation(session, needed, 0, columns.STAGE_BACKSTOP)
    account.position = account.cost = account.cash = 0
    account.take_equity(0)
    session.end(columns.STATUS_LIQUIDATED)


def has_cooled_down(session) -> bool:
    since = session.liquidated_ts
    return since == MISSING or session.now >= since + session.plan.cooldown_ns


def liquidate(session, notional: int, needed: int) -> None:
    """A part of a large position first, then all of it, at once from what is displayed."""
    account, plan = session.account, session.plan
    lots, stage = abs(account.position), columns.STAGE_WHOLE
    if notional > plan.partial_from and session.liquidated_ts == MISSING:
        lots = ceil_divided(lots * plan.partial_ppm, columns.PER_MILLION)
        stage = columns.STAGE_PART
        session.liquidated_ts = session.now
    write_liquidation(session, needed, lots, stage)
    order = reducing_order(session, lots, columns.ORIGIN_LIQUIDATION)
    session.rows.append(order)
    announce(session, order)
    take_at_once(session, order)
    account.take_equity(account.equity_at(session.seen.mark2))


def write_liquidation(session, needed: int, lots: int, stage: int) -> None:
    account = session.account
    cells = (account.equity, needed, account.position, session.seen.mark2, lots, stage)
    session.write(columns.EVENT_LIQUIDATION, *cells)


def reducing_order(session, lots: int, origin: int) -> Order:
    """Return a reduce-only market order against the position."""
    side = 1 if session.account.position > 0 else -1
    return Order(
        kind=schema.ORDER_MARKET, side=side, origin=origin, left=lots, price=0, reduce_only=1
    )


def flatten(session) -> None:
    """Step 7 d: end flat, or send one market order over the whole position."""
    position = session.account.position
    if position == 0:
        session.end(schema.STATUS_HALTED)
    elif not session.rows:
        send(session, reducing_order(session, abs(position), schema.ORIGIN_FLATTEN))
