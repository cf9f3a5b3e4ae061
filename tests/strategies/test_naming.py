"""Which strategies run over bars, by how they are named."""

import pytest

from forven.strategies.naming import runs_over_bars


@pytest.mark.parametrize("named", ["dema_cross", "mine.py", "a/b/mine.py", "mine.py:two"])
def test_bare_names_and_python_files_run_over_bars(named) -> None:
    assert runs_over_bars(named)


@pytest.mark.parametrize("named", ["condor.json", "./condor", "/a/condor", "a b", "", "x.py.json"])
def test_other_files_run_over_sessions(named) -> None:
    assert not runs_over_bars(named)


def test_a_file_without_a_suffix_is_a_document_a_folder_is_not(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "condor").write_text("{}")
    (tmp_path / "dema_cross").mkdir()
    assert not runs_over_bars("condor")
    assert runs_over_bars("dema_cross")
