"""What every benchmark gets: its size; and what the report gets: the machine."""

from typing import Any

import pytest

from benchmarks.machine import machine_facts
from benchmarks.sizes import Size, chosen_size


@pytest.fixture(scope="session")
def size() -> Size:
    """Return the size that `FORVEN_BENCH_SIZE` names."""
    return chosen_size()


def pytest_benchmark_update_machine_info(machine_info: dict[str, Any]) -> None:
    """Put the facts that the results publish beside those that pytest-benchmark collects."""
    machine_info["forven"] = machine_facts()
