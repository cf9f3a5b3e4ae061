"""A user's own strategies: a Python file that declares them with the same decorators.

The file is run as Python runs any file, with all that it may do: only the command line does so,
in the user's own process.
"""

import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from forven.primitives.errors import ForvenError
from forven.strategies.bars.errors import InvalidBarStrategy, proposal
from forven.strategies.bars.foreign import is_own, place_of, text_of
from forven.strategies.bars.strategy import BarStrategy

_printed: Callable[..., None] = print


def _run(path: Path) -> dict[str, Any]:
    """Run a file and return what it defines; errors: InvalidBarStrategy."""
    if not path.is_file():
        raise InvalidBarStrategy(f"{path}: expected a file, found none; check the path")
    try:
        path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise InvalidBarStrategy(
            f"{path}: expected text in UTF-8, found the byte {error.object[error.start]:#04x} at "
            f"{error.start}; save it as UTF-8"
        ) from error
    except OSError as error:
        raise InvalidBarStrategy(
            f"{path}: expected a file that can be read, found {error.strerror}"
        ) from error
    try:
        return runpy.run_path(str(path), {"print": _print_aside})
    except ForvenError as error:
        raise InvalidBarStrategy(f"{path}: {error}") from error
    except SyntaxError as error:
        where = f" in line {error.lineno}" if error.lineno else "; save it as plain text"
        raise InvalidBarStrategy(f"{path}: expected Python, found {error.msg}{where}") from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever somebody's file raises
        raise InvalidBarStrategy(
            f"{path}: expected it to run, found {text_of(error)} ({place_of(error)})"
        ) from error


def strategies_of(path: Path) -> dict[str, BarStrategy]:
    """Run a file and return the strategies it declares, by name; errors: InvalidBarStrategy."""
    namespace = _run(path)
    found: dict[str, BarStrategy] = {}
    for strategy in namespace.values():
        if isinstance(strategy, BarStrategy):
            if found.get(strategy.name, strategy) is not strategy:
                raise InvalidBarStrategy(f"{path}: found the strategy {strategy.name!r} twice")
            found[strategy.name] = strategy
    if not found:
        raise InvalidBarStrategy(
            f"{path}: expected a strategy declared with @bar_strategy or @signal_strategy, "
            "found none; docs/LIBRARY.md shows one"
        )
    return found


def strategy_of(path: Path, name: str | None = None) -> BarStrategy:
    """Return the strategy of a file, the named one where it has several."""
    found = strategies_of(path)
    if name is None:
        if len(found) > 1:
            raise InvalidBarStrategy(
                f"{path}: expected one strategy, found {', '.join(found)}; name one of them"
            )
        return next(iter(found.values()))
    if name not in found:
        raise InvalidBarStrategy(f"{path}: strategy {name!r}: {proposal(name, found)}")
    return found[name]


class Reloaded:
    """A strategy of a file that can be loaded anew, with nothing left of what it kept in memory.

    The modules of the user's own that the file imports are loaded anew with it.
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        self._path, self._name = path, name
        self._there = frozenset(sys.modules)

    def __call__(self) -> BarStrategy:
        """Return the strategy, from the file as it is now."""
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if name not in self._there and is_own(file) and str(file).endswith(".py"):
                del sys.modules[name]
        return strategy_of(self._path, self._name)


def _print_aside(*values: object, **options: Any) -> None:
    """Print for a strategy: to standard error, as standard output holds the answer of a command."""
    if options.get("file") is None:
        options["file"] = sys.stderr
    _printed(*values, **options)
