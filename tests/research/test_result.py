"""The result as users of Python hold it: the snippet of the README, and quick imports."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import forven
from forven.market.catalog import Catalog
from forven.primitives.errors import InvalidInput
from forven.strategies.examples import examples_folder

ROOT = Path(forven.__file__).parent.parent
SNIPPET = """
import forven

result = forven.backtest("examples/iron_condor.json", data="demo", fills="live")
print(result.metrics.sharpe, result.natural_metrics.sharpe)
result.write_report("report.html")
"""


@pytest.fixture
def working_folder(catalog: Catalog, tmp_path, monkeypatch) -> Path:
    """A folder with the examples, and the dataset `demo` in FORVEN_HOME."""
    home = Path(os.environ["FORVEN_HOME"])
    (home / "datasets").mkdir(parents=True)
    (home / "datasets" / "demo").symlink_to(catalog.folder / "coarse")
    (tmp_path / "examples").symlink_to(examples_folder())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_snippet_of_the_readme_runs(working_folder, capsys):
    exec(compile(SNIPPET, "snippet", "exec"), {})
    chosen, natural = capsys.readouterr().out.split()
    assert float(chosen) != float(natural)
    assert (working_folder / "report.html").read_text("utf-8").startswith("<!doctype html>")


def test_a_result_has_figures_tables_and_a_document(working_folder):
    result = forven.backtest("examples/put_credit_spread.json", data="demo")
    assert isinstance(result, forven.BacktestResult)
    assert result.metrics.sessions == 12
    assert len(result.write_parquet("tables")) == 3
    assert result.as_document()["fills"] == "backtest"


def test_an_option_that_is_none_is_said(working_folder):
    with pytest.raises(InvalidInput, match=r"options: expected .*fills.*; found slipage"):
        forven.backtest("examples/put_credit_spread.json", data="demo", slipage=1)


def test_a_name_that_is_none_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'backtests'"):
        forven.backtests  # noqa: B018 - the access is the test


def test_importing_forven_loads_nothing_heavy():
    script = (
        "import sys, forven\n"
        "print(sorted({'numba', 'numpy', 'pyarrow', 'plotly'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "[]\n", done.stderr
