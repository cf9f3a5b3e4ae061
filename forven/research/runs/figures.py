"""The figures of a finished backtest over bars: its metrics, its tables and the JSON document."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from forven.engine.bars.market_rows import FUNDED_CALENDAR, FUNDING_COLUMN
from forven.engine.bars.policy import BarPolicy
from forven.engine.bars.results import REASONS, BarResults
from forven.primitives.time import rfc3339
from forven.research.metrics.bars import Span, bar_metrics
from forven.research.runs.cautions import cautions_on
from forven.research.runs.provenance import BarProvenance
from forven.strategies.bars.parameters import Parameters
from forven.strategies.bars.strategy import BarStrategy

SEGMENTS = {1: ("all",), 2: ("train", "test")}
LAST_TRADES = 10
Figures = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class BarFigures:
    """A finished backtest of one strategy over one series of bars.

    results              counts, sums, trades and values as the kernel left them
    is_sized_by_default  nothing was said of sizes and stops: entries risk 1 % at 2 x ATR(14)
    """

    results: BarResults
    strategy: BarStrategy
    parameters: Parameters
    policy: BarPolicy
    is_sized_by_default: bool
    provenance: BarProvenance

    @property
    def segment_names(self) -> tuple[str, ...]:
        """Return `all`, or `train` and `test`."""
        return SEGMENTS[len(self.results.segments)]

    @cached_property
    def metrics(self) -> dict[str, Figures]:
        """Return the metrics of METRICS.md by segment and name; None where one is not defined."""
        results = self.results
        lengths = results.segments[:, 1] - results.segments[:, 0]
        capital = float(self.policy.initial_capital)
        span = Span(bars=lengths, bars_per_year=results.bars.bars_per_year, capital=capital)
        measured = bar_metrics(results.counts, results.sums, span)
        return {
            name: {metric: _plain(values[0, at]) for metric, values in measured.items()}
            for at, name in enumerate(self.segment_names)
        }

    @property
    def exits(self) -> dict[str, dict[str, int]]:
        """Return how often each reason ended a trade, by segment."""
        return {
            name: {reason: figures[f"exits_{reason}"] for reason in REASONS}
            for name, figures in self.metrics.items()
        }

    @property
    def warnings(self) -> list[str]:
        """Return what a reader must know first."""
        bars = self.results.bars
        has_unpaid = bars.has(FUNDING_COLUMN) and bars.calendar != FUNDED_CALENDAR
        return cautions_on(self.metrics, self.is_sized_by_default, has_unpaid)

    def trades(self) -> pa.Table:
        """Return a row a trade in the order of closing, by segment; shadows have size 0."""
        return _named(self.results.trades(), self.segment_names)

    def equity(self) -> pa.Table:
        """Return the value at each bar's close, by segment: each opens with the capital."""
        return _named(self.results.equity(), self.segment_names)

    def as_document(self) -> dict[str, Any]:
        """Return the result as JSON has it, with the last trades; all are in `trades()`."""
        trades = self.trades()
        last = trades.slice(max(0, trades.num_rows - LAST_TRADES))
        ends = self.results.bars.ends_ns
        return {
            "kind": "bars",
            "segments": {
                name: {
                    "bars": end - begin,
                    "first_end": rfc3339(int(ends[begin])),
                    "last_end": rfc3339(int(ends[end - 1])),
                }
                for name, (begin, end) in zip(
                    self.segment_names, self.results.segments.tolist(), strict=True
                )
            },
            "metrics": self.metrics,
            "exits": self.exits,
            "warnings": self.warnings,
            "last_trades": trade_documents(last),
            "provenance": self.provenance.as_document(),
        }


def trade_documents(trades: pa.Table) -> list[dict[str, Any]]:
    """Return trades as JSON has them: times in RFC 3339, prices as decimal strings."""
    documents = trades.drop_columns(["entry_time", "exit_time"]).to_pylist()
    times = {
        name: np.asarray(trades[name]).astype(np.int64) for name in ("entry_time", "exit_time")
    }
    for number, document in enumerate(documents):
        for name, values in times.items():
            document[name] = rfc3339(int(values[number]))
        for name in ("entry_price", "exit_price"):
            document[name] = str(document[name])
    return documents


def _named(table: pa.Table, names: tuple[str, ...]) -> pa.Table:
    """Return a table of one run with its segments by name."""
    numbers = np.asarray(table["segment"]).astype(np.int8)
    named = pa.DictionaryArray.from_arrays(pa.array(numbers), pa.array(names))
    at = table.column_names.index("segment")
    return table.set_column(at, "segment", named).drop_columns(["run"])


def _plain(value: Any) -> Any:
    """Return a figure as Python has it; None where it is not defined."""
    plain = value.item()
    return None if isinstance(plain, float) and not np.isfinite(plain) else plain
