"""The rule of places: a test lies where its source lies and carries its name."""

from collections.abc import Set

from tests.architecture.sources import Source

OWN_TREES = ("tests/architecture", "tests/engine_rs", "tests/reference")
"""Tests that mirror no Python file: the rules, the Rust extension, the oracle and its checks."""


def modules_of(sources: tuple[Source, ...]) -> frozenset[str]:
    """Return every module and folder outside tests, without `forven/` and `.py`: `market/day`."""
    found: set[str] = set()
    for source in sources:
        if source.lies_in("tests"):
            continue
        path = source.name.with_suffix("")
        for name in (path, *path.parents):
            found.add(name.as_posix().removeprefix("forven/"))
    return frozenset(found - {"."})


def unmirrored_tests(source: Source, modules: Set[str]) -> list[str]:
    """Return a test file without its source: `tests/market/test_day.py` has `market/day`.

    A long file's tests may be split, the aspect after the name: `test_day_bounds.py`.
    """
    name = source.name
    if (
        not source.lies_in("tests")
        or not name.name.startswith("test_")
        or source.lies_in(*OWN_TREES)
    ):
        return []
    words = name.stem.removeprefix("test_").split("_")
    folder = "/".join(name.parts[1:-1])
    prefix = f"{folder}/" if folder else ""
    candidates = {prefix + "_".join(words[: count + 1]) for count in range(len(words))}
    if candidates & modules:
        return []
    return [f"{source.path}: expected a source {prefix}{'_'.join(words)}.py, found none"]
