"""Funding: what holders of a position pay one another at the venue's funding times."""

from forven.kernels.jit.perpetual.desk import NOW_TS, write, write_rest
from forven.kernels.jit.steps import part, step
from forven.kernels.perpetual_schema import (
    CONTRACT_END,
    CONTRACT_OPEN,
    CONTRACT_VALUE,
    EVENT_FUNDING,
    FUNDING_ORACLE,
    FUNDING_RATE,
    FUNDING_TS,
    RATE_UNIT,
    STATE_CASH,
    STATE_FUNDING,
    STATE_FUNDING_CURSOR,
    STATE_POSITION,
)
from forven.kernels.schema import INT64_MAX, MISSING


@step
def payment(notional, rate):
    """Return ceil(notional x rate / 10^10) without the product, which could overflow."""
    whole = notional // RATE_UNIT
    return whole * rate - (-((notional - whole * RATE_UNIT) * rate) // RATE_UNIT)


@part
def next_funding(stream, row):
    """Return when the next funding of this session is due, or INT64_MAX."""
    fundings = stream.fundings
    for cursor in range(row[STATE_FUNDING_CURSOR], fundings.shape[0]):
        ts = fundings[cursor, FUNDING_TS]
        if ts > stream.contract[CONTRACT_OPEN]:
            return ts if ts <= stream.contract[CONTRACT_END] else INT64_MAX
    return INT64_MAX


@step
def fundings_due(stream, row, ts):
    """Return how many rows of funding a frame at `ts` passes."""
    count = 0
    cursor = row[STATE_FUNDING_CURSOR]
    until = min(ts, stream.contract[CONTRACT_END])
    left = stream.fundings.shape[0] - cursor
    while count < left and stream.fundings[cursor + count, FUNDING_TS] <= until:
        count += 1
    return count


@step
def pass_fundings(stream, row, ts):
    """Pass the funding rows up to `ts` of a bot without a position."""
    row[STATE_FUNDING_CURSOR] += fundings_due(stream, row, ts)


@part
def pay_fundings(stream, desk, row):
    """Pay what has fallen due since the last frame, in order."""
    for _ in range(fundings_due(stream, row, desk.now[NOW_TS])):
        funding = stream.fundings[row[STATE_FUNDING_CURSOR]]
        row[STATE_FUNDING_CURSOR] += 1
        position = row[STATE_POSITION]
        if position == 0 or funding[FUNDING_TS] <= stream.contract[CONTRACT_OPEN]:
            continue
        rate = funding[FUNDING_RATE]
        oracle = funding[FUNDING_ORACLE]
        paid = payment(position * oracle * stream.contract[CONTRACT_VALUE], rate)
        row[STATE_CASH] -= paid
        row[STATE_FUNDING] += paid
        write(desk, row, EVENT_FUNDING, MISSING, rate, oracle, position)
        write_rest(desk, paid, row[STATE_CASH], 0)
