"""Everything the report of a backtest over bars shows, as plain values."""

from typing import Any

import numpy as np
import pyarrow.compute as pc

from forven.primitives.time import rfc3339
from forven.research.runs.drawing import POINTS_MAX, equity_lines, price_line, times_of
from forven.research.runs.figures import BarFigures, trade_documents
from forven.research.runs.months import month_rows

MARKERS_MAX = 2_000
ROWS_MAX = 1_000
FIGURES = (
    ("net_profit", "money"),
    ("total_return", "percent"),
    ("cagr", "percent"),
    ("monthly_return", "percent"),
    ("sharpe", "ratio"),
    ("sortino", "ratio"),
    ("calmar", "ratio"),
    ("max_drawdown", "percent"),
    ("closed_drawdown", "percent"),
    ("profit_factor", "ratio"),
    ("total_trades", "count"),
    ("win_rate", "percent"),
    ("average_trade", "percent"),
    ("best_trade", "percent"),
    ("worst_trade", "percent"),
    ("average_bars_held", "ratio"),
    ("exposure", "percent"),
    ("costs", "money"),
    ("funding", "money"),
    ("long_trades", "count"),
    ("long_profit", "money"),
    ("short_trades", "count"),
    ("short_profit", "money"),
    ("shadows", "count"),
)
"""Metrics that tables show, and in which form."""
_COLUMNS = (
    "segment", "direction", "entry_time", "entry_price", "exit_time", "exit_price", "exit_reason",
    "bars_held", "size_fraction", "price_return", "cost_drag", "funding", "return", "profit",
)  # fmt: skip


def page_payload(result: BarFigures) -> dict[str, Any]:
    """Return what the page shows."""
    bars = result.results.bars
    capital = float(result.policy.initial_capital)
    curves = _curves(result)
    segments = result.results.segments.tolist()
    return {
        "name": result.strategy.name,
        "rule": result.strategy.rule,
        "series": f"{bars.symbol} {bars.timeframe}",
        "parameters": result.provenance.parameters,
        "capital": capital,
        "warnings": result.warnings,
        "segments": [
            {
                "name": name,
                "bars": end - begin,
                "from": rfc3339(int(bars.ends_ns[begin])),
                "to": rfc3339(int(bars.ends_ns[end - 1])),
            }
            for name, (begin, end) in zip(result.segment_names, segments, strict=True)
        ],
        "figures": [
            [name, form, *(figures[name] for figures in result.metrics.values())]
            for name, form in FIGURES
        ],
        "exits": result.exits,
        "lines": [equity_lines(bars, begin, values, capital) for begin, values in curves],
        "price": price_line(bars),
        "points_max": POINTS_MAX,
        "months": month_rows(bars.ends_ns, curves, capital),
        **_trades(result),
        "provenance": result.provenance.as_document(),
    }


def _curves(result: BarFigures) -> list[tuple[int, Any]]:
    """Return each segment's first bar and its values."""
    values = result.results.values
    assert values is not None  # every backtest asks for them
    return [
        (begin, values[0, at, begin:end])
        for at, (begin, end) in enumerate(result.results.segments.tolist())
    ]


def _trades(result: BarFigures) -> dict[str, Any]:
    """Return the rows of the table and the markers of the chart: of very many, the last."""
    every = result.trades()
    sized = every.filter(pc.greater(every["size_fraction"], 0.0))
    drawn = sized.slice(max(0, sized.num_rows - MARKERS_MAX))
    listed = sized.slice(max(0, sized.num_rows - ROWS_MAX))
    times = {name: np.asarray(drawn[name]).astype(np.int64) for name in ("entry_time", "exit_time")}
    return {
        "trades": sized.num_rows,
        "columns": list(_COLUMNS),
        "rows": [[row[name] for name in _COLUMNS] for row in trade_documents(listed)],
        "markers": {
            "entry_times": times_of(times["entry_time"]),
            "exit_times": times_of(times["exit_time"]),
            "entry_prices": [float(price) for price in drawn["entry_price"].to_pylist()],
            "exit_prices": [float(price) for price in drawn["exit_price"].to_pylist()],
            "directions": drawn["direction"].to_pylist(),
            "reasons": drawn["exit_reason"].to_pylist(),
            "returns": drawn["return"].to_pylist(),
        },
    }
