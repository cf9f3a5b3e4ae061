"""The built-in strategies, a file a family; every strategy a module declares is found."""

from types import ModuleType

from forven.strategies.bars.library import (
    crossovers,
    oscillators,
    reversion,
    strength,
    trend,
    volume_flow,
    vwap_lines,
)

MODULES: tuple[ModuleType, ...] = (
    crossovers,
    oscillators,
    reversion,
    strength,
    trend,
    volume_flow,
    vwap_lines,
)
