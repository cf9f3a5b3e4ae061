"""Everything that can run a world: the worked examples are asked of each."""

from collections.abc import Callable
from functools import partial

from tests.reference.perpetual.comparison import Outcome, oracle_outcomes
from tests.reference.perpetual.kernel_run import Kernel, kernel_outcomes
from tests.reference.perpetual.worlds import World
from tests.reference.sides import installed_sides

Runner = Callable[[World], list[Outcome]]

NAMES = ("numba", "rust")
"""Kernels there may be."""

KERNELS = {name: Kernel(name, side) for name, side in installed_sides("perpetual").items()}
"""Kernels that are installed, by name; the oracle judges them."""

RUNNERS: dict[str, Runner] = {"oracle": oracle_outcomes}
RUNNERS |= {name: partial(kernel_outcomes, kernel) for name, kernel in KERNELS.items()}
"""Runners by name."""
