"""Assemble the report page and write it whole or not at all."""

import json
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from forven.primitives.storage import write_whole
from forven.research.figures import BacktestFigures
from forven.research.report.payload import page_payload

_SCRIPTS = ("elements.js", "charts.js", "calendar.js", "session.js", "page.js")
_BYTES_PER_MEGABYTE = 1_000_000


def report_html(result: BacktestFigures) -> str:
    """Return the page: markup, style, scripts, plotting library and data in one text."""
    here = files("forven.research.report")
    library = plotting_library()
    data = json.dumps(page_payload(result), separators=(",", ":"), allow_nan=False)
    data = data.replace("<", "\\u003c")
    return Template(here.joinpath("page.html").read_text("utf-8")).substitute(
        title=escape(f"{result.plan.strategy.name}: backtest"),
        style=here.joinpath("page.css").read_text("utf-8"),
        library=library,
        data=data,
        script="\n".join(here.joinpath(name).read_text("utf-8") for name in _SCRIPTS),
        size=_megabytes(len(library) + len(data.encode("utf-8"))),
        library_size=_megabytes(len(library)),
    )


def plotting_library() -> str:
    """Return the script of plotly.js that the installed plotly carries."""
    return files("plotly").joinpath("package_data", "plotly.min.js").read_text("utf-8")


def write_report(result: BacktestFigures, path: Path) -> None:
    """Write the report to `path`; errors: CannotWrite, and then nothing is left there."""
    write_whole(path, report_html(result).encode("utf-8"))


def _megabytes(count: int) -> str:
    """Return a number of bytes in words."""
    return f"{count / _BYTES_PER_MEGABYTE:.1f} MB"
