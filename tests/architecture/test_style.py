"""Every Python file keeps the rules of form, and every rule can fail."""

from collections.abc import Callable
from functools import cache

import pytest

from tests.architecture import error_rules, mirror_rules, style_rules
from tests.architecture.sources import ROOT, Source, python_sources

RULES = [
    style_rules.long_files,
    style_rules.long_functions,
    style_rules.many_parameters,
    style_rules.vague_names,
    style_rules.unnamed_rooms,
    style_rules.imports_inside_functions,
    style_rules.fast_math,
    style_rules.prints,
    style_rules.missing_docstrings,
    style_rules.poor_names,
]
SIX = "a, b, c, d, e, f"
LONG_BODY = "    x = 1\n" * 60
BROKEN = [
    (style_rules.long_files, "forven/market/day.py", "x = 1\n" * 401),
    (style_rules.long_functions, "tests/test_day.py", "def f():\n" + LONG_BODY),
    (style_rules.many_parameters, "forven/market/day.py", f"def f({SIX}, g): ..."),
    (
        style_rules.many_parameters,
        "forven/market/day.py",
        f"class A:\n def f(self, {SIX}, *g): ...",
    ),
    (style_rules.many_parameters, "forven/kernels/jit/a.py", f"def f({SIX}, g, h, i, j, k): ..."),
    (style_rules.vague_names, "forven/market/utils.py", ""),
    (style_rules.vague_names, "tests/helpers/day.py", ""),
    (style_rules.unnamed_rooms, "forven/market/__init__.py", "import os"),
    (style_rules.unnamed_rooms, "forven/market/__init__.py", '"""Two lines\nwithout a break."""'),
    (style_rules.imports_inside_functions, "tests/test_day.py", "def f():\n    import os"),
    (style_rules.imports_inside_functions, "api/a.py", "importlib.import_module('os')"),
    (style_rules.fast_math, "forven/kernels/jit/a.py", "k = njit(fastmath=True)"),
    (style_rules.prints, "forven/market/day.py", "print(1)"),
    (style_rules.missing_docstrings, "forven/market/day.py", '"""A."""\ndef f(): ...'),
    (style_rules.missing_docstrings, "api/a.py", '"""A."""\nclass A:\n "B."\n def f(self): ...'),
    (style_rules.missing_docstrings, "api/a.py", "x = 1"),
    (style_rules.poor_names, "forven/market/day.py", "def f(qty): ..."),
    (style_rules.poor_names, "forven/market/day.py", "ms_latency = 1"),
]
SOUND = [
    (style_rules.long_files, "forven/market/day.py", "x = 1\n" * 400),
    (style_rules.long_functions, "tests/test_day.py", "def f():\n" + LONG_BODY[:-10]),
    (style_rules.many_parameters, "forven/market/day.py", f"class A:\n def f(self, {SIX}): ..."),
    (style_rules.many_parameters, "forven/kernels/jit/a.py", f"def f({SIX}, g, h, i, j): ..."),
    (style_rules.imports_inside_functions, "forven/cli.py", "importlib.import_module('os')"),
    (style_rules.prints, "forven/commands/demo.py", "print(1)"),
    (style_rules.missing_docstrings, "api/a.py", '"""A."""\ndef _f(): ...'),
    (style_rules.poor_names, "forven/market/day.py", "latency_ns_max = quanta_per_point = 1"),
]


def complaints(broken: list[list[str]]) -> str:
    """Return all complaints as lines; empty where there are none."""
    return "\n".join(line for lines in broken for line in lines)


@cache
def known_errors() -> frozenset[str]:
    """Return what forven may raise."""
    return error_rules.forven_errors(python_sources())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_file_keeps_the_rule(rule: Callable[[Source], list[str]]) -> None:
    assert complaints([rule(source) for source in python_sources()]) == ""


@pytest.mark.parametrize(("rule", "path", "text"), BROKEN)
def test_a_rule_finds_what_breaks_it(rule, path, text) -> None:
    assert len(rule(Source(path, text))) == 1


@pytest.mark.parametrize(("rule", "path", "text"), SOUND)
def test_a_rule_passes_what_lies_just_inside_it(rule, path, text) -> None:
    assert rule(Source(path, text)) == []


def test_every_rule_is_shown_to_fail() -> None:
    assert {rule for rule, _, _ in BROKEN} == set(RULES)


def test_the_rules_see_every_tree() -> None:
    assert {"forven", "api", "tests"} <= {source.path.split("/")[0] for source in python_sources()}


@pytest.mark.parametrize("tree", ["forven", "api", "benchmarks"])
def test_every_folder_of_source_is_a_room_with_a_name(tree: str) -> None:
    folders = {source.name.parent for source in python_sources() if source.lies_in(tree)}
    assert [str(folder) for folder in folders if not (ROOT / folder / "__init__.py").exists()] == []


def test_forven_raises_only_its_own_errors() -> None:
    known = known_errors()
    own = [source for source in python_sources() if source.lies_in("forven")]
    assert complaints([error_rules.foreign_errors(source, known) for source in own]) == ""


@pytest.mark.parametrize(
    ("path", "text", "count"),
    [
        ("forven/market/day.py", "raise ValueError('x')", 1),
        ("forven/market/day.py", "raise click.UsageError('x')", 1),
        ("forven/market/day.py", "def f(found):\n    raise found", 1),
        ("forven/market/day.py", "raise errors.InvalidInput('x') from None", 0),
        ("forven/market/day.py", "try:\n    f()\nexcept OSError as error:\n    raise error", 0),
        ("forven/market/day.py", "try:\n    f()\nexcept OSError:\n    raise", 0),
        ("forven/market/day.py", "def f(error: type[InvalidInput]):\n    raise error('x')", 0),
        ("forven/market/day.py", "def f(error: type[OSError]):\n    raise error('x')", 1),
        ("forven/market/day.py", "def f():\n    e = InvalidInput('x')\n    raise e", 0),
        ("forven/market/day.py", "def f():\n    e = OSError('x')\n    raise e", 1),
        ("forven/market/day.py", "try:\n    raise OSError\nexcept OSError:\n    f()", 0),
        ("forven/market/day.py", "try:\n    raise OSError\nexcept KeyError:\n    f()", 1),
        ("forven/market/day.py", "try:\n    raise OSError\nexcept OSError:\n    raise", 1),
        ("forven/__init__.py", "def __getattr__(name):\n    raise AttributeError(name)", 0),
        ("forven/commands/demo.py", "raise click.UsageError('x')", 0),
        ("forven/commands/demo.py", "raise KeyError('x')", 1),
    ],
)
def test_an_error_of_another_family_is_found(path: str, text: str, count: int) -> None:
    known = known_errors()
    assert len(error_rules.foreign_errors(Source(path, text), known)) == count


def test_a_function_that_returns_an_error_may_be_raised() -> None:
    maker = Source("forven/market/a.py", "def f() -> ForvenError: ...\ndef g() -> OSError: ...")
    assert error_rules.forven_errors([maker]) == {"ForvenError", "f"}


def test_every_test_file_mirrors_a_source_file() -> None:
    modules = mirror_rules.modules_of(python_sources())
    broken = [mirror_rules.unmirrored_tests(source, modules) for source in python_sources()]
    assert complaints(broken) == ""


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("tests/primitives/test_money.py", 0),
        ("tests/primitives/test_money_spelling.py", 0),
        ("tests/primitives/test_coins.py", 1),
        ("tests/market/test_money.py", 1),
        ("tests/test_primitives.py", 0),
        ("tests/reference/test_world.py", 0),
    ],
)
def test_a_test_without_its_source_is_found(path: str, count: int) -> None:
    modules = mirror_rules.modules_of(python_sources())
    assert len(mirror_rules.unmirrored_tests(Source(path, ""), modules)) == count
