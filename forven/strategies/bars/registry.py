"""The built-in strategies by name."""

from functools import cache

from forven.strategies.bars.errors import InvalidBarStrategy, UnknownStrategy, proposal
from forven.strategies.bars.library import MODULES
from forven.strategies.bars.strategy import BarStrategy


@cache
def built_in() -> dict[str, BarStrategy]:
    """Return every built-in strategy by name: the families in order, each in its file's order."""
    found: dict[str, BarStrategy] = {}
    for module in MODULES:
        for strategy in vars(module).values():
            if not isinstance(strategy, BarStrategy):
                continue
            if found.get(strategy.name, strategy) is not strategy:
                raise InvalidBarStrategy(
                    f"strategy {strategy.name!r}: expected a new name, found it twice"
                )
            found[strategy.name] = strategy
    return found


def families() -> tuple[str, ...]:
    """Return the names of the families, in order."""
    return tuple(dict.fromkeys(strategy.family for strategy in built_in().values()))


def strategy_named(name: str) -> BarStrategy:
    """Return a built-in strategy; errors: UnknownStrategy with the nearest name."""
    found = built_in().get(name)
    if found is None:
        raise UnknownStrategy(
            f"strategy {name!r}: expected a built-in one; {proposal(name, built_in())}"
        )
    return found
