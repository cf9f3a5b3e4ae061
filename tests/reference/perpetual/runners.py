"""Everything that can run a world: the worked examples are asked of each."""

from collections.abc import Callable
from functools import partial

from forven.kernels.jit.perpetual.session import advance, frame_rows_max
from tests.reference.perpetual.comparison import Outcome, oracle_outcomes
from tests.reference.perpetual.kernel_run import Kernel, kernel_outcomes
from tests.reference.perpetual.worlds import World

Runner = Callable[[World], list[Outcome]]

KERNELS = {"numba": Kernel("numba", advance, frame_rows_max)}
"""Kernels by name; the oracle judges them."""

RUNNERS: dict[str, Runner] = {"oracle": oracle_outcomes}
RUNNERS |= {name: partial(kernel_outcomes, kernel) for name, kernel in KERNELS.items()}
"""Runners by name."""
