"""The result of a backtest over bars as users hold it: its figures, and the files it writes."""

from dataclasses import dataclass
from pathlib import Path

from forven.research.runs.exports import write_parquet
from forven.research.runs.figures import BarFigures
from forven.research.runs.report import write_report


@dataclass(frozen=True, kw_only=True)
class BarBacktestResult(BarFigures):
    """A finished backtest over bars that can write its report and its tables."""

    def write_report(self, path: str | Path) -> Path:
        """Write the self-contained HTML report and return its path; errors: CannotWrite."""
        write_report(self, Path(path))
        return Path(path)

    def write_parquet(self, folder: str | Path) -> list[Path]:
        """Write `trades`, `equity` and `metrics` Parquet files; errors: CannotWrite."""
        return write_parquet(self, Path(folder))
