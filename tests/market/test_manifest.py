import json
from dataclasses import replace
from datetime import date

import pytest

from forven.market.manifest import DayEntry, Manifest, checked_name, is_name, read_manifest
from forven.primitives.errors import InvalidInput, UntrustedData

ENTRY = DayEntry(content_hash="ab" * 32, quote_rows=4, print_rows=2)
MANIFEST = Manifest(source="a test", description="", days={date(2024, 6, 3): ENTRY})


@pytest.mark.parametrize("name", ["a", "7", "spxw-2024.q1_x", "a" * 64])
def test_plain_names_are_taken(name):
    assert checked_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x", "a/b", "a\\b", "/etc", ".hidden", "-x", "A", "ä", "a b", "a\n", "a\0",
     "a" * 65, None, 7],
)  # fmt: skip
def test_names_that_could_leave_the_data_root_are_refused(name):
    with pytest.raises(InvalidInput, match="dataset name"):
        checked_name(name)
    assert not (isinstance(name, str) and is_name(name))


def test_a_manifest_reads_back_as_it_was_written(tmp_path):
    MANIFEST.write(tmp_path)
    assert read_manifest(tmp_path) == MANIFEST


def test_the_seed_of_made_up_days_is_kept_and_recorded_days_have_none(tmp_path):
    made_up = replace(MANIFEST, seed=7)
    made_up.write(tmp_path)
    assert read_manifest(tmp_path) == made_up
    MANIFEST.write(tmp_path)
    assert "seed" not in json.loads((tmp_path / "dataset.json").read_text())


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"source": 1},
        {"days": []},
        {"days": {"2024-6-3": {}}},
        {"days": {"2024-06-03": {"content_hash": "x", "quote_rows": 1}}},
        {"days": {"2024-06-03": {"content_hash": "x", "quote_rows": 1, "print_rows": "2"}}},
        {"more": 1},
        {"seed": "7"},
        {"seed": None},
        {"seed": True},
    ],
)
def test_a_manifest_that_is_not_as_written_is_refused_by_file(tmp_path, change):
    MANIFEST.write(tmp_path)
    path = tmp_path / "dataset.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(UntrustedData, match=r"dataset\.json: expected the file as forven wrote it"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00", "null"])
def test_a_manifest_that_is_no_document_is_refused(tmp_path, text):
    (tmp_path / "dataset.json").write_text(text)
    with pytest.raises(UntrustedData, match=r"dataset\.json.*import that day again"):
        read_manifest(tmp_path)
