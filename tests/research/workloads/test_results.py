import re
import socket
from typing import Any

import pytest

from benchmarks.results import FIELDS, checked
from benchmarks.rows import ROW_FIELDS
from benchmarks.sizes import ROOT, SIZES, BenchmarkFailed


def test_the_results_of_a_whole_run_hold_every_field_and_every_measure(results) -> None:
    assert set(results) == FIELDS
    assert [set(row) for row in results["rows"]] == [ROW_FIELDS] * len(results["rows"])
    found = [row["measure"] for row in results["rows"]]
    assert {name: found.count(name) for name in found} == {
        "option_day": 2,
        "fleet": 6,
        "pipeline": 1,
        "start": 2,
    }
    assert results["size"] == "tiny"
    assert results["sizes"]["pipeline_days"] == SIZES["tiny"].pipeline_days
    assert results["command"] == "python -m benchmarks --size tiny"
    machine = results["machine"]
    assert set(machine) == {
        *("cpu", "cores", "memory_gib", "system", "python", "backend", "versions"),
    }
    assert all(machine.values())


def test_the_results_name_neither_the_host_nor_a_path(tiny_run: tuple[str, dict[str, Any]]) -> None:
    text = str(tiny_run[1])
    assert str(ROOT) not in text
    assert not re.search(rf"\b{re.escape(socket.gethostname())}\b", text)


def test_the_live_day_and_the_fleet_of_the_same_bots_have_one_digest(results) -> None:
    live = next(row for row in results["rows"] if "live fills" in row["label"])
    bots = live["details"]["bots"]
    fleet = [
        row["digest"]
        for row in results["rows"]
        if row["measure"] == "fleet" and row["details"]["bots"] == bots
    ]
    assert fleet == [live["digest"]] * 3


def test_the_table_shows_every_figure_and_the_beginning_of_every_digest(tiny_run) -> None:
    shown, results = tiny_run
    for row in results["rows"]:
        assert row["digest"][:12] in shown
        assert row["label"] in shown
        assert f"{row['value']:,.0f} {row['unit']}" in shown or row["value"] < 100


@pytest.mark.parametrize("name", ["schema", "machine", "load"])
def test_results_without_a_field_are_refused(results, name: str) -> None:
    del results[name]
    with pytest.raises(BenchmarkFailed, match=name):
        checked(results)


def test_a_row_without_a_digest_is_refused(results) -> None:
    results["rows"][3]["digest"] = ""
    with pytest.raises(BenchmarkFailed, match=r"rows\[3\]"):
        checked(results)
