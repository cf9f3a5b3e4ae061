"""The kernel: every plan's program evaluated, every plan run over every segment."""

import numpy as np
from numba import float64, int64, types, uint64

from forven.kernels.bars_schema import (
    PLAN_ENTER_LONG,
    PLAN_ENTER_SHORT,
    PLAN_EXIT_LONG,
    PLAN_EXIT_SHORT,
    PLAN_PROGRAM_BEGIN,
    PLAN_PROGRAM_END,
    SEGMENT_BEGIN,
    SEGMENT_END,
)
from forven.kernels.jit.bars.program import evaluate_program
from forven.kernels.jit.bars.scratch import LEDGER_ROWS, LEDGER_RUN, LEDGER_SEGMENT, inlined
from forven.kernels.jit.bars.simulate import simulate
from forven.kernels.jit.compile import kernel


def _read(of_type, dimensions):
    return types.Array(of_type, dimensions, "C", readonly=True)


_SOURCE = types.Tuple((_read(float64, 2), _read(float64, 2), _read(uint64, 2)))
_MARKET = types.Tuple((_read(int64, 2), _read(float64, 2)))
_TABLES = types.Tuple((_read(int64, 2), _read(int64, 2), _read(int64, 2)))
_OUT = types.Tuple(
    (int64[:, :, ::1], float64[:, :, ::1], int64[:, ::1], float64[:, ::1], float64[:, :, ::1],
     uint64[:, :, ::1])
)  # fmt: skip
_SCRATCH = types.Tuple((uint64[:, ::1], int64[:, ::1], float64[::1], int64[::1], float64[::1]))


@inlined
def _row_of(signal, registers):
    """Return the row of a signal; the last one, of zeros, where it has none."""
    return signal if signal >= 0 else len(registers) - 1


@inlined
def _clear_outside(curve, begin, end):
    """Write NaN outside a segment into a curve that may be empty."""
    for bar in range(min(begin, len(curve))):
        curve[bar] = np.nan
    for bar in range(end, len(curve)):
        curve[bar] = np.nan


@kernel(int64(_MARKET, _SOURCE, _TABLES, _OUT, _SCRATCH), room="bars")
def run_plans(market, source, tables, out, scratch):
    """Evaluate and run all plans; return the rows of trades, those without room included.

    market    (bars, funding)
    source    (columns, constants, masks): constants (c, 64) hold each value 64 times
    tables    (program, plans, segments)
    out       (counts, sums, trades, trade_values, values, signals): counts and sums of every run
              and segment; the others written as far as they reach
    scratch   (registers, sides, account, ledger, returns): registers (R + 1, W), the last row 0
    errors    none: the caller checks
    """
    program, plans, segments = tables
    counts, sums, trades, trade_values, values, signals = out
    registers, sides, account, ledger, returns = scratch
    ledger[LEDGER_ROWS] = 0
    begin = end = -1
    for run in range(len(plans)):
        plan = plans[run]
        if plan[PLAN_PROGRAM_BEGIN] != begin or plan[PLAN_PROGRAM_END] != end:
            begin, end = plan[PLAN_PROGRAM_BEGIN], plan[PLAN_PROGRAM_END]
            evaluate_program(source, program, begin, end, market[0].shape[1], registers)
        rows = (
            registers[_row_of(plan[PLAN_ENTER_LONG], registers)],
            registers[_row_of(plan[PLAN_EXIT_LONG], registers)],
            registers[_row_of(plan[PLAN_ENTER_SHORT], registers)],
            registers[_row_of(plan[PLAN_EXIT_SHORT], registers)],
        )
        if len(signals) > 0:
            for at in range(4):
                signals[run, at] = rows[at]
        ledger[LEDGER_RUN] = run
        for segment in range(len(segments)):
            ledger[LEDGER_SEGMENT] = segment
            span = (segments[segment, SEGMENT_BEGIN], segments[segment, SEGMENT_END])
            curve = values[run, segment]
            _clear_outside(curve, span[0], span[1])
            kept = (counts[run, segment], sums[run, segment], trades, trade_values, curve)
            simulate(market, rows, plan, span, (sides, account, ledger, returns), kept)
    return ledger[LEDGER_ROWS]


@kernel(types.void(_SOURCE, _read(int64, 2), int64, uint64[:, ::1]), room="bars")
def evaluate(source, program, bars, registers):
    """Evaluate a whole program into registers; arguments as for `run_plans`."""
    evaluate_program(source, program, 0, len(program), bars, registers)
