"""The command line `forven`: finds the sub-command, and turns every error into one message.

Sub-commands are imported only when they are asked for, so that `forven --help` is quick.
"""

import contextlib
import errno
import os
import signal
import sys
import traceback
from typing import NoReturn

import click

from forven import __version__
from forven.commands.lazy import LazyGroup, Listed
from forven.primitives.errors import ForvenError

EXIT_ERROR = 1
EXIT_INTERRUPTED = 130
TRACEBACK_VARIABLE = "FORVEN_TRACEBACK"


COMMANDS = {
    "data": Listed("forven.commands.data", "Import, list, inspect and check market data."),
    "backtest": Listed("forven.commands.backtest", "Run a strategy over sessions or bars."),
    "sweep": Listed("forven.commands.sweep", "Run a strategy with many parameter sets."),
    "bench": Listed("forven.commands.bench", "Measure the speed of this machine."),
    "strategies": Listed("forven.commands.strategies", "Check, list and save strategies."),
    "serve": Listed("forven.commands.serve", "Run bots on a live feed, behind an HTTP API."),
    "bots": Listed("forven.commands.bots", "Create, start and stop bots on a server."),
    "sessions": Listed("forven.commands.sessions", "Read and stop the sessions of a bot."),
    "journal": Listed("forven.commands.journal", "Prove a session, or rebuild its tables."),
}


@click.group(
    "forven",
    cls=LazyGroup,
    listed=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="forven", message="%(prog)s %(version)s")
@click.option("--traceback", "show_traceback", is_flag=True, hidden=True)
def forven(show_traceback: bool) -> None:
    """Backtest strategies and run paper bots, to the cent and the same every time."""
    if show_traceback:
        os.environ[TRACEBACK_VARIABLE] = "1"


def main() -> NoReturn:
    """Run the command line and end the process with the status of `run`."""
    code = run()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done: nothing is left to interrupt
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # `run` has told of it already
            stream.flush()
    # Not `sys.exit`: a worker thread of Arrow that lets go of a Python object (its input, a
    # buffer) while the interpreter is taken down aborts the whole process, with status 134.
    os._exit(code)


def run() -> int:
    """Run the command line and return: 0 done, 1 an error, 2 wrong usage, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = forven.main(standalone_mode=False, prog_name="forven")
        sys.stdout.flush()
    except click.exceptions.Exit as asked:
        code = asked.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = _fail("interrupted", EXIT_INTERRUPTED)
    except BrokenPipeError:
        code = EXIT_ERROR
    except ForvenError as error:
        code = _fail(f"error: {error}", EXIT_ERROR)
    except OSError as error:
        code = _fail(f"error: {_os_text(error)}", EXIT_ERROR)
    except Exception as error:  # noqa: BLE001 - the last door: a user never sees a traceback
        text = f"error: internal: {type(error).__name__}: {error}"
        code = _fail(f"{text} (set {TRACEBACK_VARIABLE}=1 to see where)", EXIT_ERROR)
    return code if isinstance(code, int) else 0


def _fail(message: str, code: int) -> int:
    if os.environ.get(TRACEBACK_VARIABLE) == "1":
        traceback.print_exc()
    click.echo(message, err=True)
    return code


def _os_text(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    reason = error.strerror or str(error)
    if error.errno == errno.ENOSPC:
        return f"{where}{reason}; free some room on the disk and run it again"
    return f"{where}{reason}"
