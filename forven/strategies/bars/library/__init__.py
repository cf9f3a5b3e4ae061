"""The built-in strategies, a file a family; every strategy a module declares is found."""

from types import ModuleType

from forven.strategies.bars.library import (
    composites,
    crossovers,
    macro,
    other,
    positioning,
    trend,
    volume_flow,
)

MODULES: tuple[ModuleType, ...] = (
    composites,
    crossovers,
    macro,
    other,
    positioning,
    trend,
    volume_flow,
)
