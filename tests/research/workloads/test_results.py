import json
import re
import socket
from pathlib import Path

import pytest

from forven.research.workloads.contests import Contest
from forven.research.workloads.results import (
    FIELDS,
    HEADER,
    Asked,
    cells,
    checked,
    missing_texts,
    read_results,
    take_results,
)
from forven.research.workloads.rows import RATE, ROW_FIELDS
from forven.research.workloads.sizes import SIZES, BenchmarkFailed


@pytest.fixture
def results(player) -> dict:
    contest = Contest(
        workload="work",
        label="some work",
        unit="things/s",
        form=RATE,
        rounds=1,
        entrants=(player("a"),),
        missing={"b": "run `make b`"},
    )
    asked = Asked(command="forven bench", size=SIZES["tiny"])
    return json.loads(json.dumps(take_results(asked, [contest], lambda _: None)))


def test_results_hold_every_field_the_machine_and_the_versions(results) -> None:
    assert set(results) == FIELDS
    assert [set(row) for row in results["rows"]] == [ROW_FIELDS]
    assert set(results["machine"]) == {"cpu", "cores", "memory_gib", "system", "python"}
    assert all(results["machine"].values())
    assert results["versions"] == {"a": {"player": "1"}}
    assert len(results["load"]) == 2
    assert results["seconds"] > 0


def test_results_name_neither_the_host_nor_a_path(results) -> None:
    text = json.dumps(results)
    assert not re.search(rf"\b{re.escape(socket.gethostname())}\b", text)
    assert str(Path(__file__).parents[3]) not in text


def test_a_row_has_a_cell_for_each_heading(results) -> None:
    texts = cells(results["rows"][0])
    assert len(texts) == len(HEADER)
    assert texts[:3] == ["some work", "a", "5.00 things/s"]


def test_who_is_missing_is_said_once_with_the_reason(results) -> None:
    results["missing"] *= 3
    assert missing_texts(results) == ["b: no rows: run `make b`"]


@pytest.mark.parametrize("name", ["schema", "machine", "load"])
def test_results_without_a_field_are_refused(results, name: str) -> None:
    del results[name]
    with pytest.raises(BenchmarkFailed, match=name):
        checked(results)


def test_a_row_without_a_digest_is_refused(results) -> None:
    results["rows"][0]["digest"] = ""
    with pytest.raises(BenchmarkFailed, match=r"rows\[0\]"):
        checked(results)


def test_results_that_are_not_there_or_of_another_schema_are_refused(results, tmp_path) -> None:
    with pytest.raises(BenchmarkFailed, match="run `make bench` first"):
        read_results(tmp_path / "none.json")
    path = tmp_path / "old.json"
    path.write_text(json.dumps({**results, "schema": 1}), "utf-8")
    with pytest.raises(BenchmarkFailed, match="expected 2, found 1"):
        read_results(path)
