"""One whole tiny run beside the field: every workload, every backend, whoever can take part."""

import re
import socket
from typing import Any

import pytest

from benchmarks.__main__ import ALL_WORKLOADS
from benchmarks.bars.contests import BAR_PEERS
from benchmarks.field import HFTBACKTEST, NAUTILUS, ROOT
from forven.research.workloads.backends import available_backends

pytestmark = pytest.mark.slow


def test_a_whole_run_has_rows_of_every_workload_and_every_backend(results) -> None:
    found, _ = available_backends()
    by = {(row["workload"], row["entrant"]) for row in results["rows"] if row["kind"] == "ours"}
    assert by == {(workload, backend) for workload in ALL_WORKLOADS for backend in found}
    assert results["command"] == "python -m benchmarks --size tiny"


def test_floors_and_hand_written_loops_stand_beside_the_option_day(results) -> None:
    first = results["rows"][0]
    beside = {(one["to"], one["kind"]) for one in first["ratios"]}
    assert {("memory floor", "time"), ("compare loop, held frames", "time")} <= beside
    assert {(f"{way} by hand", "speed") for way in ("numba", "numpy", "polars")} <= beside


@pytest.mark.parametrize("peer", [HFTBACKTEST, NAUTILUS])
def test_a_peer_has_rows_or_a_reason(results, peer) -> None:
    rows = [row for row in results["rows"] if row["entrant"] == peer.name]
    reasons = {one["reason"] for one in results["missing"] if one["entrant"] == peer.name}
    assert bool(rows) != bool(reasons)
    assert reasons <= {peer.reason}


@pytest.mark.parametrize("one", BAR_PEERS, ids=lambda one: one.name)
def test_a_peer_over_bars_has_a_row_or_a_reason(results, one) -> None:
    rows = [row for row in results["rows"] if row["entrant"] == one.name]
    reasons = {said["reason"] for said in results["missing"] if said["entrant"] == one.name}
    assert len(rows) == (one.peer.reason is None)
    assert reasons == ({one.peer.reason} - {None})


def test_rust_and_numba_are_put_beside_each_other(results) -> None:
    found, _ = available_backends()
    if len(found) < 2:
        pytest.skip(f"expected both backends, found {', '.join(found)}")
    for row in results["rows"]:
        if row["entrant"] == "rust":
            assert "numba" in {one["to"] for one in row["ratios"]}


def test_the_live_day_and_the_fleet_of_the_same_bots_have_one_journal(results) -> None:
    fleets = {row["digest"] for row in results["rows"] if row["label"].startswith("32 bots")}
    assert len(fleets) == 1


def test_the_results_name_neither_the_host_nor_a_path(tiny_run: tuple[str, dict[str, Any]]) -> None:
    text = str(tiny_run[1])
    assert str(ROOT) not in text
    assert not re.search(rf"\b{re.escape(socket.gethostname())}\b", text)


def test_the_table_shows_the_beginning_of_every_digest(tiny_run) -> None:
    shown, results = tiny_run
    assert all(row["digest"][:12] in shown for row in results["rows"])
