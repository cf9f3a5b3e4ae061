"""Functions of modules that are slow to load: the first call of one loads its module."""

import importlib
from typing import Any


class LateModule:
    """Stands for a module by its name; its attributes are functions that load it when called."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> "LateFunction":
        """Return a function of the module; whether it is there shows when it is called."""
        if name.startswith("__"):
            raise AttributeError(name)
        function = LateFunction(self._name, name)
        setattr(self, name, function)  # found without coming here from now on
        return function


class LateFunction:
    """A function of a module, looked up once.

    errors  when called: ImportError without the module, AttributeError without the function
    """

    __slots__ = ("_found", "_module", "_name")

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name
        self._found: Any = None

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Call it."""
        if self._found is None:
            self._found = getattr(importlib.import_module(self._module), self._name)
        return self._found(*given, **named)

    def __repr__(self) -> str:
        return f"{self._module}.{self._name}"
