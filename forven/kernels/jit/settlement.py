"""The close of a session: pending orders expire and holdings settle in cash."""

from forven.kernels.jit.desk import write, write_rest
from forven.kernels.jit.holdings import holding_at, remove_holding
from forven.kernels.jit.marking import end_session
from forven.kernels.jit.orders import expire_all
from forven.kernels.jit.steps import part, step
from forven.kernels.schema import (
    CALL,
    EVENT_SETTLED,
    HOLDING_INSTRUMENT,
    HOLDING_QUANTITY,
    INSTRUMENT_RIGHT,
    INSTRUMENT_STRIKE,
    MISSING,
    PLAN_FEE_SETTLEMENT,
    SESSION_MULTIPLIER,
    SESSION_SETTLEMENT,
    STATE_CASH,
    STATE_FEES,
    STATE_HOLDING_COUNT,
    STATE_STATUS,
    STATUS_COMPLETED,
    STATUS_FAILED,
    STATUS_FAILED_UNSELLABLE,
    STATUS_FAILING,
    STATUS_HALTED,
    STATUS_HALTING,
    STATUS_KILLED,
    STATUS_STOPPING,
    STATUS_UNSELLABLE,
)


@part
def settle_first(day, desk, plan, row, settlement):
    """Settle the first holding in cash."""
    at = holding_at(0)
    instrument = row[at + HOLDING_INSTRUMENT]
    quantity = row[at + HOLDING_QUANTITY]
    strike = day.instruments[instrument, INSTRUMENT_STRIKE]
    is_call = day.instruments[instrument, INSTRUMENT_RIGHT] == CALL
    intrinsic = max(0, settlement - strike if is_call else strike - settlement)
    cash = quantity * intrinsic * day.session[SESSION_MULTIPLIER]
    fee = plan[PLAN_FEE_SETTLEMENT] if intrinsic > 0 else 0
    row[STATE_CASH] += cash - fee
    row[STATE_FEES] += fee
    write(desk, row, EVENT_SETTLED, MISSING, instrument, quantity, intrinsic)
    write_rest(desk, cash, fee, 0)
    remove_holding(row, 0)


@part
def final_status(status):
    """Return how a session that reaches its close ends."""
    if status == STATUS_STOPPING:
        return STATUS_KILLED
    if status == STATUS_HALTING or status == STATUS_UNSELLABLE:
        return STATUS_HALTED
    if status == STATUS_FAILING or status == STATUS_FAILED_UNSELLABLE:
        return STATUS_FAILED
    return STATUS_COMPLETED


@step
def close_session(day, desk, plan, row, financials):
    """Expire the orders, and once the settlement value is known settle and end."""
    expire_all(day, desk, row)
    settlement = day.session[SESSION_SETTLEMENT]
    if settlement == MISSING:
        return
    while row[STATE_HOLDING_COUNT] > 0:
        settle_first(day, desk, plan, row, settlement)
    end_session(day, desk, plan, row, financials, final_status(row[STATE_STATUS]))
