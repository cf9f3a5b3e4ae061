"""The built-in strategies, a file a family; every strategy a module declares is found."""

from types import ModuleType

from forven.strategies.bars.library import trend

MODULES: tuple[ModuleType, ...] = (trend,)
