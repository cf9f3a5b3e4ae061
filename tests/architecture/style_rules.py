"""The rules of form: each takes a file and returns what breaks it, one sentence a place."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.sources import Function, Source

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
PARAMETERS_MAX = 6
KERNEL_PARAMETERS_MAX = 10
VAGUE_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "shared", "stuff"})
ABBREVIATIONS = frozenset(
    {"amt", "calc", "cfg", "cnt", "idx", "mgr", "msg", "px", "qty", "tmp", "val", "vals"}
)
UNITS = frozenset({"bps", "micros", "ms", "ns", "pct", "quanta", "secs", "us"})
IMPORTERS = (
    "forven/__init__.py",
    "forven/cli.py",
    "forven/commands/lazy.py",
    "forven/kernels/backend.py",
    "forven/primitives/late.py",
    "forven/research/sweeps/combinations.py",
    "forven/store/migrate.py",
    "tests",
)
"""Where modules may be loaded by name: lazy doors, a backend, rare migrations and samples."""


def at(source: Source, node: ast.AST, complaint: str) -> str:
    """Return a complaint with its place."""
    return f"{source.path}:{getattr(node, 'lineno', 1)}: {complaint}"


def long_files(source: Source) -> list[str]:
    """Return the file if it has more than 400 lines."""
    lines = len(source.text.splitlines())
    if lines <= FILE_LINES_MAX:
        return []
    return [f"{source.path}: expected at most {FILE_LINES_MAX} lines, found {lines}"]


def long_functions(source: Source) -> list[str]:
    """Return the functions of more than 60 lines, from `def` to the last line."""
    return [
        at(source, node, f"{node.name}: expected at most {FUNCTION_LINES_MAX} lines, found {lines}")
        for node in source.functions()
        if (lines := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]


def parameter_names(node: Function) -> list[str]:
    """Return a function's parameters without self and cls."""
    listed = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    names = [argument.arg for argument in listed]
    names += [extra.arg for extra in (node.args.vararg, node.args.kwarg) if extra]
    return [name for name in names if name not in {"self", "cls"}]


def many_parameters(source: Source) -> list[str]:
    """Return the functions of more than 6 parameters, in kernels and their door of more than 10."""
    most = KERNEL_PARAMETERS_MAX if source.lies_in("forven/kernels") else PARAMETERS_MAX
    return [
        at(source, node, f"{node.name}: expected at most {most} parameters, found {count}")
        for node in source.functions()
        if (count := len(parameter_names(node))) > most
    ]


def vague_names(source: Source) -> list[str]:
    """Return folders and files whose name says nothing."""
    parts = [*source.name.parts[:-1], source.name.stem]
    return [f"{source.path}: name the thing, not '{part}'" for part in parts if part in VAGUE_NAMES]


def unnamed_rooms(source: Source) -> list[str]:
    """Return an `__init__.py` that does not open with one line that says what its folder is for."""
    if source.name.name != "__init__.py":
        return []
    docstring = ast.get_docstring(source.tree, clean=False)
    if docstring is None:
        return [f"{source.path}: expected one line saying what the folder is for, found none"]
    first, *rest = docstring.split("\n")
    if not first.rstrip().endswith(".") or (rest and rest[0].strip()):
        return [
            f"{source.path}: expected its docstring to open with one line ending in a full stop"
        ]
    return []


def imports_inside_functions(source: Source) -> list[str]:
    """Return imports that are not at the top of the file, and modules loaded by name elsewhere."""
    broken = [
        at(source, node, f"import at the top of the file, not inside {function.name}")
        for function in source.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    if source.lies_in(*IMPORTERS):
        return broken
    return broken + [
        at(source, node, "modules are loaded by name only in " + ", ".join(IMPORTERS[:-1]))
        for node in ast.walk(source.tree)
        if called_name(node) in {"import_module", "__import__"}
    ]


def called_name(node: ast.AST) -> str:
    """Return the last name of what a node calls; empty if it calls nothing by name."""
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def fast_math(source: Source) -> list[str]:
    """Return calls that ask for fast mathematics: its bits differ between machines."""
    return [
        at(source, node, "fastmath changes bits between machines")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.keyword) and node.arg == "fastmath"
    ]


def prints(source: Source) -> list[str]:
    """Return calls of print outside the command line, the benchmarks and the tests."""
    if source.lies_in("forven/cli.py", "forven/commands", "benchmarks", "tests"):
        return []
    return [
        at(source, node, "only the command line writes to the terminal")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]


def missing_docstrings(source: Source) -> list[str]:
    """Return public modules, classes, functions and methods without a docstring."""
    if not source.lies_in("forven", "api"):
        return []
    broken = [] if ast.get_docstring(source.tree) else [f"{source.path}: expected a docstring"]
    return broken + [
        at(source, node, f"{node.name}: expected a docstring, found none")
        for node in public_definitions(source.tree)
        if not ast.get_docstring(node)
    ]


def public_definitions(
    parent: ast.Module | ast.ClassDef,
) -> Iterator[Function | ast.ClassDef]:
    """Yield public classes, functions and methods, not what lies inside a function."""
    for node in parent.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            if not overrides(node):
                yield node
            if isinstance(node, ast.ClassDef):
                yield from public_definitions(node)


def overrides(node: Function | ast.ClassDef) -> bool:
    """Return whether a method takes its docstring from what it overrides, or is an overload."""
    return any(
        isinstance(decorator, ast.Name) and decorator.id in {"override", "overload"}
        for decorator in node.decorator_list
    )


def poor_names(source: Source) -> list[str]:
    """Return variables and parameters that are abbreviated or open with their unit."""
    if not source.lies_in("forven", "api"):
        return []
    broken = []
    for node in ast.walk(source.tree):
        name = bound_name(node)
        words = re.findall(r"[a-z0-9]+", name.lower())
        short = ABBREVIATIONS.intersection(words)
        if short:
            broken.append(at(source, node, f"{name}: write whole words, not '{min(short)}'"))
        if len(words) > 1 and words[0] in UNITS and "per" not in words and not name.isupper():
            broken.append(at(source, node, f"{name}: the unit comes last"))
    return broken


def bound_name(node: ast.AST) -> str:
    """Return the name that a node gives to a value; empty if it gives none."""
    if isinstance(node, ast.arg):
        return node.arg
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        return node.attr
    return ""
