"""The built-in strategies, a file a family; every strategy a module declares is found."""

from types import ModuleType

from forven.strategies.bars.library import (
    bands,
    breakout,
    composites,
    crossovers,
    macro,
    oscillators,
    other,
    positioning,
    price_action,
    reversion,
    strength,
    trend,
    volume_flow,
    vwap_lines,
)

MODULES: tuple[ModuleType, ...] = (
    bands,
    breakout,
    composites,
    crossovers,
    macro,
    oscillators,
    other,
    positioning,
    price_action,
    reversion,
    strength,
    trend,
    volume_flow,
    vwap_lines,
)
