"""The bar kernel by Rust, which checks every array itself; errors: InvalidInput."""

import forven_engine
import numpy as np
import numpy.typing as npt

from forven.kernels.bars_arrays import BarArrays, BarTrace
from forven.primitives.errors import InvalidInput

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]


def sweep(arrays: BarArrays, counts: Integers, sums: Floats, threads: int = 1) -> None:
    """Run every plan over every segment, as `numba_side.bars.sweep`."""
    try:
        forven_engine.bars_sweep(*_read(arrays), counts, sums, threads)
    except forven_engine.BadArgument as refused:
        raise InvalidInput(str(refused)) from None


def trace(arrays: BarArrays, counts: Integers, sums: Floats, written: BarTrace) -> int:
    """Run as `sweep` on one thread, and write trades, values and signals too.

    Return the rows of trades that it has; those beyond the room for them are not written.
    """
    try:
        return forven_engine.bars_trace(
            *_read(arrays),
            counts,
            sums,
            written.trades,
            written.trade_values,
            written.values,
            written.signals,
        )
    except forven_engine.BadArgument as refused:
        raise InvalidInput(str(refused)) from None


def evaluate(
    columns: Floats, constants: Floats, masks: Words, program: Integers, registers: Words
) -> None:
    """Evaluate a whole program into registers uint64 [R, W]."""
    try:
        forven_engine.bars_evaluate(columns, constants, masks, program, registers)
    except forven_engine.BadArgument as refused:
        raise InvalidInput(str(refused)) from None


def _read(
    arrays: BarArrays,
) -> tuple[Integers, Floats, Floats, Floats, Words, Integers, Integers, Integers]:
    """Return the arrays that are only read, in the order of the kernel."""
    return (
        arrays.bars,
        arrays.funding,
        arrays.columns,
        arrays.constants,
        arrays.masks,
        arrays.program,
        arrays.plans,
        arrays.segments,
    )
