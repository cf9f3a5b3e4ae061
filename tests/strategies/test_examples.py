import pytest

from forven.primitives.errors import InvalidInput, InvalidStrategy
from forven.strategies.examples import examples_folder, read_strategies


def test_the_examples_are_different_strategies():
    found = read_strategies(examples_folder())
    assert len(found) == 7
    assert len({strategy.hash for _, strategy in found}) == 7


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InvalidInput, match="nowhere: expected a folder of strategies, found none"):
        read_strategies(tmp_path / "nowhere")


def test_a_bad_file_in_a_folder_is_refused(tmp_path):
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(InvalidStrategy, match=r"bad\.json: legs: expected"):
        read_strategies(tmp_path)
