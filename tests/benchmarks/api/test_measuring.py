"""The measurements run, tiny: the floor, and a server with a few bots and sockets."""

import pytest

from benchmarks.api.__main__ import rows_of
from benchmarks.api.measuring import Sizes, floors, thousand_bots

TINY = Sizes(bots=3, speed="50", seconds=0.5, clients=4, deaf=1, reads_per_second=20.0)


@pytest.mark.slow
def test_a_tiny_run_measures_everything_and_nothing_is_refused() -> None:
    results = {"floor": floors(TINY), "bots": thousand_bots(TINY)}
    loads = [*results["floor"].values(), *results["bots"]["reads"].values()]
    assert all(load["requests"] > 0 and load["not_200"] == 0 for load in loads)
    for name in ("quiet", "sockets"):
        assert results["bots"][name]["frames_per_second"] > 0
    assert results["bots"]["sockets"]["least_messages"] > 0
    rows = "\n".join(rows_of(results))
    assert "small read beside the floor" in rows and "positions p99" in rows
