"""Everything that can run a world: the worked examples are asked of each."""

from collections.abc import Callable

from tests.reference.perpetual.comparison import Outcome, oracle_outcomes
from tests.reference.perpetual.worlds import World

Runner = Callable[[World], list[Outcome]]

RUNNERS: dict[str, Runner] = {"oracle": oracle_outcomes}
"""Runners by name."""
