"""A backtest over bars as Parquet for other programs: trades, equity and metrics."""

from pathlib import Path

import pyarrow as pa

from forven.research.exports import write_tables
from forven.research.runs.figures import BarFigures


def metrics_table(result: BarFigures) -> pa.Table:
    """Return a row a segment, null where a metric is not defined."""
    return pa.Table.from_pylist(
        [{"segment": name, **figures} for name, figures in result.metrics.items()]
    )


def write_parquet(result: BarFigures, folder: Path) -> list[Path]:
    """Write `trades`, `equity` and `metrics` Parquet files into a folder, made if absent.

    None of them takes its name before all are written; errors: CannotWrite
    """
    tables = {
        "trades": result.trades(),
        "equity": result.equity(),
        "metrics": metrics_table(result),
    }
    return write_tables(tables, result.provenance.as_document(), folder)
