"""The risk step: daily loss, error budget, and flattening until nothing sellable is held."""

from forven.kernels.jit.arrival import arrive, draft_leg, draft_order
from forven.kernels.jit.desk import NOW_FRAME, NOW_FRESH, write
from forven.kernels.jit.holdings import holding_at
from forven.kernels.jit.marking import end_session
from forven.kernels.jit.matching import match_all
from forven.kernels.jit.orders import cancel_all
from forven.kernels.jit.power import order_at
from forven.kernels.jit.steps import part, step
from forven.kernels.schema import (
    EFFECT_CLOSE,
    EVENT_ENTRIES_PAUSED,
    EVENT_HALT,
    HOLDING_INSTRUMENT,
    HOLDING_QUANTITY,
    MISSING,
    ORDER_LEGS,
    ORDER_MARKET,
    ORDER_ORIGIN,
    ORIGIN_FLATTEN,
    PLAN_AUTO_PAUSE,
    PLAN_ERROR_BUDGET,
    PLAN_HALT_LOSS,
    PLAN_SAME_TICK,
    QUOTE_BID,
    REASON_DAILY_LOSS,
    REASON_ERROR_BUDGET,
    REASON_RISK,
    REASON_UNSELLABLE,
    SESSION_ORDERS,
    STATE_ERRORS,
    STATE_HOLDING_COUNT,
    STATE_NLV,
    STATE_OPENING_CASH,
    STATE_ORDER_COUNT,
    STATE_PAUSED,
    STATE_STATUS,
    STATUS_FAILED,
    STATUS_FAILED_UNSELLABLE,
    STATUS_FAILING,
    STATUS_HALTED,
    STATUS_HALTING,
    STATUS_KILLED,
    STATUS_RUNNING,
    STATUS_STOPPING,
    STATUS_UNSELLABLE,
)


@step
def halt(day, desk, row, reason, status):
    """Journal a halt, cancel all orders and begin to flatten."""
    loss = row[STATE_OPENING_CASH] - row[STATE_NLV]
    write(desk, row, EVENT_HALT, MISSING, reason, loss, row[STATE_NLV])
    cancel_all(day, desk, row, REASON_RISK)
    row[STATE_STATUS] = status


@part
def check_limits(day, desk, plan, row):
    """Halt at the daily loss; beyond the error budget pause the entries, once, or fail."""
    status = row[STATE_STATUS]
    if status != STATUS_RUNNING and status != STATUS_STOPPING:
        return
    if row[STATE_OPENING_CASH] - row[STATE_NLV] >= plan[PLAN_HALT_LOSS]:
        halt(day, desk, row, REASON_DAILY_LOSS, STATUS_HALTING)
    elif status == STATUS_RUNNING and row[STATE_ERRORS] > plan[PLAN_ERROR_BUDGET]:
        if plan[PLAN_AUTO_PAUSE] == 0:
            halt(day, desk, row, REASON_ERROR_BUDGET, STATUS_FAILING)
        elif row[STATE_PAUSED] == 0:
            row[STATE_PAUSED] = 1
            write(desk, row, EVENT_ENTRIES_PAUSED, MISSING, row[STATE_ERRORS], 0, 0)


@step
def holds_only_unsellable(day, desk, row):
    """Return whether all holdings are longs without a bid."""
    for i in range(row[STATE_HOLDING_COUNT]):
        at = holding_at(i)
        if row[at + HOLDING_QUANTITY] < 0:
            return False
        if day.quotes[QUOTE_BID, row[at + HOLDING_INSTRUMENT], desk.now[NOW_FRAME]] > 0:
            return False
    return True


@step
def has_flatten_order(session, row, instrument):
    """Return whether a flatten order of an instrument is pending."""
    for slot in range(row[STATE_ORDER_COUNT]):
        at = order_at(session, slot)
        if row[at + ORDER_ORIGIN] == ORIGIN_FLATTEN and row[at + ORDER_LEGS] == instrument:
            return True
    return False


@part
def flatten(day, desk, plan, row):
    """Place a market order over each holding that has none yet, shorts first."""
    for side in range(2):
        for i in range(row[STATE_HOLDING_COUNT]):
            at = holding_at(i)
            instrument = row[at + HOLDING_INSTRUMENT]
            quantity = row[at + HOLDING_QUANTITY]
            is_turn = (quantity < 0) == (side == 0)
            if not is_turn or has_flatten_order(day.session, row, instrument):
                continue
            if row[STATE_ORDER_COUNT] < day.session[SESSION_ORDERS]:
                draft_order(desk, ORDER_MARKET, 0, abs(quantity), 0, ORIGIN_FLATTEN, MISSING)
                draft_leg(desk, 0, instrument, -1 if side == 0 else 1, EFFECT_CLOSE)
                arrive(day, desk, plan, row)


@step
def finish_flattening(day, desk, plan, row, financials):
    """End or set aside a session that has nothing left to sell; return whether that was so."""
    is_halting = row[STATE_STATUS] == STATUS_HALTING
    if row[STATE_HOLDING_COUNT] == 0:
        status = STATUS_HALTED if is_halting else STATUS_FAILED
        end_session(day, desk, plan, row, financials, status)
        return True
    if holds_only_unsellable(day, desk, row):
        cancel_all(day, desk, row, REASON_UNSELLABLE)
        row[STATE_STATUS] = STATUS_UNSELLABLE if is_halting else STATUS_FAILED_UNSELLABLE
        return True
    return False


@step
def control_risk(day, desk, plan, row, financials):
    """Do the risk step of a frame."""
    check_limits(day, desk, plan, row)
    status = row[STATE_STATUS]
    if status == STATUS_STOPPING and row[STATE_HOLDING_COUNT] == 0:
        end_session(day, desk, plan, row, financials, STATUS_KILLED)
        return
    if status != STATUS_HALTING and status != STATUS_FAILING:
        return
    if finish_flattening(day, desk, plan, row, financials):
        return
    flatten(day, desk, plan, row)
    if plan[PLAN_SAME_TICK] == 1 and desk.now[NOW_FRESH] == 1:
        match_all(day, desk, plan, row)
        finish_flattening(day, desk, plan, row, financials)
