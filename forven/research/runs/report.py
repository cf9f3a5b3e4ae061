"""The report of a backtest over bars: one HTML page that asks nothing of the network."""

import json
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from forven.primitives.storage import write_whole
from forven.research.report.page import plotting_library
from forven.research.runs.figures import BarFigures
from forven.research.runs.payload import page_payload


def write_report(result: BarFigures, path: Path) -> None:
    """Write the report to `path`; errors: CannotWrite, and then nothing is left there."""
    write_whole(path, report_html(result).encode("utf-8"))


def report_html(result: BarFigures) -> str:
    """Return the page: markup, style, scripts, plotting library and data in one text."""
    shared, here = files("forven.research.report"), files("forven.research.runs")
    data = json.dumps(page_payload(result), separators=(",", ":"), allow_nan=False)
    return Template(here.joinpath("report.html").read_text("utf-8")).substitute(
        title=escape(f"{result.strategy.name}: backtest"),
        style=shared.joinpath("page.css").read_text("utf-8"),
        library=plotting_library(),
        data=data.replace("<", "\\u003c"),
        elements=shared.joinpath("elements.js").read_text("utf-8"),
        script=here.joinpath("report.js").read_text("utf-8"),
    )
