"""The mark of a frame: net liquidation value, peak, drawdown, the row of financials; the end."""

from forven.kernels.jit.desk import NOW_BOT, NOW_TS, write, write_rest
from forven.kernels.jit.holdings import liquidation_value
from forven.kernels.jit.power import holdings_margin
from forven.kernels.jit.steps import part, step
from forven.kernels.schema import (
    EVENT_SESSION_ENDED,
    FINANCIAL_CASH,
    FINANCIAL_DRAWDOWN,
    FINANCIAL_MARGIN,
    FINANCIAL_NLV,
    FINANCIAL_ORDERS,
    FINANCIAL_TS,
    MISSING,
    STATE_CASH,
    STATE_FEES,
    STATE_FILLS,
    STATE_FINANCIALS,
    STATE_MAX_DRAWDOWN,
    STATE_NLV,
    STATE_ORDER_COUNT,
    STATE_PEAK_NLV,
    STATE_SLIPPAGE,
    STATE_STATUS,
)


@step
def take_in(row, value, peak, trough):
    """Set the net liquidation value; `peak` and `trough` are the extremes since the last one."""
    row[STATE_NLV] = value
    row[STATE_PEAK_NLV] = max(row[STATE_PEAK_NLV], peak)
    row[STATE_MAX_DRAWDOWN] = max(row[STATE_MAX_DRAWDOWN], row[STATE_PEAK_NLV] - trough)


@part
def record(day, desk, plan, row, financials):
    """Append the frame's row of financials, where they are recorded."""
    if financials.shape[1] == 0:
        return
    line = financials[desk.now[NOW_BOT], row[STATE_FINANCIALS]]
    line[FINANCIAL_TS] = desk.now[NOW_TS]
    line[FINANCIAL_CASH] = row[STATE_CASH]
    line[FINANCIAL_NLV] = row[STATE_NLV]
    line[FINANCIAL_DRAWDOWN] = row[STATE_PEAK_NLV] - row[STATE_NLV]
    line[FINANCIAL_MARGIN] = holdings_margin(day, desk, plan, row)
    line[FINANCIAL_ORDERS] = row[STATE_ORDER_COUNT]
    row[STATE_FINANCIALS] += 1


@step
def mark(day, desk, plan, row, financials):
    """Value the bot at this frame's marks."""
    value = liquidation_value(day, desk, row)
    take_in(row, value, value, value)
    record(day, desk, plan, row, financials)


@step
def end_session(day, desk, plan, row, financials, status):
    """End a session that holds nothing any more: its value is its cash."""
    cash = row[STATE_CASH]
    take_in(row, cash, cash, cash)
    record(day, desk, plan, row, financials)
    row[STATE_STATUS] = status
    drawdown = row[STATE_MAX_DRAWDOWN]
    write(desk, row, EVENT_SESSION_ENDED, MISSING, status, cash, drawdown)
    write_rest(desk, row[STATE_FEES], row[STATE_SLIPPAGE], row[STATE_FILLS])
