"""The result of a backtest as users hold it: its figures, and the files it writes of itself."""

from dataclasses import dataclass
from pathlib import Path

from forven.research.exports import write_parquet
from forven.research.figures import BacktestFigures
from forven.research.report.page import write_report


@dataclass(frozen=True, kw_only=True)
class BacktestResult(BacktestFigures):
    """A finished backtest that can write its report and its tables."""

    def write_report(self, path: str | Path) -> Path:
        """Write the self-contained HTML report and return its path; errors: CannotWrite."""
        write_report(self, Path(path))
        return Path(path)

    def write_parquet(self, folder: str | Path) -> list[Path]:
        """Write `sessions`, `fills` and `journal` Parquet files; errors: CannotWrite."""
        return write_parquet(self, Path(folder))
