"""What a script may use: modules, builtins, callbacks; read by the checks and by the child."""

MODULES = (
    "bisect",
    "collections",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "heapq",
    "itertools",
    "math",
    "operator",
    "random",
    "statistics",
    "typing",
)
"""Modules that a script may import; `collections.abc` and the like are not modules of their own."""

CALLBACKS = {"on_session": 2, "on_frame": 2, "on_fill": 3}
"""The methods that are called, with how many parameters each takes, `self` included."""

BUILTINS = tuple(
    """
    ArithmeticError AssertionError AttributeError BaseException Ellipsis Exception
    False FloatingPointError GeneratorExit IndexError KeyError LookupError
    MemoryError NameError None NotImplemented NotImplementedError OverflowError
    RecursionError RuntimeError StopIteration True TypeError UnboundLocalError
    UnicodeError ValueError Warning ZeroDivisionError __build_class__ abs all any
    ascii bin bool bytearray bytes callable chr classmethod complex dict divmod
    enumerate filter float format frozenset hash hex int isinstance issubclass iter
    len list map max min next object oct ord pow property range repr reversed round
    set slice sorted staticmethod str sum super tuple type zip
    """.split()  # noqa: SIM905 - a list of them fills two pages
)
"""Builtins that a script gets as they are; `getattr`, `print` and a few more it gets changed."""

REFUSED_NAMES = {
    "breakpoint": "there is no terminal",
    "compile": "a script does not run other code",
    "dir": "use the names in docs/SCRIPTS.md",
    "eval": "a script does not run other code",
    "exec": "a script does not run other code",
    "exit": "return from the method instead",
    "globals": "keep state on self",
    "help": "there is no terminal",
    "id": "addresses differ from run to run; compare with `is`",
    "input": "there is no terminal",
    "locals": "keep state on self",
    "memoryview": "use bytes",
    "open": "a script has no files; write to ctx.log",
    "quit": "return from the method instead",
    "vars": "keep state on self",
    "__builtins__": "builtins are fixed",
    "__import__": "write an import statement",
}
"""Builtins that a script does not have, and why or what instead."""

REFUSED_ATTRIBUTES = frozenset(
    ["ag_code", "ag_frame", "cr_code", "cr_frame", "f_back", "f_builtins", "f_code", "f_globals"]
    + ["f_locals", "f_trace", "gi_code", "gi_frame", "mro", "tb_frame", "tb_next"]
)
"""Attributes that lead out of a script into the interpreter; so does every `__name__`."""


def is_refused_attribute(name: str) -> bool:
    """Return whether a script may not read, write or delete an attribute of this name."""
    return name.startswith("__") or name in REFUSED_ATTRIBUTES
