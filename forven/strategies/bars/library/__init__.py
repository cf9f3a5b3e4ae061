"""The built-in strategies, a file a family; every strategy a module declares is found."""

from types import ModuleType

from forven.strategies.bars.library import (
    crossovers,
    trend,
    volume_flow,
)

MODULES: tuple[ModuleType, ...] = (
    crossovers,
    trend,
    volume_flow,
)
