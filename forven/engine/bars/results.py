"""What runs over bars came to: counts and sums of all, trades and equity as Arrow tables."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forven.kernels import backend
from forven.kernels import bars_schema as schema
from forven.market.bars.bars import Bars
from forven.market.bars.calendars import begins_of
from forven.primitives.errors import InvalidInput
from forven.primitives.identifiers import bytes_hash

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

REASONS = (
    "signal",
    "stop_loss",
    "trailing_stop",
    "take_profit",
    "time_stop",
    "liquidation",
)
DIRECTIONS = ("long", "short")
_TIME = pa.timestamp("ns", tz="UTC")
_PRICE_DIGITS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class BarResults:
    """Results of K runs over S segments, laid out as `kernels/bars_schema.py` says.

    plans   int64 [K, PLAN_WIDTH]          segments  int64 [S, 2]
    counts  int64 [K, S, COUNT_WIDTH]      sums      float64 [K, S, SUM_WIDTH]
    traded  the rows of trades and their values, where they were asked for
    values  float64 [K, S, n], where the equity was asked for
    """

    bars: Bars
    plans: Integers
    segments: Integers
    counts: Integers
    sums: Floats
    traded: tuple[Integers, Floats] | None = None
    values: Floats | None = None
    backend: str = backend.DESCRIPTION

    @property
    def funding_complete(self) -> npt.NDArray[np.bool_]:
        """Whether no trade held a bar without a funding rate, [K, S]."""
        at = schema.COUNT_FUNDING_INCOMPLETE
        missing = self.counts[:, :, at] + self.counts[:, :, schema.SIDE_COUNTS + at]
        return np.asarray(missing == 0)

    @property
    def digest(self) -> str:
        """SHA-256 over segments, counts and sums, and over trades where there are some: equal
        results have equal digests, on either backend and any number of threads.
        """
        parts: list[npt.NDArray] = [self.segments, self.counts, _one_nan(self.sums)]
        if self.traded is not None:
            parts += [self.traded[0], _one_nan(self.traded[1])]
        return bytes_hash(
            chunk
            for part in parts
            for chunk in (str(part.shape).encode(), np.ascontiguousarray(part).tobytes())
        )

    def trades(self) -> pa.Table:
        """Return the trades in the order of run, segment and closing; shadows have size 0.

        A trade enters at its bar's begin. It leaves at its bar's begin by signal or time, else at
        the bar's end, the first moment at which it is known. `return` is of the equity at entry.
        """
        if self.traded is None:
            raise InvalidInput("trades: expected a run with has_trades, found one without")
        rows, values = self.traded
        ends = self.bars.ends_ns
        begins = begins_of(self.bars.timeframe, self.bars.calendar, ends)
        entry, left = rows[:, schema.TRADE_ENTRY_BAR], rows[:, schema.TRADE_EXIT_BAR]
        reason = rows[:, schema.TRADE_REASON]
        is_last = rows[:, schema.TRADE_OPEN_AT_END] == 1
        by_plan = np.isin(reason, [schema.REASON_SIGNAL, schema.REASON_TIME_STOP]) & ~is_last
        leverage = self.plans[rows[:, schema.TRADE_RUN], schema.PLAN_LEVERAGE_PPM] / 1e6
        decimals = self.bars.decimals
        return pa.table(
            {
                "run": pa.array(rows[:, schema.TRADE_RUN]),
                "segment": pa.array(rows[:, schema.TRADE_SEGMENT]),
                "direction": _named((1 - rows[:, schema.TRADE_SIGN]) // 2, DIRECTIONS),
                "entry_time": pa.array(begins[entry], _TIME),
                "exit_time": pa.array(np.where(by_plan, begins[left], ends[left]), _TIME),
                "entry_bar": pa.array(entry),
                "exit_bar": pa.array(left),
                "bars_held": pa.array(left - entry),
                "entry_price": _decimals(rows[:, schema.TRADE_ENTRY_PRICE], decimals),
                "exit_price": _decimals(rows[:, schema.TRADE_EXIT_PRICE], decimals),
                "exit_reason": _named(reason, REASONS),
                "open_at_end": pa.array(is_last),
                "size_fraction": pa.array(rows[:, schema.TRADE_SIZE_PPM] / 1e6),
                "leverage": pa.array(leverage),
                "equity_at_entry": pa.array(values[:, schema.TRADE_BASE]),
                "price_return": pa.array(values[:, schema.TRADE_GROSS]),
                "cost_drag": pa.array(values[:, schema.TRADE_DRAG]),
                "funding": pa.array(values[:, schema.TRADE_FUNDING]),
                "return": pa.array(values[:, schema.TRADE_RETURN]),
                "profit": pa.array(values[:, schema.TRADE_PNL]),
                "funding_bars_missing": pa.array(rows[:, schema.TRADE_FUNDING_MISSING]),
            }
        )

    def equity(self) -> pa.Table:
        """Return the value at each bar's close, by run and segment."""
        if self.values is None:
            raise InvalidInput("equity: expected a run with has_equity, found one without")
        runs = len(self.values)
        lengths = self.segments[:, 1] - self.segments[:, 0]
        bars = np.concatenate([np.arange(begin, end) for begin, end in self.segments.tolist()])
        numbers = np.repeat(np.arange(len(lengths)), lengths)
        return pa.table(
            {
                "run": pa.array(np.repeat(np.arange(runs), len(bars))),
                "segment": pa.array(np.tile(numbers, runs)),
                "bar": pa.array(np.tile(bars, runs)),
                "time": pa.array(np.tile(self.bars.ends_ns[bars], runs), _TIME),
                "value": pa.array(self.values[:, numbers, bars].ravel()),
            }
        )


def _one_nan(values: Floats) -> Floats:
    """Return values with every NaN the same one."""
    return np.where(np.isnan(values), np.nan, values)


def _named(numbers: Integers, names: tuple[str, ...]) -> pa.DictionaryArray:
    """Return numbers as the names they stand for."""
    return pa.DictionaryArray.from_arrays(pa.array(numbers.astype(np.int8)), pa.array(names))


def _decimals(quanta: Integers, decimals: int) -> pa.Array:
    """Return prices as decimals: each is a 128-bit integer of which quanta fill the lower half."""
    halves = np.zeros((len(quanta), 2), "<i8")
    halves[:, 0] = quanta
    kind = pa.decimal128(_PRICE_DIGITS, decimals)
    return pa.Array.from_buffers(kind, len(quanta), [None, pa.py_buffer(halves)])
