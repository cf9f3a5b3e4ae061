"""`forven strategies`: check strategies, list those there are, and save them on a server."""

import click

from forven.commands.lazy import LazyGroup, Listed

_FILES = "forven.commands.strategies_files"
_SAVED = "forven.commands.strategies_saved"

COMMANDS = {
    "check": Listed(_FILES, "Check a strategy: a file, or a built-in one.", "check_command"),
    "list": Listed(_FILES, "List the examples and the built-in strategies.", "list_command"),
    "save": Listed(_SAVED, "Save a strategy file on a running server.", "save_command"),
    "saved": Listed(_SAVED, "List the strategies saved on a running server.", "saved_command"),
    "show": Listed(_SAVED, "Show a built-in strategy, or a saved one.", "show_command"),
    "results": Listed(_SAVED, "Show a saved strategy's recorded sessions.", "results_command"),
    "delete": Listed(_SAVED, "Unlink a saved strategy.", "delete_command"),
}


@click.group("strategies", cls=LazyGroup, listed=COMMANDS)
def command() -> None:
    """Check, list and save strategies."""
