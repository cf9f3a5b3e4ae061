"""Every Python file of the project, read and parsed once for the rules."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
TREES = ("forven", "api", "benchmarks", "tests")
NOT_SOURCE = frozenset(
    {".git", ".venv", "build", "dist", "node_modules", "shared", "target", "__pycache__"}
    | {".hypothesis", ".benchmarks", ".forven", ".idea", ".vscode", "Cargo.lock"}
)
"""What is made or mounted, not written by hand; folders named `*_cache` are too."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the project's root, with slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text, self.path)

    @property
    def name(self) -> PurePosixPath:
        """Its path with parts and a stem."""
        return PurePosixPath(self.path)

    def lies_in(self, *folders: str) -> bool:
        """Whether it is one of these files or lies in one of these folders."""
        return any(self.path == folder or self.path.startswith(folder + "/") for folder in folders)

    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node


@cache
def project_files() -> tuple[Path, ...]:
    """Return every file that is written by hand, sorted."""
    found: list[Path] = []
    folders = [ROOT]
    while folders:
        for entry in folders.pop().iterdir():
            if entry.is_symlink() or entry.name in NOT_SOURCE or entry.name.endswith("_cache"):
                continue
            if entry.is_dir():
                folders.append(entry)
            else:
                found.append(entry)
    return tuple(sorted(found))


@cache
def python_sources() -> tuple[Source, ...]:
    """Return every Python file of the four trees, sorted by path."""
    names = [path.relative_to(ROOT).as_posix() for path in project_files() if path.suffix == ".py"]
    return tuple(
        Source(name, (ROOT / name).read_text("utf-8"))
        for name in names
        if name.split("/")[0] in TREES
    )
