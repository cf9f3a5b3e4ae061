"""Everything that can run a scenario: the worked examples are asked of each."""

from collections.abc import Callable

import pytest

from tests.reference.bars.comparison import Outcome, oracle_outcome
from tests.reference.bars.kernel_run import Kernel, kernel_outcome
from tests.reference.bars.scenarios import Scenario
from tests.reference.sides import installed_sides

Runner = Callable[[Scenario], Outcome]

NAMES = ("numba", "rust")
"""Kernels there may be."""

TRADES_MAX = 1_000
"""Room for the trades of an example."""

KERNELS = {name: Kernel(name, side) for name, side in installed_sides("bars").items()}
"""Kernels that are installed, by name; the oracle judges them."""


def runner_of(kernel: Kernel) -> Runner:
    """Return what runs examples through a kernel."""
    return lambda scenario: kernel_outcome(kernel, scenario, TRADES_MAX)


RUNNERS: dict[str, Runner] = {"oracle": oracle_outcome}
RUNNERS |= {name: runner_of(kernel) for name, kernel in KERNELS.items()}
"""Runners by name."""


def runner_named(name: str) -> Runner:
    """Return what runs scenarios by a name; without the extension Rust is skipped, saying so."""
    if name not in RUNNERS:
        pytest.skip("expected the Rust extension of forven's version, found none: `make rust`")
    return RUNNERS[name]
