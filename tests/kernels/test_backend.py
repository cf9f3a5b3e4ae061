"""The door to the kernels: what may be asked for, what serves, and what is said of it."""

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import forven
from forven.kernels import backend
from forven.primitives.errors import BackendUnavailable
from tests.reference.sides import has_rust, installed_sides

ROOT = Path(forven.__file__).parent.parent


@pytest.fixture
def extension(monkeypatch):
    """Return a function that installs an extension of some version; None: it takes it away."""

    def install(found):
        module = None if found is None else SimpleNamespace(__version__=found)
        monkeypatch.setitem(sys.modules, backend.EXTENSION, module)
        real = backend.importlib.import_module

        def import_module(name):
            if name == backend.EXTENSION and found is None:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
            return real(name)

        monkeypatch.setattr(backend.importlib, "import_module", import_module)

    return install


def test_auto_takes_rust_where_its_version_is_forvens(extension):
    extension(forven.__version__)
    assert backend.choose("auto") == backend.choose("rust") == ("rust", "")


def test_auto_takes_numba_without_a_word_where_nothing_is_installed(extension):
    extension(None)
    assert backend.choose("auto") == ("numba", "")


def test_auto_says_that_it_left_another_version_aside(extension):
    extension("0.0.1")
    name, note = backend.choose("auto")
    assert name == "numba"
    assert note == f"forven-engine left aside: version 0.0.1 (forven is {forven.__version__})"


def test_auto_says_that_it_left_a_broken_extension_aside(monkeypatch):
    def fail(name):
        raise ImportError("wrong ELF class")

    monkeypatch.setattr(backend.importlib, "import_module", fail)
    name, note = backend.choose("auto")
    assert name == "numba"
    assert "does not load (ImportError: wrong ELF class)" in note


@pytest.mark.parametrize(("found", "words"), [(None, "none"), ("0.0.1", r"version 0\.0\.1")])
def test_rust_that_is_not_there_is_an_error_that_says_how_to_mend_it(extension, found, words):
    extension(found)
    expected = f"FORVEN_BACKEND=rust: expected the extension forven-engine .*, found {words}"
    with pytest.raises(BackendUnavailable, match=f"{expected}.*; run `make rust`, or unset"):
        backend.choose("rust")


def test_numba_does_not_look_for_the_extension(monkeypatch):
    monkeypatch.setattr(backend, "extension_trouble", lambda: pytest.fail("it looked"))
    assert backend.choose("numba") == ("numba", "")


@pytest.mark.parametrize("wanted", ["", "rust!", "NUMBA", "numba "])
def test_another_name_is_refused_with_the_choices(wanted):
    with pytest.raises(BackendUnavailable, match=r"expected one of auto, rust, numba, found"):
        backend.choose(wanted)


@pytest.mark.parametrize("part", backend.PARTS)
def test_both_sides_offer_the_same_names_with_the_same_arguments(part):
    sides = installed_sides(part)
    if len(sides) < 2:
        pytest.skip("expected the Rust extension of forven's version, found none: `make rust`")
    offered = [
        {name: value for name, value in vars(side).items() if is_offered(side, name)}
        for side in sides.values()
    ]
    assert offered[0].keys() == offered[1].keys() != set()
    for name in offered[0]:
        assert arguments(offered[0][name]) == arguments(offered[1][name])


def is_offered(side, name):
    value = getattr(side, name)
    is_own = getattr(value, "__module__", None) == side.__name__
    return not name.startswith("_") and (name in getattr(side, "__all__", ()) or is_own)


def arguments(offered):
    """Return the names of a function's arguments, or of those of a class's methods."""
    if inspect.isclass(offered):
        methods = {name: one for name, one in vars(offered).items() if inspect.isfunction(one)}
        public = [name for name in methods if name == "__init__" or not name.startswith("_")]
        return {name: arguments(methods[name]) for name in public}
    plain = getattr(offered, "py_func", offered)
    return [name for name in inspect.signature(plain).parameters if name != "threads"]


def run_forven(arguments, backend_name, home):
    """Run the command line in a process of its own; return what it wrote and what it loaded."""
    program = (
        "import sys\nfrom forven import cli\ncode = cli.run()\n"
        "loaded = sorted({'numba', 'llvmlite', 'forven_engine'} & set(sys.modules))\n"
        "print(','.join(loaded), file=sys.stderr)\nsys.exit(code)"
    )
    changed = {"PYTHONPATH": str(ROOT), "FORVEN_BACKEND": backend_name, "FORVEN_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, **changed},
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_a_bad_backend_is_one_clear_line_at_the_command_line(tmp_path):
    done = run_forven(["backtest", "none.json", "--data", "demo"], "gpu", tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == (
        "error: FORVEN_BACKEND: expected one of auto, rust, numba, found 'gpu'; "
        "unset it, or set it to one of these"
    )


def test_a_bad_backend_does_not_keep_help_from_being_shown(tmp_path):
    assert run_forven(["data", "--help"], "gpu", tmp_path).returncode == 0


def test_a_backtest_is_the_same_on_both_backends_and_rust_loads_nothing_of_numba(tmp_path):
    if not has_rust():
        pytest.skip("expected the Rust extension of forven's version, found none: `make rust`")
    made = ["data", "synthesize", "small", "--days", "2", "--seed", "3", "--frame-seconds", "60"]
    assert run_forven(made, "numba", tmp_path).returncode == 0
    asked = ["backtest", str(ROOT / "examples" / "iron_condor.json"), "--data", "small", "--json"]
    found = {}
    for name in ("rust", "numba"):
        done = run_forven(asked, name, tmp_path)
        assert done.returncode == 0, done.stderr
        found[name] = json.loads(done.stdout)
        loaded = done.stderr.splitlines()[-1]
        assert loaded == {"rust": "forven_engine", "numba": "llvmlite,numba"}[name]
        assert found[name]["provenance"]["backend"] == name
        assert "compiling" not in done.stderr or name == "numba"
    origins = [document.pop("provenance") for document in found.values()]
    assert found["rust"] == found["numba"]
    assert origins[0]["journal_digest"] == origins[1]["journal_digest"]
    assert "forven-engine" in origins[0]["versions"]
    assert "numba" in origins[1]["versions"]


@pytest.mark.parametrize(
    ("kernels", "parts"),
    [
        (("session.advance", "frames.fill_quotes"), ("session", "frames", "pricing")),
        (("perpetual.advance",), ("perpetual",)),
        (("synthetic.walk",), ()),
    ],
)
def test_work_over_sessions_takes_what_runs_beside_its_kernel(kernels, parts):
    assert backend.parts_behind(kernels) == parts


@pytest.mark.parametrize("backend_name", ["numba", "rust"] if has_rust() else ["numba"])
def test_what_runs_and_sweeps_is_imported_without_its_kernels(backend_name, tmp_path):
    program = (
        "import sys, forven.commands.sweep_run, forven.research.backtest\n"
        "sides = tuple(f'forven.kernels.{side}.' for side in ('jit', 'numba_side', 'rust_side'))\n"
        "print([name for name in sys.modules if name.startswith(sides)])"
    )
    changed = {"PYTHONPATH": str(ROOT), "FORVEN_BACKEND": backend_name}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **changed, "FORVEN_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stdout.strip() == "[]", done.stderr
