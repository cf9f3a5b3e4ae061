"""The rule of errors: what forven raises is a ForvenError, at the command line a click error."""

import ast
from collections.abc import Iterator, Sequence

from tests.architecture.sources import Function, Source
from tests.architecture.style_rules import at, bound_name

BASE = "ForvenError"
COMMAND_LINE = ("forven/cli.py", "forven/commands")
COMMAND_LINE_ERRORS = frozenset({"Abort", "BadParameter", "ClickException", "Exit", "SystemExit"})
COMMAND_LINE_ERRORS |= {"BadArgumentUsage", "BadOptionUsage", "NoSuchOption", "UsageError"}


def last_name(node: ast.AST) -> str:
    """Return the last name of `name`, `module.name` or a call of either; empty otherwise."""
    if isinstance(node, ast.Call):
        return last_name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def forven_errors(sources: Sequence[Source]) -> frozenset[str]:
    """Return ForvenError, all classes that derive from it and all functions that return one."""
    parents = {
        node.name: {last_name(base) for base in node.bases}
        for source in sources
        if source.lies_in("forven", "api")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef)
    }
    known = {BASE}
    while more := {name for name, bases in parents.items() if bases & known} - known:
        known |= more
    makers = {
        function.name
        for source in sources
        if source.lies_in("forven", "api")
        for function in source.functions()
        if function.returns and last_name(function.returns) in known
    }
    return frozenset(known | makers)


def foreign_errors(source: Source, known: frozenset[str]) -> list[str]:
    """Return what raises anything but a known error; raising a caught error again is allowed."""
    allowed = known | COMMAND_LINE_ERRORS if source.lies_in(*COMMAND_LINE) else known
    return [
        at(source, node, f"expected a ForvenError, found raise {ast.unparse(node.exc)[:60]}")
        for node, around in raises(source.tree)
        if node.exc is not None
        if last_name(node.exc) not in allowed
        if last_name(node.exc) not in restated(around, node, known)
    ]


def raises(tree: ast.AST) -> Iterator[tuple[ast.Raise, list[ast.AST]]]:
    """Yield every raise with the nodes around it, the outermost first."""
    around: list[tuple[ast.AST, list[ast.AST]]] = [(tree, [])]
    while around:
        node, outer = around.pop()
        if isinstance(node, ast.Raise):
            yield node, outer
        around += [(inner, [*outer, node]) for inner in ast.iter_child_nodes(node)]


def restated(around: list[ast.AST], raised: ast.Raise, known: frozenset[str]) -> set[str]:
    """Return the names that may be raised here beyond the known ones.

    These are errors caught around this place, raised to be caught right here, made before it or
    handed in as `type[ForvenError]`; and in `__getattr__` the AttributeError Python asks for.
    """
    names: set[str] = set()
    for node in around:
        if isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
        if isinstance(node, ast.Try):
            names |= caught_here(node, raised)
        if isinstance(node, Function):
            names |= errors_in_reach(node, known)
    return names


def caught_here(block: ast.Try, raised: ast.Raise) -> set[str]:
    """Return the errors that a try block turns into others, if the raise lies in its body."""
    if not any(inner is raised for statement in block.body for inner in ast.walk(statement)):
        return set()
    turned = [
        handler.type
        for handler in block.handlers
        if not any(isinstance(node, ast.Raise) and not node.exc for node in ast.walk(handler))
    ]
    listed = [kind.elts if isinstance(kind, ast.Tuple) else [kind] for kind in turned if kind]
    return {last_name(kind) for kinds in listed for kind in kinds}


def errors_in_reach(function: Function, known: frozenset[str]) -> set[str]:
    """Return the names that hold a known error, or a class of them, inside a function."""
    names = {"AttributeError"} if function.name == "__getattr__" else set()
    for node in ast.walk(function):
        if isinstance(node, ast.arg) and isinstance(node.annotation, ast.Subscript):
            if last_name(node.annotation.slice) in known:
                names.add(node.arg)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            if last_name(node.value) in known:
                names |= {bound_name(target) for target in node.targets}
    return names
