"""Assembles a report: one HTML page that asks nothing of the network."""

import json
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template
from typing import Any

HERE = files("forven.research.report")
_BYTES_PER_MEGABYTE = 1_000_000


def page_html(
    title: str,
    payload: dict[str, Any],
    main: Traversable,
    scripts: Sequence[Traversable],
    more: str,
) -> str:
    """Return a page: markup, style, scripts, plotting library and data in one text.

    main     the markup of what stands between header and footer
    scripts  in their order; each finds the payload as `data`
    more     said at the page's foot, markup
    """
    library = plotting_library()
    data = json.dumps(payload, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return Template(HERE.joinpath("shell.html").read_text("utf-8")).substitute(
        title=escape(title),
        style=HERE.joinpath("page.css").read_text("utf-8"),
        main=main.read_text("utf-8"),
        library=library,
        data=data,
        script="\n".join(script.read_text("utf-8") for script in scripts),
        size=_megabytes(len(library) + len(data.encode("utf-8"))),
        library_size=_megabytes(len(library)),
        more=more,
    )


def plotting_library() -> str:
    """Return the script of plotly.js that the installed plotly carries."""
    return files("plotly").joinpath("package_data", "plotly.min.js").read_text("utf-8")


def _megabytes(count: int) -> str:
    """Return a number of bytes in words."""
    return f"{count / _BYTES_PER_MEGABYTE:.1f} MB"
