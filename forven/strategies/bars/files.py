"""A user's own strategies: a Python file that declares them with the same decorators.

The file is run as Python runs any file, with all that it may do: only the command line does so,
in the user's own process.
"""

import runpy
import traceback
from pathlib import Path

from forven.primitives.errors import ForvenError
from forven.strategies.bars.errors import InvalidBarStrategy, proposal
from forven.strategies.bars.strategy import BarStrategy


def strategies_of(path: Path) -> dict[str, BarStrategy]:
    """Run a file and return the strategies it declares, by name; errors: InvalidBarStrategy."""
    if not path.is_file():
        raise InvalidBarStrategy(f"{path}: expected a file, found none; check the path")
    try:
        namespace = runpy.run_path(str(path))
    except ForvenError as error:
        raise InvalidBarStrategy(f"{path}: {error}") from error
    except SyntaxError as error:
        raise InvalidBarStrategy(
            f"{path}: expected Python, found {error.msg} in line {error.lineno}"
        ) from error
    except (Exception, SystemExit) as error:  # whatever somebody's file raises
        lines = [one.lineno for one in traceback.extract_tb(error.__traceback__)]
        raise InvalidBarStrategy(
            f"{path}: expected it to run, found {type(error).__name__}: {error} "
            f"(line {lines[-1] if lines else '?'})"
        ) from error
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
