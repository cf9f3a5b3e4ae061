"""`forven journal`: what sessions did, proved by replay; no server is needed."""

import click

from forven.commands.lazy import LazyGroup, Listed

_RUN = "forven.commands.journal_run"
_KERNELS = ("session.advance", "frames.fill_quotes")

COMMANDS = {
    "show": Listed(_RUN, "Print a session's journal.", "show_command"),
    "verify": Listed(_RUN, "Run a session again and compare.", "verify_command", _KERNELS),
    "rebuild": Listed(_RUN, "Make orders and transactions anew.", "rebuild_command"),
}


@click.group("journal", cls=LazyGroup, listed=COMMANDS)
def command() -> None:
    """Show, prove and rebuild what sessions did, from the store under FORVEN_HOME."""
