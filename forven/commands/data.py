"""`forven data`: bring market data into the catalog, look at it, check it and remove it."""

import click

from forven.commands.lazy import LazyGroup, Listed

_VIEWS = "forven.commands.data_views"

COMMANDS = {
    "import": Listed(
        "forven.commands.data_import", "Import files of option quotes.", "import_command"
    ),
    "synthesize": Listed(
        "forven.commands.data_synthesize", "Make up days of quotes.", "synthesize_command"
    ),
    "list": Listed(_VIEWS, "List the datasets.", "list_command"),
    "inspect": Listed(_VIEWS, "Show the days of a dataset.", "inspect_command"),
    "check": Listed(_VIEWS, "Check a dataset day by day.", "check_command"),
    "remove": Listed(_VIEWS, "Delete a dataset.", "remove_command"),
}


@click.group("data", cls=LazyGroup, listed=COMMANDS)
def command() -> None:
    """Import, list, inspect and check market data.

    Datasets live under FORVEN_HOME (default: ~/.forven).
    """
