"""The module as a whole: its version, its stub, and the schema it shares with Python."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import forven
from forven.kernels import bars_schema, perpetual_schema, pricing_schema, schema

ROOT = Path(__file__).resolve().parents[2]


def constants(module):
    return {name: value for name, value in vars(module).items() if name.isupper()}


def test_the_extension_has_forvens_version(engine):
    assert engine.__version__ == version("forven-engine") == forven.__version__


def test_the_workspace_has_forvens_version():
    text = (ROOT / "Cargo.toml").read_text()
    assert f'\nversion = "{forven.__version__}"\n' in text


def test_every_column_width_and_code_is_the_same_on_both_sides(engine):
    found = engine.schema()
    wanted = constants(schema) | constants(pricing_schema)
    assert found == wanted
    assert len(found) > 240


def test_every_column_width_and_code_of_perpetuals_is_the_same_on_both_sides(engine):
    found = engine.perpetual_schema()
    assert found == constants(perpetual_schema)
    assert len(found) > 150


def test_every_column_width_and_code_of_bars_is_the_same_on_both_sides(engine):
    found = engine.bars_schema()
    assert found == constants(bars_schema)
    assert len(found) > 110


def test_the_stub_says_what_the_module_has(engine, tmp_path):
    """mypy imports the module and compares names, arguments and defaults with the stub."""
    allowed = tmp_path / "allowed.txt"
    allowed.write_text("forven_engine.forven_engine\n")  # the library inside the package
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "forven_engine", "--allowlist", str(allowed)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_module_ships_the_stub_and_its_marker(engine):
    folder = Path(engine.__file__).parent
    assert (folder / "py.typed").exists()
    wanted = (ROOT / "engine_rs" / "bindings" / "forven_engine.pyi").read_text()
    assert (folder / "__init__.pyi").read_text() == wanted
