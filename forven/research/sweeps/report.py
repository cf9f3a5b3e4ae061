"""The report of a sweep: one HTML page with leaders, a heat map and how train became test."""

from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc
import pyarrow.types as pt

from forven.primitives.storage import write_whole
from forven.research.report.assembly import HERE, page_html
from forven.research.sweeps.leaders import notes_on, shown_metrics
from forven.research.sweeps.results import SweepResults

LEADERS = 50
POINTS_MAX = 5_000
MAP_VALUES_MAX = 60
"""A parameter with more values than that is drawn in as many bins."""


def write_sweep_report(path: Path, results: SweepResults, metric: str) -> None:
    """Write the page to `path`, whole or not at all; errors: CannotWrite."""
    write_whole(path, sweep_html(results, metric).encode("utf-8"))


def sweep_html(results: SweepResults, metric: str) -> str:
    """Return the page: markup, style, scripts, plotting library and data in one text."""
    own = files("forven.research.sweeps")
    return page_html(
        f"{results.document['strategy']}: sweep",
        _payload(results, metric),
        own.joinpath("report.html"),
        [HERE.joinpath("elements.js"), own.joinpath("report.js")],
        "Metrics: docs/METRICS.md.",
    )


def _payload(results: SweepResults, metric: str) -> dict[str, Any]:
    """Return everything the page shows."""
    columns = shown_metrics(results, metric)
    leaders = results.leaders(metric, LEADERS).select(columns).to_pylist()
    sides = (False, True) if results.is_split else (False,)
    values = [results.values(metric, test=side) for side in sides]
    ranked = results.ranked(metric)
    return {
        "document": results.document,
        "digest": results.digest,
        "backend": results.backend,
        "metric": metric,
        "better": results.judgement(metric).better.value,
        "notes": notes_on(results, metric),
        "columns": columns,
        "leaders": [[_plain(row[name]) for name in columns] for row in leaders],
        "segments": ["train", "test"] if results.is_split else ["all bars"],
        "points": _points(values),
        "maps": [_map(results, values, ranked, pair) for pair in combinations(_mapped(results), 2)],
        "lines": [_line(results, values, name) for name in _mapped(results)],
    }


def _mapped(results: SweepResults) -> list[str]:
    """Return the parameters that take more than one value: those of a map."""
    return [
        name for name in results.parameters if pc.count_distinct(results.table[name]).as_py() > 1
    ]


def _points(values: list[npt.NDArray[np.float64]]) -> list[list[float | None]]:
    """Return the metric of each run in each segment; of very many runs, evenly spread ones."""
    step = max(1, -(-values[0].size // POINTS_MAX))
    return [[_plain(value) for value in column[::step].tolist()] for column in values]


def _binned(results: SweepResults, name: str) -> tuple[list[Any], npt.NDArray[np.int64]]:
    """Return a parameter's values, or the middles of its bins, and where each run lies."""
    column = results.table[name].combine_chunks()
    if not (pt.is_integer(column.type) or pt.is_floating(column.type)):
        labels, places = np.unique(np.array(column.to_pylist()), return_inverse=True)
        return labels.tolist(), places
    numbers = column.to_numpy(zero_copy_only=False)
    labels, places = np.unique(numbers, return_inverse=True)
    if labels.size <= MAP_VALUES_MAX:
        return labels.tolist(), places
    edges = np.linspace(labels[0], labels[-1], MAP_VALUES_MAX + 1)
    places = np.clip(np.searchsorted(edges, numbers, "right") - 1, 0, MAP_VALUES_MAX - 1)
    return np.round((edges[:-1] + edges[1:]) / 2, 6).tolist(), places


def _map(
    results: SweepResults,
    values: list[npt.NDArray[np.float64]],
    ranked: npt.NDArray[np.int64],
    pair: tuple[str, str],
) -> dict[str, Any]:
    """Return a heat map: each cell's best run by the first segment, and that run's test."""
    across, up = pair
    columns, at_column = _binned(results, across)
    rows, at_row = _binned(results, up)
    best = _best_of(at_row * len(columns) + at_column, ranked, len(rows) * len(columns))
    cells = [_picked(column, best).reshape(len(rows), len(columns)) for column in values]
    return {
        "across": across,
        "up": up,
        "columns": columns,
        "rows": rows,
        "cells": [[[_plain(value) for value in row] for row in grid.tolist()] for grid in cells],
    }


def _line(
    results: SweepResults, values: list[npt.NDArray[np.float64]], name: str
) -> dict[str, Any]:
    """Return the median of each segment along one parameter."""
    labels, places = _binned(results, name)
    medians = [
        [
            _plain(float(np.nanmedian(found)) if np.isfinite(found).any() else np.nan)
            for found in (column[places == at] for at in range(len(labels)))
        ]
        for column in values
    ]
    return {"name": name, "labels": labels, "medians": medians}


def _best_of(
    cells: npt.NDArray[np.int64], ranked: npt.NDArray[np.int64], count: int
) -> npt.NDArray[np.int64]:
    """Return the run of each cell that is ranked first; -1: none."""
    best = np.full(count, -1, np.int64)
    best[cells[ranked[::-1]]] = ranked[::-1]
    return best


def _picked(
    values: npt.NDArray[np.float64], runs: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return the values of some runs, NaN where there is none."""
    return np.where(runs >= 0, values[np.maximum(runs, 0)], np.nan)


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: what is not a number is null."""
    return None if isinstance(value, float) and not np.isfinite(value) else value
