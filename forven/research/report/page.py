"""Assemble the report page and write it whole or not at all."""

from pathlib import Path

from forven.primitives.storage import write_whole
from forven.research.figures import BacktestFigures
from forven.research.report.assembly import HERE, page_html
from forven.research.report.payload import page_payload

_SCRIPTS = ("elements.js", "charts.js", "calendar.js", "session.js", "page.js")


def report_html(result: BacktestFigures) -> str:
    """Return the page: markup, style, scripts, plotting library and data in one text."""
    return page_html(
        f"{result.plan.strategy.name}: backtest",
        page_payload(result),
        HERE.joinpath("page.html"),
        [HERE.joinpath(name) for name in _SCRIPTS],
        "Definitions: docs/RESULTS.md.",
    )


def write_report(result: BacktestFigures, path: Path) -> None:
    """Write the report to `path`; errors: CannotWrite, and then nothing is left there."""
    write_whole(path, report_html(result).encode("utf-8"))
