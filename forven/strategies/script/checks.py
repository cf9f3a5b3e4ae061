"""Reads a script's text without running it: what it may not contain is refused with its line."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from forven.primitives.errors import InvalidStrategy
from forven.strategies.script.names import CALLBACKS, MODULES, REFUSED_NAMES, is_refused_attribute

SOURCE_BYTES_MAX = 65_536
_DELTAS = frozenset({"delta", "nearest_delta"})
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a script's text says about it.

    class_name   the strategy's class          modules     those it imports, sorted
    uses_deltas  it spells `.delta` or `.nearest_delta`, so that deltas are worked out for it
    """

    class_name: str
    modules: tuple[str, ...]
    uses_deltas: bool


def normalised(source: str) -> str:
    """Return a script's text in the spelling that is kept and hashed: line ends are line feeds."""
    return source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def outline_of(source: str) -> Outline:
    """Return what a normalised text says; errors: InvalidStrategy with the line and a way out."""
    _check_text(source)
    tree = _tree_of(source)
    modules: set[str] = set()
    uses_deltas = False
    for node in ast.walk(tree):
        modules.update(_imported(node))
        _check_names(node)
        uses_deltas |= isinstance(node, ast.Attribute) and node.attr in _DELTAS
    return Outline(
        class_name=_strategy_class(tree),
        modules=tuple(sorted(modules)),
        uses_deltas=uses_deltas,
    )


def _check_text(source: str) -> None:
    """Refuse a text that is too long or cannot be a file."""
    try:
        size = len(source.encode("utf-8"))
    except UnicodeEncodeError:
        _refuse("source", "Unicode text", "half of a surrogate pair", "remove it")
    if size > SOURCE_BYTES_MAX:
        _refuse("source", f"at most {SOURCE_BYTES_MAX} bytes", f"{size}", "shorten it")
    if "\0" in source:
        _refuse("source", "Python text", "a null character", "remove it")


def _tree_of(source: str) -> ast.Module:
    """Return the syntax tree; what Python cannot read is refused."""
    try:
        return ast.parse(source, "script")
    except SyntaxError as cause:
        line = cause.lineno or 1
        _refuse(f"line {line}", "Python", f"an error ({cause.msg})", "mend it there")
    except (MemoryError, RecursionError, ValueError):
        _refuse("source", "expressions of some depth", "far deeper ones", "nest less deeply")


def _imported(node: ast.AST) -> Iterator[str]:
    """Yield the modules that a node imports; others than the allowed ones are refused."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        names = ["." * node.level + (node.module or "")]
        if any(alias.name == "*" for alias in node.names):
            _refuse(_at(node), "names after import", "*", "name what you use")
        private = [alias.name for alias in node.names if alias.name.startswith("_")]
        if private:
            _refuse(_at(node), "public names", private[0], "import the public name")
    else:
        return
    for name in names:
        if name not in MODULES:
            listed = ", ".join(MODULES)
            _refuse(_at(node), f"an import of one of {listed}", name, "a script has no other")
        yield name


def _check_names(node: ast.AST) -> None:
    """Refuse builtins that a script does not have, and attributes that lead out of it."""
    if isinstance(node, ast.Name) and node.id in REFUSED_NAMES:
        _refuse(_at(node), "names of a script", node.id, REFUSED_NAMES[node.id])
    if isinstance(node, ast.Attribute) and is_refused_attribute(node.attr):
        if not _calls_super(node):
            mend = "a script reads no inner attribute"
            _refuse(_at(node), "a public attribute", f".{node.attr}", mend)


def _calls_super(node: ast.Attribute) -> bool:
    """Return whether an attribute is the `super().__init__` of a class of the script."""
    call = node.value
    is_super = isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    return is_super and call.func.id == "super" and node.attr in {"__init__", "__post_init__"}  # type: ignore[attr-defined]


def _strategy_class(tree: ast.Module) -> str:
    """Return the name of the one class with `on_frame`, its callbacks checked."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    found = [node for node in classes if "on_frame" in _methods(node)]
    expected = "one class with a method on_frame(self, ctx)"
    if len(found) != 1:
        names = ", ".join(node.name for node in found) or "none"
        mend = "keep one of them" if found else "write one at the top level"
        _refuse("source", expected, names, mend)
    for name, method in _methods(found[0]).items():
        _check_callback(name, method)
    return found[0].name


def _methods(node: ast.ClassDef) -> dict[str, _Function]:
    """Return a class's own methods by name."""
    return {entry.name: entry for entry in node.body if isinstance(entry, _Function)}


def _check_callback(name: str, method: _Function) -> None:
    """Refuse a callback that cannot be called as it will be."""
    if name == "__init__":
        expected, wanted = 1, "__init__(self)"
    elif name in CALLBACKS:
        expected = CALLBACKS[name]
        wanted = f"{name}(self, ctx, fill)" if expected == 3 else f"{name}(self, ctx)"
    else:
        if name.startswith("on_"):
            mend = f"there are {', '.join(CALLBACKS)}; name your own method otherwise"
            _refuse(_at(method), "a callback", name, mend)
        return
    taken = method.args
    listed = [*taken.posonlyargs, *taken.args]
    needed = len(listed) - len(taken.defaults)
    keywords = any(default is None for default in taken.kw_defaults)
    fits = needed <= expected and (len(listed) >= expected or taken.vararg) and not keywords
    if isinstance(method, ast.AsyncFunctionDef) or method.decorator_list or not fits:
        spelled = f"{'async ' if isinstance(method, ast.AsyncFunctionDef) else ''}{name}"
        found = f"{spelled} with {len(listed)} parameters"
        if method.decorator_list:
            found = f"{spelled} with a decorator"
        _refuse(_at(method), wanted, found, "write it so")


def _at(node: ast.AST) -> str:
    """Return the place of a node."""
    return f"line {getattr(node, 'lineno', 1)}"


def _refuse(place: str, expected: str, found: str, mend: str) -> NoReturn:
    """Raise InvalidStrategy for a place in the text."""
    raise InvalidStrategy(f"{place}: expected {expected}, found {found[:80]}; {mend}")
