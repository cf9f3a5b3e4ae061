"""Closing a trade: its profit, the account, counts and sums, and the row where one is wanted."""

from forven.kernels.bars_schema import (
    COUNT_BARS_HELD,
    COUNT_BREAKEVEN,
    COUNT_EXITS_FIRST,
    COUNT_FUNDING_INCOMPLETE,
    COUNT_LOSSES,
    COUNT_OPEN_AT_END,
    COUNT_RUINED,
    COUNT_SHADOWS,
    COUNT_TRADES,
    COUNT_WINS,
    FUNDING_MISSING,
    FUNDING_SUM,
    PLAN_COST_PPM,
    PLAN_LEVERAGE_PPM,
    SIDE_COUNTS,
    SIDE_SUMS,
    SUM_BEST,
    SUM_CLOSED_DRAWDOWN,
    SUM_DOWNSIDE,
    SUM_DRAG,
    SUM_FUNDING,
    SUM_GAINS,
    SUM_LOSSES,
    SUM_RETURNS,
    SUM_SQUARES,
    SUM_WORST,
    TRADE_BASE,
    TRADE_DRAG,
    TRADE_ENTRY_BAR,
    TRADE_ENTRY_PRICE,
    TRADE_EXIT_BAR,
    TRADE_EXIT_PRICE,
    TRADE_FUNDING,
    TRADE_FUNDING_MISSING,
    TRADE_GROSS,
    TRADE_OPEN_AT_END,
    TRADE_PNL,
    TRADE_REASON,
    TRADE_RETURN,
    TRADE_RUN,
    TRADE_SEGMENT,
    TRADE_SIGN,
    TRADE_SIZE_PPM,
)
from forven.kernels.jit.bars.profit import drag_of, funding_of, gross_of, return_of
from forven.kernels.jit.bars.scratch import (
    ACCOUNT_BASE,
    ACCOUNT_CLOSED_PEAK,
    ACCOUNT_EQUITY,
    LEDGER_CLOSED,
    LEDGER_ROWS,
    LEDGER_RUN,
    LEDGER_SEGMENT,
    SIDE_ENTRY_BAR,
    SIDE_ENTRY_PRICE,
    SIDE_EXIT_BAR,
    SIDE_EXIT_PRICE,
    SIDE_EXIT_REASON,
    SIDE_EXIT_STAGE,
    SIDE_IS_HELD,
    SIDE_SIZE_PPM,
    STAGE_END,
)
from forven.kernels.jit.steps import part


@part
def settle(funding, plan, side, sides, state, out):
    """Close what a direction holds at the exit that was found for it.

    state   (account, ledger, returns)
    out     (counts, sums, trades, trade_values) of the run's segment
    """
    account, ledger, returns = state
    counts, sums, trades, trade_values = out
    held = sides[side]
    held[SIDE_IS_HELD] = 0
    sign = 1 - 2 * side
    entry, price = held[SIDE_ENTRY_PRICE], held[SIDE_EXIT_PRICE]
    first = held[SIDE_ENTRY_BAR]
    last = held[SIDE_EXIT_BAR] + (1 if held[SIDE_EXIT_STAGE] == STAGE_END else 0)
    leverage = plan[PLAN_LEVERAGE_PPM] / 1e6
    size = held[SIDE_SIZE_PPM] / 1e6
    base = account[ACCOUNT_BASE + side]
    gross = gross_of(sign, entry, price)
    drag = drag_of(plan[PLAN_COST_PPM] / 1e6, entry, price, leverage)
    former, latter = funding[FUNDING_SUM, first], funding[FUNDING_SUM, last]
    received = funding_of(sign, leverage, former, latter)
    made = return_of(gross, leverage, drag, received, size)
    profit = base * made
    missing = int(funding[FUNDING_MISSING, last] - funding[FUNDING_MISSING, first])
    returns[ledger[LEDGER_CLOSED] % returns.size] = gross
    ledger[LEDGER_CLOSED] += 1
    row = ledger[LEDGER_ROWS]
    ledger[LEDGER_ROWS] += 1
    if row < len(trades):
        _write_trade(trades[row], held, sign, ledger, missing)
        trade_values[row, TRADE_BASE] = base
        trade_values[row, TRADE_GROSS] = gross
        trade_values[row, TRADE_DRAG] = drag
        trade_values[row, TRADE_FUNDING] = received
        trade_values[row, TRADE_RETURN] = made
        trade_values[row, TRADE_PNL] = profit
    if held[SIDE_SIZE_PPM] == 0:
        counts[COUNT_SHADOWS] += 1
        return
    account[ACCOUNT_EQUITY] += profit
    equity = account[ACCOUNT_EQUITY]
    if not equity > 0.0:
        counts[COUNT_RUINED] = 1
    peak = max(account[ACCOUNT_CLOSED_PEAK], equity)
    account[ACCOUNT_CLOSED_PEAK] = peak
    sums[SUM_CLOSED_DRAWDOWN] = max(sums[SUM_CLOSED_DRAWDOWN], (peak - equity) / peak)
    _count(counts, held, side, made, missing)
    money = (profit, base * drag * size, base * received * size)
    _add(sums[side * SIDE_SUMS :], made, money, counts[side * SIDE_COUNTS + COUNT_TRADES])


@part
def _count(counts, held, side, made, missing):
    """Count a trade of a size, on its side and by its reason."""
    at = side * SIDE_COUNTS
    counts[at + COUNT_TRADES] += 1
    if made > 0.0:
        counts[at + COUNT_WINS] += 1
    elif made < 0.0:
        counts[at + COUNT_LOSSES] += 1
    else:
        counts[at + COUNT_BREAKEVEN] += 1
    counts[at + COUNT_BARS_HELD] += held[SIDE_EXIT_BAR] - held[SIDE_ENTRY_BAR]
    counts[at + COUNT_FUNDING_INCOMPLETE] += 1 if missing > 0 else 0
    counts[COUNT_EXITS_FIRST + held[SIDE_EXIT_REASON]] += 1
    counts[COUNT_OPEN_AT_END] += 1 if held[SIDE_EXIT_STAGE] == STAGE_END else 0


@part
def _add(sums, made, money, trades):
    """Add a trade to the sums of its side; `trades` counts it already."""
    profit, drag, received = money
    sums[SUM_GAINS] += profit if profit > 0.0 else 0.0
    sums[SUM_LOSSES] += -profit if profit < 0.0 else 0.0
    sums[SUM_RETURNS] += made
    sums[SUM_SQUARES] += made * made
    downside = made if made < 0.0 else 0.0
    sums[SUM_DOWNSIDE] += downside * downside
    sums[SUM_DRAG] += drag
    sums[SUM_FUNDING] += received
    if trades == 1 or made > sums[SUM_BEST]:
        sums[SUM_BEST] = made
    if trades == 1 or made < sums[SUM_WORST]:
        sums[SUM_WORST] = made


@part
def _write_trade(trade, held, sign, ledger, missing):
    """Write the integers of a trade."""
    trade[TRADE_RUN] = ledger[LEDGER_RUN]
    trade[TRADE_SEGMENT] = ledger[LEDGER_SEGMENT]
    trade[TRADE_SIGN] = sign
    trade[TRADE_ENTRY_BAR] = held[SIDE_ENTRY_BAR]
    trade[TRADE_EXIT_BAR] = held[SIDE_EXIT_BAR]
    trade[TRADE_ENTRY_PRICE] = held[SIDE_ENTRY_PRICE]
    trade[TRADE_EXIT_PRICE] = held[SIDE_EXIT_PRICE]
    trade[TRADE_REASON] = held[SIDE_EXIT_REASON]
    trade[TRADE_SIZE_PPM] = held[SIDE_SIZE_PPM]
    trade[TRADE_OPEN_AT_END] = 1 if held[SIDE_EXIT_STAGE] == STAGE_END else 0
    trade[TRADE_FUNDING_MISSING] = missing
