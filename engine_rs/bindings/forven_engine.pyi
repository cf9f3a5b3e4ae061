"""The kernels of forven in Rust. Arrays come in by the buffer protocol and must be C-contiguous.

Every argument that cannot be worked on raises `BadArgument`; a failure inside, `EngineDefect`. The
interpreter is released while a kernel runs: nobody may write to its arrays meanwhile.
"""

from typing import Protocol, final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BadArgument",
    "EngineDefect",
    "PerpetualSession",
    "Session",
    "Ticks",
    "__version__",
    "advance",
    "bars_evaluate",
    "bars_schema",
    "bars_sweep",
    "bars_trace",
    "black76_values",
    "black_scholes_values",
    "deltas_at",
    "frame_rows_max",
    "implied_volatilities",
    "perpetual_advance",
    "perpetual_frame_rows_max",
    "perpetual_schema",
    "schema",
]

__version__: str

class BadArgument(ValueError):
    """An argument is not what the call accepts."""

    argument: str
    expected: str
    found: str

class EngineDefect(RuntimeError):
    """The engine failed inside: a defect of forven, not of the call."""

class _ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object = ...) -> object: ...

class _ArrowArray(Protocol):
    def __arrow_c_array__(self, requested_schema: object = ...) -> tuple[object, object]: ...

def schema() -> dict[str, int]:
    """Return every column, width and code of the kernels' arrays by its name."""

def perpetual_schema() -> dict[str, int]:
    """Return every column, width and code of the perpetual kernel's arrays by its name.

    Those of `schema` where it does not name them.
    """

def bars_schema() -> dict[str, int]:
    """Return every column, width and code of the bar kernel's arrays by its name."""

def frame_rows_max(holdings: int, structures: int, orders: int, commands: int) -> int:
    """Return the journal rows that suffice for a frame of one bot taking `commands` commands."""

def advance(
    quotes: NDArray[np.int32],
    clock: NDArray[np.int64],
    instruments: NDArray[np.int64],
    session: NDArray[np.int64],
    plans: NDArray[np.int64],
    commands: NDArray[np.int64],
    state: NDArray[np.int64],
    journal: NDArray[np.int64],
    financials: NDArray[np.int64],
    frame_to: int,
    threads: int = 1,
) -> int:
    """Check everything, then take the frames up to `frame_to` of each bot; return the rows written.

    The arrays are those of `forven/kernels/jit/session.py`.
    """

@final
class Session:
    """Arrays of one market day that were checked once; they must not change while it lives."""

    def __new__(
        cls,
        quotes: NDArray[np.int32],
        clock: NDArray[np.int64],
        instruments: NDArray[np.int64],
        session: NDArray[np.int64],
        plans: NDArray[np.int64],
        commands: NDArray[np.int64],
    ) -> Session: ...
    def advance(
        self,
        state: NDArray[np.int64],
        journal: NDArray[np.int64],
        financials: NDArray[np.int64],
        frame_to: int,
        threads: int = 1,
    ) -> int:
        """Take the frames up to `frame_to` of each bot; return the rows written.

        A state is checked when it first comes; after that it is this session's: nobody else
        writes to it but for setting `STATE_FINANCIALS` to 0 when the rows have been taken out.
        """

def perpetual_frame_rows_max(orders: int, commands: int, prints: int, fundings: int) -> int:
    """Return the journal rows that suffice for a frame of one bot with these arrivals."""

def perpetual_advance(
    book: NDArray[np.int64],
    prints: NDArray[np.int64],
    fundings: NDArray[np.int64],
    tiers: NDArray[np.int64],
    contract: NDArray[np.int64],
    plans: NDArray[np.int64],
    commands: NDArray[np.int64],
    state: NDArray[np.int64],
    journal: NDArray[np.int64],
    frame_to: int,
    threads: int = 1,
) -> int:
    """Check everything, then take the frames up to `frame_to` of each bot; return the rows written.

    The arrays are those of `forven/kernels/jit/perpetual/session.py`.
    """

@final
class PerpetualSession:
    """Arrays of one stream that were checked once; they must not change while it lives."""

    def __new__(
        cls,
        book: NDArray[np.int64],
        prints: NDArray[np.int64],
        fundings: NDArray[np.int64],
        tiers: NDArray[np.int64],
        contract: NDArray[np.int64],
        plans: NDArray[np.int64],
        commands: NDArray[np.int64],
    ) -> PerpetualSession: ...
    def advance(
        self,
        state: NDArray[np.int64],
        journal: NDArray[np.int64],
        frame_to: int,
        threads: int = 1,
    ) -> int:
        """Take the frames up to `frame_to` of each bot; return the rows written.

        The state is checked on every call.
        """

def bars_sweep(
    bars: NDArray[np.int64],
    funding: NDArray[np.float64],
    columns: NDArray[np.float64],
    constants: NDArray[np.float64],
    masks: NDArray[np.uint64],
    program: NDArray[np.int64],
    plans: NDArray[np.int64],
    segments: NDArray[np.int64],
    counts: NDArray[np.int64],
    sums: NDArray[np.float64],
    threads: int = 1,
) -> None:
    """Check everything, then write counts and sums of every run and segment.

    The arrays are those of `forven/kernels/bars_arrays.py`.
    """

def bars_trace(
    bars: NDArray[np.int64],
    funding: NDArray[np.float64],
    columns: NDArray[np.float64],
    constants: NDArray[np.float64],
    masks: NDArray[np.uint64],
    program: NDArray[np.int64],
    plans: NDArray[np.int64],
    segments: NDArray[np.int64],
    counts: NDArray[np.int64],
    sums: NDArray[np.float64],
    trades: NDArray[np.int64],
    trade_values: NDArray[np.float64],
    values: NDArray[np.float64],
    signals: NDArray[np.uint64],
) -> int:
    """Do what `bars_sweep` does, on one thread; return how many trades there are.

    Trades beyond the room for them are not written, nor values and signals of shape (0, 0, 0).
    """

def bars_evaluate(
    columns: NDArray[np.float64],
    constants: NDArray[np.float64],
    masks: NDArray[np.uint64],
    program: NDArray[np.int64],
    registers: NDArray[np.uint64],
) -> None:
    """Check everything, then write the rows of the registers that a program writes."""

@final
class Ticks:
    """A day's quotes and prints, taken from Arrow tables without copying and checked once."""

    def __new__(
        cls, quotes: _ArrowStream | _ArrowArray, prints: _ArrowStream | _ArrowArray
    ) -> Ticks: ...
    @property
    def symbols(self) -> tuple[str, ...]:
        """The instruments that a code of a quote may name."""

    def counts(self, open_ns: int, close_ns: int) -> tuple[int, int]:
        """Return how many quote rows and how many frames lie between two moments, both included."""

    def build_frames(
        self,
        number_of_code: NDArray[np.int32],
        open_ns: int,
        close_ns: int,
        clock: NDArray[np.int64],
        row_starts: NDArray[np.int64],
        row_frames: NDArray[np.int32],
        quotes: NDArray[np.int32],
        threads: int = 1,
    ) -> None:
        """Write the frames of the rows between two moments; the arrays are those of `place_rows`.

        number_of_code  int32, one a symbol: its instrument; -1: none of these rows has it
        """

def deltas_at(
    quotes: NDArray[np.int32],
    instruments: NDArray[np.int64],
    frame: int,
    years: float,
    deltas: NDArray[np.int64],
) -> tuple[int, int]:
    """Write each contract's unsigned delta; return twice the forward and twice the straddle."""

def implied_volatilities(
    prices: NDArray[np.float64],
    forwards: NDArray[np.float64],
    strikes: NDArray[np.float64],
    years: NDArray[np.float64],
    rights: NDArray[np.int64],
    sigmas: NDArray[np.float64],
    statuses: NDArray[np.int64],
    threads: int = 1,
) -> None:
    """Write the volatility and the status of each undiscounted option price."""

def black76_values(
    forwards: NDArray[np.float64],
    strikes: NDArray[np.float64],
    years: NDArray[np.float64],
    sigmas: NDArray[np.float64],
    rates: NDArray[np.float64],
    rights: NDArray[np.int64],
    values: NDArray[np.float64],
) -> None:
    """Write price and greeks of options on a forward."""

def black_scholes_values(
    spots: NDArray[np.float64],
    strikes: NDArray[np.float64],
    years: NDArray[np.float64],
    sigmas: NDArray[np.float64],
    rates: NDArray[np.float64],
    yields: NDArray[np.float64],
    rights: NDArray[np.int64],
    values: NDArray[np.float64],
) -> None:
    """Write price and greeks of options on a spot that pays a continuous yield."""
