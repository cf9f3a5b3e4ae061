"""What runs come to, in arrays that oracle and kernel share, and their first difference."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from forven.kernels import bars_schema as schema
from tests.reference.bars.plan import Market, Plan
from tests.reference.bars.profit import Trade
from tests.reference.bars.run import Run
from tests.reference.bars.scenarios import Scenario
from tests.reference.bars.signals import Signals, packed, steps_of

Programs = dict[tuple[int, int], dict[int, list[bool]]]

_ROWS = ("enter_long", "exit_long", "enter_short", "exit_short")


@dataclass
class Outcome:
    """Everything the kernel writes, by the names of its arguments.

    programs   the oracle's registers after each run's instructions from begin to end
    """

    counts: np.ndarray
    sums: np.ndarray
    trades: np.ndarray
    trade_values: np.ndarray
    values: np.ndarray
    signals: np.ndarray
    programs: Programs = field(default_factory=dict)


def oracle_outcome(scenario: Scenario, happened: Counter[str] | None = None) -> Outcome:
    """Run the oracle over a scenario; `happened` adds up which branches its runs took."""
    market = Market(scenario.bars, scenario.funding)
    runs, cells = scenario.cells
    outcome = Outcome(
        counts=np.zeros((runs, cells, schema.COUNT_WIDTH), dtype=np.int64),
        sums=np.zeros((runs, cells, schema.SUM_WIDTH)),
        trades=np.zeros((0, schema.TRADE_WIDTH), dtype=np.int64),
        trade_values=np.zeros((0, schema.TRADE_VALUES)),
        values=np.full((runs, cells, market.bars), np.nan),
        signals=np.zeros((runs, len(_ROWS), scenario.words), dtype=np.uint64),
    )
    rows, numbers = [], []
    for number in range(runs):
        plan = Plan(*scenario.plans[number].tolist())
        signals = signals_of(scenario, plan, outcome.programs)
        outcome.signals[number] = [packed(bits) for bits in signals]
        for cell, (begin, end) in enumerate(scenario.segments.tolist()):
            run = Run(market, plan, signals, begin, end).play()
            outcome.counts[number, cell] = run.tallies.counts
            outcome.sums[number, cell] = run.tallies.row_of_sums()
            outcome.values[number, cell, begin:end] = run.values
            rows += [trade_row(number, cell, trade) for trade in run.trades]
            numbers += [trade_numbers(trade) for trade in run.trades]
            if happened is not None:
                happened += run.happened
    if rows:
        outcome.trades, outcome.trade_values = np.array(rows), np.array(numbers)
    return outcome


def signals_of(scenario: Scenario, plan: Plan, programs: Programs) -> list[list[bool]]:
    """Return the four signals of a run, a boolean a bar; a row that is not there is all false.

    programs   what was evaluated before, and what is evaluated now
    """
    where = plan.program_begin, plan.program_end
    if where not in programs:
        readable = Signals(scenario.columns, scenario.constants, scenario.masks, scenario.count)
        programs[where] = readable.evaluate(steps_of(scenario.program)[slice(*where)])
    silent = [False] * scenario.count
    named = [getattr(plan, name) for name in _ROWS]
    return [programs[where][register] if register >= 0 else silent for register in named]


def trade_row(run: int, segment: int, trade: Trade) -> list[int]:
    row = [0] * schema.TRADE_WIDTH
    row[schema.TRADE_RUN] = run
    row[schema.TRADE_SEGMENT] = segment
    row[schema.TRADE_SIGN] = trade.sign
    row[schema.TRADE_ENTRY_BAR] = trade.position.entry_bar
    row[schema.TRADE_EXIT_BAR] = trade.bar
    row[schema.TRADE_ENTRY_PRICE] = trade.position.entry
    row[schema.TRADE_EXIT_PRICE] = trade.price
    row[schema.TRADE_REASON] = trade.reason
    row[schema.TRADE_SIZE_PPM] = trade.position.size
    row[schema.TRADE_OPEN_AT_END] = int(trade.is_open_at_end)
    row[schema.TRADE_FUNDING_MISSING] = trade.missing
    return row


def trade_numbers(trade: Trade) -> list[float]:
    row = [0.0] * schema.TRADE_VALUES
    row[schema.TRADE_BASE] = trade.position.base
    row[schema.TRADE_GROSS] = trade.gross
    row[schema.TRADE_DRAG] = trade.drag
    row[schema.TRADE_FUNDING] = trade.funding
    row[schema.TRADE_RETURN] = trade.share
    row[schema.TRADE_PNL] = trade.pnl
    return row


def columns_of(prefix: str, names: str) -> dict[int, str]:
    """Return the names of columns by their numbers."""
    return {getattr(schema, prefix + name): name for name in names.split()}


_SIDE_COUNTS = "TRADES WINS LOSSES BREAKEVEN BARS_HELD FUNDING_INCOMPLETE"
_SIDE_SUMS = "GAINS LOSSES RETURNS SQUARES DOWNSIDE DRAG FUNDING BEST WORST"
_COLUMNS = {
    "counts": columns_of(
        "COUNT_", _SIDE_COUNTS + " EXITS_FIRST SHADOWS OPEN_AT_END RUINED BARS_IN_MARKET"
    ),
    "sums": columns_of(
        "SUM_",
        _SIDE_SUMS + " EQUITY CLOSED_DRAWDOWN BAR_RETURNS BAR_SQUARES BAR_DOWNSIDE MAX_DRAWDOWN",
    ),
    "trades": columns_of(
        "TRADE_",
        "RUN SEGMENT SIGN ENTRY_BAR EXIT_BAR ENTRY_PRICE EXIT_PRICE REASON SIZE_PPM OPEN_AT_END "
        "FUNDING_MISSING",
    ),
    "trade_values": columns_of("TRADE_", "BASE GROSS DRAG FUNDING RETURN PNL"),
}
"""Names to show with a difference; a short's columns are without."""


def difference(found: Outcome, wanted: Outcome) -> str:
    """Return the first difference in words, or nothing; `wanted` is the oracle's.

    Signals come first and trades before what is made of them, so that the cause is what is shown.
    """
    for name in ("signals", "trades", "trade_values", "counts", "sums", "values"):
        words = first_cell(name, getattr(found, name), getattr(wanted, name))
        if words:
            return words
    return ""


def first_cell(name: str, found: np.ndarray, wanted: np.ndarray) -> str:
    """Return the first cell whose bits differ, in words, or nothing; NaN equals NaN."""
    rows = min(len(found), len(wanted))
    unequal = np.argwhere(bits(found[:rows]) != bits(wanted[:rows]))
    if unequal.size:
        at = tuple(int(axis) for axis in unequal[0])
        column = _COLUMNS.get(name, {}).get(at[-1], "")
        mine, theirs = wanted[at].item(), found[at].item()
        return f"{name}{list(at)} {column}: oracle {mine!r}, kernel {theirs!r}"
    if len(found) != len(wanted):
        return f"{name}: oracle {len(wanted)} rows, kernel {len(found)}"
    return ""


def bits(cells: np.ndarray) -> np.ndarray:
    """Return the bits of floats, every NaN as the same one; integers as they are."""
    if cells.dtype != np.float64:
        return cells
    return np.where(np.isnan(cells), np.nan, cells).view(np.int64)
