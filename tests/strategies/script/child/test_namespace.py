"""The second wall: what a script's names give it. It is run here, where nothing is hostile."""

import random
import statistics
from datetime import UTC, datetime

import pytest

from forven.primitives.errors import InvalidInput
from forven.strategies.script.child.namespace import ImportRefused, NameRefused, namespace_for
from forven.strategies.script.names import BUILTINS, REFUSED_NAMES

# What a process has imported before a script runs in it.
assert statistics.mean([random.random(), datetime.strptime("24+0000", "%y%z").astimezone(UTC).year])


def run(text, modules=("datetime", "random", "statistics"), seed=1):
    said = []
    scope = namespace_for(modules, seed, lambda *texts: said.append(texts))
    exec(compile(text, "script", "exec", dont_inherit=True), scope)
    return scope, said


CHANGED = {"__import__", "delattr", "getattr", "hasattr", "print", "setattr"}


def test_only_listed_builtins_are_there():
    scope, _ = run("")
    names = set(scope["__builtins__"])
    assert names == set(BUILTINS) | CHANGED
    assert not names & set(REFUSED_NAMES) - {"__import__"}


@pytest.mark.parametrize("name", ["os", "sys", "math", "socket", "ctypes", "forven"])
def test_a_module_that_was_not_named_cannot_be_imported(name):
    with pytest.raises(ImportRefused, match=f"import: expected one of bisect, .* found {name}"):
        run(f"import {name}")


@pytest.mark.parametrize("call", ["getattr(1, n)", "hasattr(1, n)", "setattr(1, n, 1)"])
@pytest.mark.parametrize("name", ["__class__", "gi_frame", "__globals__", 3])
def test_inner_attributes_cannot_be_named(call, name):
    with pytest.raises(NameRefused, match="attribute: expected a public name"):
        run(f"n = {name!r}\n{call}")


def test_public_attributes_can_be_named():
    scope, _ = run(
        "class A: pass\na = A()\nsetattr(a, 'x', 1)\nb = getattr(a, 'x'), getattr(a, 'y', 2)\n"
        "delattr(a, 'x')\nc = hasattr(a, 'x')"
    )
    assert (scope["b"], scope["c"]) == ((1, 2), False)


MOMENT = "datetime.datetime(2024, 1, 2)"


@pytest.mark.parametrize(
    "line",
    [
        "datetime.datetime.now()",
        "datetime.datetime.utcnow()",
        "datetime.datetime.today()",
        "datetime.date.today()",
        f"{MOMENT}.now()",
        f"{MOMENT}.date().today()",
        f"({MOMENT} + datetime.timedelta(1)).now()",
        f"{MOMENT}.replace(year=2025).astimezone(datetime.timezone.utc).now()",
        "datetime.datetime.fromisoformat('2024-01-02').now()",
        "datetime.datetime.strptime('2024', '%Y').date().today()",
        "datetime.datetime.combine(datetime.date(2024, 1, 2), datetime.time()).now()",
        "(datetime.date(2024, 1, 2) - datetime.timedelta(1)).today()",
        "datetime.datetime.min.now()",
        "datetime.datetime.max.date().today()",
        "datetime.date.max.today()",
        "type(datetime.date.min).today()",
    ],
)
def test_there_is_no_clock(line):
    with pytest.raises(InvalidInput, match=r"clock: expected ctx\.now or ctx\.clock"):
        run(f"import datetime\n{line}")


def test_dates_work_apart_from_the_clock():
    scope, _ = run(
        "from datetime import date, datetime, time, timedelta\n"
        "a = datetime(2024, 1, 31) + timedelta(days=1)\n"
        "b = isinstance(a.date(), date), isinstance(a, datetime), isinstance(a, date)\n"
        "c = datetime.strptime('2024-02-03', '%Y-%m-%d').strftime('%d.%m.')\n"
        "d = date(2024, 3, 1) - date(2024, 2, 1), datetime.combine(date(2024, 1, 1), time(9))"
    )
    assert scope["a"].isoformat() == "2024-02-01T00:00:00"
    assert scope["b"] == (True, True, True)
    assert scope["c"] == "03.02."
    assert scope["d"][0].days == 29


def test_chance_is_seeded_and_leaves_that_of_the_process_alone():
    text = "import random\na = random.random(), random.Random().random(), random.Random(5).random()"
    before = random.getstate()
    found = [run(text, seed=seed)[0]["a"] for seed in (1, 1, 2)]
    assert found[0] == found[1] != found[2]
    assert found[0][2] == random.Random(5).random()
    assert random.getstate() == before
    scope, _ = run(
        "import random\nrandom.seed()\na = random.random()\nrandom.seed()\nb = random.random()"
    )
    assert scope["a"] == scope["b"]
    with pytest.raises(AttributeError):
        run("import random\nrandom.SystemRandom")


def test_what_is_printed_is_written():
    assert run("print('a', 1, sep='')")[1] == [("a", 1)]


def test_classes_and_their_kinds_work():
    scope, _ = run(
        "from statistics import fmean\n"
        "class A:\n    def __init__(self): super().__init__(); self.x = 1\n"
        "class B(A):\n    @property\n    def y(self): return self.x + 1\n"
        "a = B().y, fmean([1, 2]), sorted({3, 1}), [n for n in range(3)]"
    )
    assert scope["a"] == (2, 1.5, [1, 3], [0, 1, 2])
