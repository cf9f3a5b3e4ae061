"""The report of a backtest over bars: one HTML page that asks nothing of the network."""

from importlib.resources import files
from pathlib import Path

from forven.primitives.storage import write_whole
from forven.research.report.assembly import HERE, page_html
from forven.research.runs.figures import BarFigures
from forven.research.runs.payload import page_payload


def write_report(result: BarFigures, path: Path) -> None:
    """Write the report to `path`; errors: CannotWrite, and then nothing is left there."""
    write_whole(path, report_html(result).encode("utf-8"))


def report_html(result: BarFigures) -> str:
    """Return the page: markup, style, scripts, plotting library and data in one text."""
    own = files("forven.research.runs")
    return page_html(
        f"{result.strategy.name}: backtest",
        page_payload(result),
        own.joinpath("report.html"),
        [HERE.joinpath("elements.js"), own.joinpath("report.js")],
        "What is simulated, exactly: docs/BARS.md.",
    )
