"""A backtest over bars as Parquet for other programs: trades, equity and metrics."""

from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from forven.primitives.identifiers import canonical_json
from forven.primitives.storage import whole_file
from forven.research.exports import PROVENANCE_KEY, make_folder
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
    make_folder(folder)
    provenance = canonical_json(result.provenance.as_document()).encode("ascii")
    tables = {
        "trades": result.trades(),
        "equity": result.equity(),
        "metrics": metrics_table(result),
    }
    paths = [folder / f"{name}.parquet" for name in tables]
    with ExitStack() as stack:
        asides = [stack.enter_context(whole_file(path)) for path in paths]
        for table, aside in zip(tables.values(), asides, strict=True):
            described = table.replace_schema_metadata({PROVENANCE_KEY: provenance})
            pq.write_table(described, aside, compression="zstd")
    return paths
