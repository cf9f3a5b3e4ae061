"""Assemble the report page and write it whole or not at all."""

import json
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from plotly.offline import get_plotlyjs

from forven.primitives.storage import write_whole
from forven.research.report.payload import page_payload
from forven.research.result import BacktestResult


def report_html(result: BacktestResult) -> str:
    """Return the page: markup, style, script, plotting library and data in one text."""
    here = files("forven.research.report")
    data = json.dumps(page_payload(result), separators=(",", ":"), allow_nan=False)
    return Template(here.joinpath("page.html").read_text("utf-8")).substitute(
        title=escape(f"{result.plan.strategy.name}: backtest"),
        style=here.joinpath("page.css").read_text("utf-8"),
        library=get_plotlyjs(),
        data=data.replace("<", "\\u003c"),
        script=here.joinpath("page.js").read_text("utf-8"),
    )


def write_report(result: BacktestResult, path: Path) -> None:
    """Write the report to `path`; errors: CannotWrite, and then nothing is left there."""
    write_whole(path, report_html(result).encode("utf-8"))
