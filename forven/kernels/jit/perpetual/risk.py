"""Marking and risk: equity, liquidation, the daily loss, flattening, and how a session ends."""

from forven.kernels.jit.perpetual.desk import (
    NOW_BOOK,
    NOW_OPEN,
    NOW_TS,
    SHOWN_MARK2,
    write,
    write_rest,
)
from forven.kernels.jit.perpetual.landing import write_placed
from forven.kernels.jit.perpetual.margin import equity_at, maintenance_margin, worth
from forven.kernels.jit.perpetual.matching import take_at_once
from forven.kernels.jit.perpetual.orders import cancel_all, expire_all, send_order
from forven.kernels.jit.steps import part, step
from forven.kernels.perpetual_schema import (
    EQUITY_MAX,
    EVENT_LIQUIDATION,
    ORDER_ID,
    ORDER_REDUCE_ONLY,
    ORIGIN_LIQUIDATION,
    PER_MILLION,
    PLAN_BACKSTOP_PPM,
    PLAN_COOLDOWN_NS,
    PLAN_HALT_LOSS,
    PLAN_PARTIAL_FROM,
    PLAN_PARTIAL_PPM,
    REASON_LIQUIDATION,
    REASON_OUT_OF_RANGE,
    STAGE_BACKSTOP,
    STAGE_PART,
    STAGE_WHOLE,
    STATE_CASH,
    STATE_COST,
    STATE_EQUITY,
    STATE_FEES,
    STATE_FILLS,
    STATE_FUNDING,
    STATE_LIQUIDATED_TS,
    STATE_MAX_DRAWDOWN,
    STATE_OPENING_EQUITY,
    STATE_ORDER_COUNT,
    STATE_PEAK_EQUITY,
    STATE_POSITION,
    STATE_STATUS,
    STATUS_LIQUIDATED,
)
from forven.kernels.schema import (
    EVENT_HALT,
    EVENT_SESSION_ENDED,
    MISSING,
    ORDER_MARKET,
    ORIGIN_FLATTEN,
    REASON_DAILY_LOSS,
    REASON_RISK,
    STATUS_COMPLETED,
    STATUS_FAILED,
    STATUS_HALTED,
    STATUS_HALTING,
    STATUS_KILLED,
    STATUS_RUNNING,
    STATUS_STOPPING,
)


@step
def take_in(row, equity):
    """Take in an equity: the last, the peak and the largest drawdown."""
    row[STATE_EQUITY] = equity
    peak = max(row[STATE_PEAK_EQUITY], equity)
    row[STATE_PEAK_EQUITY] = peak
    row[STATE_MAX_DRAWDOWN] = max(row[STATE_MAX_DRAWDOWN], peak - equity)


@step
def mark(stream, desk, row):
    """Mark the position, where a mark is known."""
    mark2 = desk.now[NOW_BOOK + SHOWN_MARK2]
    if mark2 != MISSING:
        take_in(row, equity_at(stream.contract, row, mark2))


@step
def end_session(desk, row, status):
    """End the session."""
    row[STATE_STATUS] = status
    write(
        desk,
        row,
        EVENT_SESSION_ENDED,
        MISSING,
        status,
        row[STATE_EQUITY],
        row[STATE_MAX_DRAWDOWN],
    )
    write_rest(desk, row[STATE_FEES], row[STATE_FUNDING], row[STATE_FILLS])


@part
def close_session(stream, desk, row):
    """Expire the orders, mark and end: the session's end has come, the position is carried."""
    expire_all(desk, row)
    mark(stream, desk, row)
    status = row[STATE_STATUS]
    if status == STATUS_STOPPING:
        end_session(desk, row, STATUS_KILLED)
    elif status == STATUS_HALTING:
        end_session(desk, row, STATUS_HALTED)
    else:
        end_session(desk, row, STATUS_COMPLETED)


@step
def write_halt(desk, row, reason):
    """Journal a halt and cancel all orders."""
    loss = row[STATE_OPENING_EQUITY] - row[STATE_EQUITY]
    write(desk, row, EVENT_HALT, MISSING, reason, loss, row[STATE_EQUITY])
    cancel_all(desk, row, REASON_RISK)


@step
def write_liquidation(desk, row, maintenance, lots, stage):
    """Journal a stage of a liquidation."""
    equity = row[STATE_EQUITY]
    position = row[STATE_POSITION]
    write(desk, row, EVENT_LIQUIDATION, MISSING, equity, maintenance, position)
    write_rest(desk, desk.now[NOW_BOOK + SHOWN_MARK2], lots, stage)


@part
def take_over(desk, row, maintenance):
    """Let the backstop take the position and all equity; the session ends."""
    write_liquidation(desk, row, maintenance, 0, STAGE_BACKSTOP)
    row[STATE_POSITION] = 0
    row[STATE_COST] = 0
    row[STATE_CASH] = 0
    take_in(row, 0)
    end_session(desk, row, STATUS_LIQUIDATED)


@part
def liquidate(stream, desk, plan, row, maintenance):
    """Order a part of the position out, or all of it, and mark anew."""
    ts = desk.now[NOW_TS]
    held = abs(row[STATE_POSITION])
    lots = held
    stage = STAGE_WHOLE
    notional = worth(stream.contract, held, desk.now[NOW_BOOK + SHOWN_MARK2])
    if row[STATE_LIQUIDATED_TS] == MISSING and notional > plan[PLAN_PARTIAL_FROM]:
        lots = -(-held * plan[PLAN_PARTIAL_PPM] // PER_MILLION)
        stage = STAGE_PART
        row[STATE_LIQUIDATED_TS] = ts
    write_liquidation(desk, row, maintenance, lots, stage)
    side = 1 if row[STATE_POSITION] > 0 else -1
    slot = row[STATE_ORDER_COUNT]
    at = send_order(desk, row, ORDER_MARKET, side, ORIGIN_LIQUIDATION, lots, 0)
    row[at + ORDER_REDUCE_ONLY] = 1
    row[at + ORDER_ID] = write_placed(desk, row, row, at)
    take_at_once(stream, desk, plan, row, slot)
    mark(stream, desk, row)


@part
def watch_margin(stream, desk, plan, row):
    """Liquidate where the equity is below maintenance; return whether the session ended."""
    mark2 = desk.now[NOW_BOOK + SHOWN_MARK2]
    if row[STATE_POSITION] == 0:
        row[STATE_LIQUIDATED_TS] = MISSING
        return False
    if mark2 == MISSING:
        return False
    maintenance = maintenance_margin(stream, row[STATE_POSITION], mark2)
    equity = row[STATE_EQUITY]
    if equity >= maintenance:
        row[STATE_LIQUIDATED_TS] = MISSING
        return False
    cancel_all(desk, row, REASON_LIQUIDATION)
    whole = maintenance // PER_MILLION
    rest = (maintenance - whole * PER_MILLION) * plan[PLAN_BACKSTOP_PPM] // PER_MILLION
    if equity < whole * plan[PLAN_BACKSTOP_PPM] + rest:
        take_over(desk, row, maintenance)
        return True
    since = row[STATE_LIQUIDATED_TS]
    if desk.now[NOW_OPEN] == 1:
        if since == MISSING or desk.now[NOW_TS] >= since + plan[PLAN_COOLDOWN_NS]:
            liquidate(stream, desk, plan, row, maintenance)
    return False


@part
def flatten(desk, row):
    """End a halting session that is flat; else send a market order if none is on its way."""
    position = row[STATE_POSITION]
    if position == 0:
        end_session(desk, row, STATUS_HALTED)
    elif row[STATE_ORDER_COUNT] == 0:
        side = 1 if position > 0 else -1
        at = send_order(desk, row, ORDER_MARKET, side, ORIGIN_FLATTEN, abs(position), 0)
        row[at + ORDER_REDUCE_ONLY] = 1


@part
def control_risk(stream, desk, plan, row):
    """Do the risk step of a frame."""
    if abs(row[STATE_EQUITY]) > EQUITY_MAX:
        write_halt(desk, row, REASON_OUT_OF_RANGE)
        end_session(desk, row, STATUS_FAILED)
        return
    if watch_margin(stream, desk, plan, row):
        return
    status = row[STATE_STATUS]
    if status == STATUS_RUNNING or status == STATUS_STOPPING:
        if row[STATE_OPENING_EQUITY] - row[STATE_EQUITY] >= plan[PLAN_HALT_LOSS]:
            write_halt(desk, row, REASON_DAILY_LOSS)
            row[STATE_STATUS] = STATUS_HALTING
    if row[STATE_STATUS] == STATUS_HALTING:
        flatten(desk, row)
    elif row[STATE_STATUS] == STATUS_STOPPING and row[STATE_POSITION] == 0:
        end_session(desk, row, STATUS_KILLED)
