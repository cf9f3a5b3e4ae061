"""`forven data`: bring market data into the catalog, look at it, check it and remove it."""

import click

from forven.commands.lazy import LazyGroup, Listed

_VIEWS = "forven.commands.data_views"
_FRAMES = ("frames.fill_quotes",)

COMMANDS = {
    "import": Listed(
        "forven.commands.data_import", "Import files of option quotes.", "import_command", _FRAMES
    ),
    "synthesize": Listed(
        "forven.commands.data_synthesize",
        "Make up days of quotes.",
        "synthesize_command",
        (*_FRAMES, "synthetic.quote_chain"),
    ),
    "list": Listed(_VIEWS, "List the datasets.", "list_command", _FRAMES),
    "inspect": Listed(_VIEWS, "Show the days of a dataset.", "inspect_command", _FRAMES),
    "check": Listed(_VIEWS, "Check a dataset day by day.", "check_command", _FRAMES),
    "remove": Listed(_VIEWS, "Delete a dataset.", "remove_command", _FRAMES),
}


@click.group("data", cls=LazyGroup, listed=COMMANDS)
def command() -> None:
    """Import, list, inspect and check market data.

    Datasets live under FORVEN_HOME (default: ~/.forven).
    """
