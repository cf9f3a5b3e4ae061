"""The names a script is run with: chosen builtins, chosen modules, no clock and no chance.

This wall keeps honest scripts reproducible and turns mistakes into clear errors. It holds nobody
who wants out of it: that is what the process's limits and its filter of system calls are for.
"""

import builtins
import sys
from collections.abc import Callable
from typing import Any

from forven.primitives.errors import ForvenError
from forven.strategies.script.child.dates import without_clock
from forven.strategies.script.names import BUILTINS, MODULES, is_refused_attribute

# What the interpreter itself imports on behalf of a script, as `strptime` does.
_INNER = frozenset({"_strptime", "time", "_datetime", "_pydatetime", "_decimal", "_pydecimal"})


class ImportRefused(ForvenError, ImportError):
    """A script asked for a module that it may not have."""


class NameRefused(ForvenError, AttributeError):
    """A script asked for an inner attribute by its name."""


def namespace_for(
    modules: tuple[str, ...], seed: int, write: Callable[..., None]
) -> dict[str, Any]:
    """Return the globals of a script.

    modules  those it may import, imported already     write  takes what it prints
    """
    table = {name: sys.modules[name] for name in modules}
    if "random" in table:
        table["random"] = _seeded(table["random"], seed)
    if "datetime" in table:
        table["datetime"] = without_clock(table["datetime"])
    scope = {name: getattr(builtins, name) for name in BUILTINS}
    scope |= {
        "__import__": _importer(table),
        "getattr": _reader,
        "hasattr": _has,
        "setattr": _writer,
        "delattr": _deleter,
        "print": lambda *texts, **_: write(*texts),
    }
    return {"__name__": "script", "__builtins__": scope}


def _importer(table: dict[str, Any]) -> Callable[..., Any]:
    """Return the `__import__` of a script."""

    def import_allowed(name: str, *_: object) -> Any:
        if name in table:
            return table[name]
        if name in _INNER and name in sys.modules:
            return sys.modules[name]
        listed = ", ".join(MODULES)
        raise ImportRefused(f"import: expected one of {listed}; found {name}")

    return import_allowed


def _checked(name: object) -> str:
    """Return an attribute's name; NameRefused for inner ones."""
    if not isinstance(name, str) or is_refused_attribute(name):
        raise NameRefused(f"attribute: expected a public name, found {name!r}")
    return str(name)


def _reader(value: object, name: str, *default: object) -> Any:
    """Return a public attribute: `getattr`."""
    return getattr(value, _checked(name), *default)


def _has(value: object, name: str) -> bool:
    """Return whether there is a public attribute: `hasattr`."""
    return hasattr(value, _checked(name))


def _writer(value: object, name: str, content: object) -> None:
    """Set a public attribute: `setattr`."""
    setattr(value, _checked(name), content)


def _deleter(value: object, name: str) -> None:
    """Delete a public attribute: `delattr`."""
    delattr(value, _checked(name))


def seed_process(seed: int) -> None:
    """Seed the generator that modules use by themselves, as `statistics` does.

    It is another one than a script's own `random`, whose numbers it must not repeat.
    """
    if "random" in sys.modules:
        sys.modules["random"].seed(seed + 1)


def _seeded(source: Any, seed: int) -> Any:
    """Return a `random` whose every generator is seeded: the same numbers in every run."""

    class Random(source.Random):
        """A generator that is seeded by the session where the script does not."""

        def __new__(cls, given: object = None) -> Any:
            return super().__new__(cls, seed if given is None else given)

        def __init__(self, given: object = None) -> None:
            super().__init__(seed if given is None else given)

        def seed(self, a: object = None, version: int = 2) -> None:
            super().seed(seed if a is None else a, version)

    module = type(sys)("random")
    shared = Random(seed)
    for name in source.__all__:
        if hasattr(shared, name) and name != "Random":
            setattr(module, name, getattr(shared, name))
    module.__dict__["Random"] = Random
    return module
