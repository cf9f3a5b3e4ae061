"""The kernel: every plan's program evaluated, every plan run over every segment."""

import numpy as np
from numba import float64, int64, types, uint64

from forven.kernels.bars_schema import (
    PLAN_ENTER_LONG,
    PLAN_ENTER_SHORT,
    PLAN_EXIT_LONG,
    PLAN_EXIT_SHORT,
    SEGMENT_BEGIN,
    SEGMENT_END,
)
from forven.kernels.jit.bars.jump import can_jump, jump
from forven.kernels.jit.bars.program import evaluate_programs, has_own_program
from forven.kernels.jit.bars.scratch import LEDGER_ROWS, LEDGER_RUN, LEDGER_SEGMENT, inlined
from forven.kernels.jit.bars.simulate import simulate
from forven.kernels.jit.compile import kernel
from forven.kernels.jit.steps import part


def _read(of_type, dimensions):
    return types.Array(of_type, dimensions, "C", readonly=True)


_SOURCE = types.Tuple((_read(float64, 2), _read(float64, 2), _read(uint64, 2)))
_MARKET = types.Tuple((_read(int64, 2), _read(float64, 2)))
_TABLES = types.Tuple((_read(int64, 2), _read(int64, 2), _read(int64, 2)))
_OUT = types.Tuple(
    (int64[:, :, ::1], float64[:, :, ::1], int64[:, ::1], float64[:, ::1], float64[:, :, ::1],
     uint64[:, :, ::1])
)  # fmt: skip
_SCRATCH = types.Tuple(
    (
        uint64[:, :, ::1],
        int64[::1],
        int64[:, ::1],
        float64[::1],
        int64[::1],
        float64[::1],
        float64[:, ::1],
    )
)


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


@inlined
def _batch_end(plans, first, slots):
    """Return the plan after the last whose programs have room together."""
    run = first + 1
    used = 1
    while run < len(plans):
        if has_own_program(plans, run):
            used += 1
            if used > slots:
                break
        run += 1
    return run


@part
def _run_batch(market, batch, segments, registers, out, state):
    """Run the plans of a batch over every segment; their programs are evaluated.

    batch   (plans of the batch, the number of its first run)
    """
    plans, first = batch
    counts, sums, trades, trade_values, values, signals = out
    ledger = state[2]
    slot = -1
    for at in range(len(plans)):
        plan = plans[at]
        run = first + at
        slot += 1 if has_own_program(plans, at) else 0
        evaluated = registers[slot]
        rows = (
            evaluated[_row_of(plan[PLAN_ENTER_LONG], evaluated)],
            evaluated[_row_of(plan[PLAN_EXIT_LONG], evaluated)],
            evaluated[_row_of(plan[PLAN_ENTER_SHORT], evaluated)],
            evaluated[_row_of(plan[PLAN_EXIT_SHORT], evaluated)],
        )
        for signal in range(4 if len(signals) > 0 else 0):
            for word in range(len(rows[signal])):
                signals[run, signal, word] = rows[signal][word]
        ledger[LEDGER_RUN] = run
        for segment in range(len(segments)):
            ledger[LEDGER_SEGMENT] = segment
            span = (segments[segment, SEGMENT_BEGIN], segments[segment, SEGMENT_END])
            curve = values[run, segment]
            _clear_outside(curve, span[0], span[1])
            kept = (counts[run, segment], sums[run, segment], trades, trade_values, curve)
            if can_jump(plan, kept):
                jump(market, rows, plan, span, ledger, kept)
            else:
                simulate(market, rows, plan, span, state, kept)


@kernel(int64(_MARKET, _SOURCE, _TABLES, _OUT, _SCRATCH), room="bars")
def run_plans(market, source, tables, out, scratch):
    """Evaluate and run all plans; return the rows of trades, those without room included.

    market    (bars, funding)
    source    (columns, constants, masks): constants (c, 64) hold each value 64 times
    tables    (program, plans, segments): without segments programs are evaluated, no more
    out       (counts, sums, trades, trade_values, values, signals): counts and sums of every run
              and segment; the others written as far as they reach
    scratch   (registers, spanning, sides, account, ledger, returns, marks): registers
              (slots, R + 1, W), the last row of each slot 0; spanning (slots,)
    errors    none: the caller checks
    """
    program, plans, segments = tables
    registers, spanning, sides, account, ledger, returns, marks = scratch
    state = (sides, account, ledger, returns, marks)
    ledger[LEDGER_ROWS] = 0
    first = 0
    while first < len(plans):
        last = _batch_end(plans, first, len(registers))
        batch = plans[first:last]
        evaluate_programs(source, program, batch, market[0].shape[1], registers, spanning)
        _run_batch(market, (batch, first), segments, registers, out, state)
        first = last
    return ledger[LEDGER_ROWS]
