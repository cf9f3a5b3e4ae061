from pathlib import Path

from forven.market.home import home_folder


def test_the_data_root_is_what_is_given_then_forven_home_then_a_folder_of_the_user(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("FORVEN_HOME", str(tmp_path / "named"))
    assert home_folder(tmp_path / "given") == tmp_path / "given"
    assert home_folder() == tmp_path / "named"
    monkeypatch.delenv("FORVEN_HOME")
    assert home_folder() == Path.home() / ".forven"
