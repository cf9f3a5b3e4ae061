"""The example strategies that come with forven: where they are, and reading them."""

from pathlib import Path

from forven.primitives.errors import InvalidInput
from forven.strategies.structured import StructuredStrategy, parse_strategy

_PACKAGE = Path(__file__).resolve().parents[1]


def examples_folder() -> Path:
    """Return the folder of the examples: beside the package in a checkout, inside it in a wheel."""
    folders = (_PACKAGE / "examples", _PACKAGE.parent / "examples")
    for folder in folders:
        if folder.is_dir():
            return folder
    raise InvalidInput(
        f"examples: expected a folder at {folders[0]} or {folders[1]}, found none; "
        "install forven again, or name a folder"
    )


def read_strategies(folder: Path) -> list[tuple[Path, StructuredStrategy]]:
    """Return the strategies in a folder's JSON files, sorted by file name."""
    if not folder.is_dir():
        raise InvalidInput(f"{folder}: expected a folder of strategies, found none; check the path")
    return [(path, parse_strategy(path)) for path in sorted(folder.glob("*.json"))]
