"""`forven data`: bring market data into the catalog, look at it, check it and remove it."""

import click

from forven.commands.lazy import LazyGroup, Listed

_VIEWS = "forven.commands.data_views"
_MAKERS = "forven.commands.data_make_bars"
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
    "import-bars": Listed(
        "forven.commands.data_import_bars",
        "Import files of open, high, low and close by the bar.",
        "import_bars_command",
    ),
    "synthesize-bars": Listed(_MAKERS, "Make up bars.", "synthesize_bars_command"),
    "resample-bars": Listed(_MAKERS, "Make bars of a coarser timeframe.", "resample_bars_command"),
    "list": Listed(_VIEWS, "List the datasets.", "list_command", _FRAMES),
    "inspect": Listed(_VIEWS, "Show what is in a dataset.", "inspect_command", _FRAMES),
    "check": Listed(_VIEWS, "Check what a dataset is worth.", "check_command", _FRAMES),
    "remove": Listed(_VIEWS, "Delete a dataset.", "remove_command", _FRAMES),
}


@click.group("data", cls=LazyGroup, listed=COMMANDS)
def command() -> None:
    """Import, list, inspect and check market data.

    Datasets live under FORVEN_HOME (default: ~/.forven).
    """
