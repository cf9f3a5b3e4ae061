"""The bar kernel by numba; runs are shared out among threads where several are asked for."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count

import numpy as np
import numpy.typing as npt

from forven.kernels import bars_schema as s
from forven.kernels.bars_arrays import BarArrays, BarTrace, new_results, new_trace
from forven.kernels.bars_checks import check_arrays, check_program, check_results, check_trace
from forven.kernels.jit.bars import runs as kernel
from forven.kernels.jit.bars.marking import MARK_BARS
from forven.kernels.jit.bars.scratch import ACCOUNT_WIDTH, LEDGER_WIDTH, SIDE_WIDTH

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]

_CHUNKS_PER_THREAD = 4
"""Runs differ in length: more chunks than threads, so that none waits long for another."""
_REGISTER_BYTES = 16 * 1024 * 1024
"""A thread's rows of bits: the more programs together, the fewer times columns are read."""


def sweep(arrays: BarArrays, counts: Integers, sums: Floats, threads: int = 1) -> None:
    """Run every plan over every segment; errors: InvalidInput.

    counts   int64 [K, S, COUNT_WIDTH]      sums   float64 [K, S, SUM_WIDTH]: both written
    threads  runs are shared out among them; what is written is the same for any number
    """
    check_arrays(arrays)
    check_results(arrays, counts, sums)
    runs = len(arrays.plans)
    chunks = max(1, min(runs, threads * _CHUNKS_PER_THREAD if threads > 1 else 1))
    bounds = [chunk * runs // chunks for chunk in range(chunks + 1)]
    written = new_trace(arrays)
    constants = _spread(arrays.constants)
    turns = count()

    def work(_: int) -> None:
        scratch = _new_scratch(arrays)
        while (chunk := next(turns)) < chunks:
            of_chunk = slice(bounds[chunk], bounds[chunk + 1])
            mine = (counts[of_chunk], sums[of_chunk])
            _run(arrays, arrays.plans[of_chunk], constants, (*mine, written), scratch)

    if threads <= 1 or chunks == 1:
        work(0)
        return
    with ThreadPoolExecutor(threads, thread_name_prefix="forven-bars") as pool:
        list(pool.map(work, range(threads)))


def trace(arrays: BarArrays, counts: Integers, sums: Floats, written: BarTrace) -> int:
    """Run as `sweep` on one thread, and write trades, values and signals too.

    Return the rows of trades that it has; those beyond the room for them are not written.
    """
    check_arrays(arrays)
    check_results(arrays, counts, sums)
    check_trace(arrays, written)
    scratch = _new_scratch(arrays)
    out = (counts, sums, written)
    return _run(arrays, arrays.plans, _spread(arrays.constants), out, scratch)


def evaluate(
    columns: Floats, constants: Floats, masks: Words, program: Integers, registers: Words
) -> None:
    """Evaluate a whole program into registers uint64 [R, W]; errors: InvalidInput."""
    check_program(columns, constants, masks, program, registers)
    plan = np.full((1, s.PLAN_WIDTH), -1, np.int64)
    plan[0, [s.PLAN_PROGRAM_BEGIN, s.PLAN_PROGRAM_END]] = 0, len(program)
    bars = np.zeros((s.BAR_ATR_FIRST, columns.shape[1]), np.int64)
    arrays = BarArrays(
        bars=bars,
        funding=np.zeros((s.FUNDING_ROWS, 1)),
        columns=columns,
        constants=constants,
        masks=masks,
        program=program,
        plans=plan,
        segments=np.zeros((0, 2), np.int64),
    )
    _run(arrays, plan, _spread(constants), (*new_results(arrays), new_trace(arrays)),
         _new_scratch(arrays, registers[None]))  # fmt: skip


def _run(
    arrays: BarArrays,
    plans: Integers,
    constants: Floats,
    out: tuple[Integers, Floats, BarTrace],
    scratch: tuple[npt.NDArray, ...],
) -> int:
    """Call the kernel for some of the plans."""
    counts, sums, written = out
    rows: int = kernel.run_plans(
        (_sealed(arrays.bars), _sealed(arrays.funding)),
        (_sealed(arrays.columns), _sealed(constants), _sealed(arrays.masks)),
        (_sealed(arrays.program), _sealed(plans), _sealed(arrays.segments)),
        (counts, sums, written.trades, written.trade_values, written.values, written.signals),
        scratch,
    )
    return rows


def _new_scratch(arrays: BarArrays, registers: Words | None = None) -> tuple[npt.NDArray, ...]:
    """Return what the kernel keeps while it runs: registers of as many programs as have room."""
    if registers is None:
        rows = int(arrays.program[:, s.STEP_OUT].max(initial=-1)) + 2
        room = _REGISTER_BYTES // (8 * rows * arrays.words)
        slots = max(1, min(room, len(arrays.plans)))
        registers = np.zeros((slots, rows, arrays.words), np.uint64)
    return (
        registers,
        np.zeros(len(registers), np.int64),
        np.zeros((2, SIDE_WIDTH), np.int64),
        np.zeros(ACCOUNT_WIDTH),
        np.zeros(LEDGER_WIDTH, np.int64),
        np.zeros(s.KELLY_LOOKBACK_MAX),
        np.zeros((3, MARK_BARS)),
    )


def _spread(constants: Floats) -> Floats:
    """Return each constant 64 times over: compared like a column that stands still."""
    return np.repeat(constants[:, None], 64, axis=1)


def _sealed(array: npt.NDArray) -> npt.NDArray:
    """Return a view of an array that cannot be written: the type that the kernel takes."""
    view = array.view()
    view.flags.writeable = False
    return view
