"""The built-in strategies, a file a family; every strategy a module declares is found."""

from types import ModuleType

from forven.strategies.bars.library import (
    bands,
    breakout,
    composites,
    crossovers,
    macro,
    other,
    positioning,
    price_action,
    trend,
    volume_flow,
)

MODULES: tuple[ModuleType, ...] = (
    bands,
    breakout,
    composites,
    crossovers,
    macro,
    other,
    positioning,
    price_action,
    trend,
    volume_flow,
)
