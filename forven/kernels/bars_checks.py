"""What the bar kernel's arrays must hold, so that no index and no sum in it can fail.

Both backends look at their arrays by these, once at their door. Errors: InvalidInput, naming the
argument, the row, what was expected and what was found.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from forven.kernels import bars_schema as s
from forven.kernels.bars_arrays import BarArrays, BarTrace, words_of
from forven.primitives.errors import InvalidInput

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]

BARS_MAX = 2**31
"""No index of a bar, and no count of them times the segments, leaves int64."""
MONEY_MICROS_MAX = 10**18
LEVERAGE_PPM_MAX = 125 * s.UNIT_PPM
TARGET_PPM_MAX = 10 * s.UNIT_PPM
"""1,000 %: a price times a million and this stays in int64."""
COST_PPM_MAX = 200_000
ATR_STOP_MILLI_MAX = 50_000
KELLY_MILLI_MAX = 5_000
FUNDING_SUM_MAX = 1e12
"""Sums of rates, and counts of missing ones: far beyond both, and still finite."""

_PLAN_BOUNDS: Mapping[str, tuple[int, int]] = {
    "MODE": (s.MODE_LONG, s.MODE_BOTH),
    "SIZING": (s.SIZING_FULL, s.SIZING_KELLY),
    "FIXED_SIZE_MICROS": (0, MONEY_MICROS_MAX),
    "RISK_PPM": (0, s.UNIT_PPM),
    "ATR_STOP_MILLI": (0, ATR_STOP_MILLI_MAX),
    "KELLY_MILLI": (0, KELLY_MILLI_MAX),
    "KELLY_LOOKBACK": (1, s.KELLY_LOOKBACK_MAX),
    "STOP_PPM": (0, s.UNIT_PPM),
    "TARGET_PPM": (0, TARGET_PPM_MAX),
    "TRAIL_PPM": (0, s.UNIT_PPM),
    "TIME_STOP_BARS": (0, BARS_MAX),
    "FALLBACK_STOP_PPM": (0, s.UNIT_PPM),
    "LEVERAGE_PPM": (1, LEVERAGE_PPM_MAX),
    "COST_PPM": (0, COST_PPM_MAX),
    "CAPITAL_MICROS": (1, MONEY_MICROS_MAX),
    "DETAIL": (0, 1),
}


def check_arrays(arrays: BarArrays) -> None:
    """Refuse bars, funding, programs, plans and segments that the kernel cannot take."""
    _check_array("bars", arrays.bars, "=i8", (None, None))
    rows, count = arrays.bars.shape
    if rows < s.BAR_ATR_FIRST or not 1 <= count <= BARS_MAX:
        raise InvalidInput(
            f"bars: expected {s.BAR_ATR_FIRST} rows or more of 1 to {BARS_MAX} bars, "
            f"found shape {arrays.bars.shape}"
        )
    _check_array("funding", arrays.funding, "=f8", (s.FUNDING_ROWS, count + 1))
    _check_array("columns", arrays.columns, "=f8", (None, count))
    _check_array("plans", arrays.plans, "=i8", (None, s.PLAN_WIDTH))
    _check_array("segments", arrays.segments, "=i8", (None, 2))
    _check_source(arrays.columns, arrays.constants, arrays.masks, arrays.program)
    _check_prices(arrays.bars)
    _check_funding(arrays.funding)
    _check_segments(arrays.segments, count)
    _check_plans(arrays.plans, rows, len(arrays.program))
    _check_registers(arrays.program, arrays.plans)


def check_results(arrays: BarArrays, counts: Integers, sums: Floats) -> None:
    """Refuse counts and sums that are not one row a run and segment."""
    shape = (len(arrays.plans), len(arrays.segments))
    _check_array("counts", counts, "=i8", (*shape, s.COUNT_WIDTH), is_written=True)
    _check_array("sums", sums, "=f8", (*shape, s.SUM_WIDTH), is_written=True)


def check_trace(arrays: BarArrays, written: BarTrace) -> None:
    """Refuse a trace whose arrays do not fit the runs."""
    runs, segments, count = len(arrays.plans), len(arrays.segments), arrays.count
    trades = len(written.trades) if isinstance(written.trades, np.ndarray) else None
    tables = {
        "trades": (written.trades, "=i8", (trades, s.TRADE_WIDTH)),
        "trade_values": (written.trade_values, "=f8", (trades, s.TRADE_VALUES)),
        "values": (written.values, "=f8", (runs, segments, count)),
        "signals": (written.signals, "=u8", (runs, 4, arrays.words)),
    }
    for name, (array, kind, shape) in tables.items():
        is_none = isinstance(array, np.ndarray) and array.shape == (0, 0, 0)
        _check_array(name, array, kind, (0, 0, 0) if is_none else shape, is_written=True)


def check_program(
    columns: Floats, constants: Floats, masks: Words, program: Integers, registers: Words
) -> None:
    """Refuse a program, and registers, that cannot be evaluated by themselves."""
    _check_array("columns", columns, "=f8", (None, None))
    count = columns.shape[1]
    _check_array("registers", registers, "=u8", (None, words_of(count)), is_written=True)
    _check_source(columns, constants, masks, program)
    used = int(program[:, s.STEP_OUT].max(initial=-1)) + 1
    if len(registers) < used:
        raise InvalidInput(f"registers: expected {used} rows or more, found {len(registers)}")
    whole = np.full((1, s.PLAN_WIDTH), -1, np.int64)
    whole[0, [s.PLAN_PROGRAM_BEGIN, s.PLAN_PROGRAM_END]] = 0, len(program)
    _check_registers(program, whole)


def _check_array(
    argument: str,
    array: npt.NDArray,
    kind: str,
    shape: tuple[int | None, ...],
    is_written: bool = False,
) -> None:
    """Refuse an array of another kind or shape, or whose memory is not in order."""
    if not isinstance(array, np.ndarray):
        raise InvalidInput(f"{argument}: expected an array, found {type(array).__name__}")
    if array.dtype != np.dtype(kind):
        raise InvalidInput(f"{argument}: expected {np.dtype(kind)}, found {array.dtype}")
    is_fit = array.ndim == len(shape) and all(
        length in (None, found) for length, found in zip(shape, array.shape, strict=False)
    )
    if not is_fit:
        wanted = tuple("any" if length is None else length for length in shape)
        raise InvalidInput(f"{argument}: expected shape {wanted}, found {array.shape}")
    if not array.flags.c_contiguous or not array.flags.aligned:
        raise InvalidInput(
            f"{argument}: expected aligned C-contiguous memory, found strides {array.strides}"
        )
    if is_written and not array.flags.writeable:
        raise InvalidInput(f"{argument}: expected an array that can be written, found a fixed one")


def _refuse(
    argument: str, expected: str, is_bad: npt.NDArray[np.bool_], found: npt.NDArray
) -> None:
    """Refuse the first row that is bad."""
    if is_bad.any():
        at = int(is_bad.argmax())
        raise InvalidInput(f"{argument}: expected {expected}, found {found[at]} in row {at}")


def _check_prices(bars: Integers) -> None:
    """Refuse prices out of bounds or order, and ATR beyond any price."""
    opened, high, low, close = bars[: s.BAR_ATR_FIRST]
    _refuse("bars", "a low of 1 quantum or more", low < 1, low)
    _refuse("bars", f"a high up to {s.PRICE_MAX}", high > s.PRICE_MAX, high)
    _refuse("bars", "an open from low to high", (opened < low) | (opened > high), opened)
    _refuse("bars", "a close from low to high", (close < low) | (close > high), close)
    for atr in bars[s.BAR_ATR_FIRST :]:
        _refuse("bars", f"an ATR up to {s.PRICE_MAX}", atr > s.PRICE_MAX, atr)


def _check_funding(funding: Floats) -> None:
    """Refuse sums that are not finite, and counts of missing rates that are none."""
    sums, missing = funding
    is_bad = ~(np.abs(sums) <= FUNDING_SUM_MAX)
    _refuse("funding", f"sums of rates within {FUNDING_SUM_MAX:g}", is_bad, sums)
    steps = np.diff(missing, prepend=0.0)
    is_bad = ~((steps == 0.0) | (steps == 1.0))
    _refuse("funding", "counts of missing rates that rise by 0 or 1", is_bad, missing)


def _check_segments(segments: Integers, count: int) -> None:
    """Refuse segments that are empty or reach beyond the bars."""
    begin, end = segments.T
    _refuse("segments", "a begin of 0 or more", begin < 0, begin)
    _refuse("segments", "an end after its begin", end <= begin, end)
    _refuse("segments", f"an end up to {count}", end > count, end)


def _check_source(columns: Floats, constants: Floats, masks: Words, program: Integers) -> None:
    """Refuse instructions that are none, or whose operands are not there."""
    count = columns.shape[1]
    _check_array("constants", constants, "=f8", (None,))
    _check_array("masks", masks, "=u8", (None, words_of(count)))
    _check_array("program", program, "=i8", (None, s.PROGRAM_WIDTH))
    code, out, left, left_lag, right, right_lag = program.T
    is_known = (code >= s.CODE_LT) & (code <= s.CODE_MASK)
    _refuse("program", f"a code from {s.CODE_LT} to {s.CODE_MASK}", ~is_known, code)
    is_bad = (out < 0) | (out >= s.REGISTERS_MAX)
    _refuse("program", f"a register from 0 to {s.REGISTERS_MAX - 1}", is_bad, out)
    compares = code <= s.CODE_CROSS
    for operand, lag in ((left, left_lag), (right, right_lag)):
        is_bad = compares & ((operand < -len(constants)) | (operand >= len(columns)))
        words = f"an operand from {-len(constants)} to {len(columns) - 1}"
        _refuse("program", words, is_bad, operand)
        most = np.where(operand < 0, 0, BARS_MAX)
        is_bad = compares & ((lag < 0) | (lag > most))
        _refuse("program", f"a lag from 0 to {BARS_MAX}, 0 for a constant", is_bad, lag)
    is_bad = (code == s.CODE_MASK) & ((left < 0) | (left >= len(masks)))
    _refuse("program", f"a mask from 0 to {len(masks) - 1}", is_bad, left)
    gathers = (code == s.CODE_ALL) | (code == s.CODE_ANY)
    least = np.where(gathers, 1, 0)
    is_bad = (gathers | (code == s.CODE_LAG)) & ((right < least) | (right > BARS_MAX))
    _refuse("program", f"0 to {BARS_MAX} bars, 1 at least for all and any", is_bad, right)


def _check_plans(plans: Integers, rows: int, instructions: int) -> None:
    """Refuse settings out of bounds."""
    for name, (low, high) in _PLAN_BOUNDS.items():
        column = plans[:, getattr(s, f"PLAN_{name}")]
        _refuse("plans", f"{name} from {low} to {high}", (column < low) | (column > high), column)
    begin, end = plans[:, s.PLAN_PROGRAM_BEGIN], plans[:, s.PLAN_PROGRAM_END]
    _refuse("plans", "PROGRAM_BEGIN of 0 or more", begin < 0, begin)
    is_bad = (end < begin) | (end > instructions)
    _refuse("plans", f"PROGRAM_END from PROGRAM_BEGIN to {instructions}", is_bad, end)
    sizing, atr = plans[:, s.PLAN_SIZING], plans[:, s.PLAN_ATR_ROW]
    is_bad = (sizing == s.SIZING_ATR) & ((atr < s.BAR_ATR_FIRST) | (atr >= rows))
    _refuse("plans", f"ATR_ROW from {s.BAR_ATR_FIRST} to {rows - 1}", is_bad, atr)
    fallback, stop = plans[:, s.PLAN_FALLBACK_STOP_PPM], plans[:, s.PLAN_STOP_PPM]
    needs_stop = (sizing == s.SIZING_ATR) | (sizing == s.SIZING_FRACTION)
    is_bad = needs_stop & (fallback == 0) & (stop == 0)
    _refuse("plans", "FALLBACK_STOP_PPM of 1 or more without a STOP_PPM", is_bad, fallback)


def _check_registers(program: Integers, plans: Integers) -> None:
    """Refuse programs, and signals of plans, that read a register before it is written."""
    begin, end = plans[:, s.PLAN_PROGRAM_BEGIN], plans[:, s.PLAN_PROGRAM_END]
    _, first, numbers = np.unique(
        begin * (len(program) + 1) + end, return_index=True, return_inverse=True
    )
    ranges = np.stack([begin[first], end[first]], axis=1)
    written = np.zeros((len(ranges), s.REGISTERS_MAX), np.bool_)
    longest = int((ranges[:, 1] - ranges[:, 0]).max(initial=0))
    # All programs together, an instruction each at a time.
    for step in range(longest):
        acting = np.flatnonzero(ranges[:, 0] + step < ranges[:, 1])
        at = ranges[acting, 0] + step
        code = program[at, s.STEP_CODE]
        reads_left = (code >= s.CODE_AND) & (code <= s.CODE_ANY)
        reads_right = (code == s.CODE_AND) | (code == s.CODE_OR)
        for column, reads in ((s.STEP_LEFT, reads_left), (s.STEP_RIGHT, reads_right)):
            _check_read(program[at, column], reads, written[acting], at)
        written[acting, program[at, s.STEP_OUT]] = True
    for name in ("ENTER_LONG", "EXIT_LONG", "ENTER_SHORT", "EXIT_SHORT"):
        signals = plans[:, getattr(s, f"PLAN_{name}")]
        is_none = signals == -1
        within = np.clip(signals, 0, s.REGISTERS_MAX - 1)
        is_bad = ~is_none & ((signals != within) | ~written[numbers, within])
        _refuse("plans", f"{name} a register that its program writes, or -1", is_bad, signals)


def _check_read(
    registers: Integers, reads: npt.NDArray[np.bool_], written: npt.NDArray[np.bool_], at: Integers
) -> None:
    """Refuse instructions, in program rows `at`, that read what is not written yet."""
    within = np.clip(registers, 0, s.REGISTERS_MAX - 1)
    known = written[np.arange(len(within)), within]
    is_bad = reads & ((registers != within) | ~known)
    if is_bad.any():
        row = int(is_bad.argmax())
        raise InvalidInput(
            f"program: expected a register written before it is read, found {registers[row]} "
            f"in row {at[row]}"
        )
