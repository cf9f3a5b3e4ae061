"""The four signals of a strategy over bars as booleans, from its rules or from its function."""

from collections.abc import Mapping

import numpy as np

from forven.market.bars.bars import Bars
from forven.strategies.bars.errors import InvalidBarStrategy, proposal
from forven.strategies.bars.evaluation import Bits, Evaluation
from forven.strategies.bars.parameters import Parameters
from forven.strategies.bars.rules import SIGNALS
from forven.strategies.bars.strategy import RULES, BarStrategy


def signals_of(
    strategy: BarStrategy, bars: Bars, parameters: Parameters
) -> tuple[Bits | None, ...]:
    """Return the signals in the order of SIGNALS, None where there is none.

    errors  InvalidBarStrategy where a function gives anything but booleans, one a bar
    """
    if strategy.kind == RULES:
        evaluation = Evaluation(bars)
        conditions = strategy.rules(strategy.market(bars.timeframe), parameters).conditions
        return tuple(None if one is None else evaluation.condition(one) for one in conditions)
    given = strategy.written(bars, parameters)
    return _checked(strategy.name, given, len(bars.ends_ns))


def _checked(name: str, given: object, count: int) -> tuple[Bits | None, ...]:
    """Return the arrays a function gave, after a look at each."""
    if not isinstance(given, Mapping):
        raise InvalidBarStrategy(
            f"strategy {name}: expected a dict of boolean arrays, found {type(given).__name__}"
        )
    for key in given:
        if key not in SIGNALS:
            raise InvalidBarStrategy(
                f"strategy {name}: signal {key!r}: {proposal(str(key), SIGNALS)}"
            )
    if given.get("enter_long") is None and given.get("enter_short") is None:
        raise InvalidBarStrategy(
            f"strategy {name}: expected enter_long or enter_short, found neither"
        )
    return tuple(_boolean(name, key, given.get(key), count) for key in SIGNALS)


def _boolean(name: str, signal: str, given: object, count: int) -> Bits | None:
    """Return one signal's booleans; errors: InvalidBarStrategy."""
    if given is None:
        return None
    array = np.asarray(given)
    where = f"strategy {name}: {signal}: expected {count} booleans"
    if array.dtype != np.bool_:
        hint = ""
        if array.dtype.kind == "f" and np.isnan(array).any():
            hint = f" with NaN first at bar {int(np.flatnonzero(np.isnan(array))[0])}"
        raise InvalidBarStrategy(f"{where}, found {array.dtype}{hint}; compare with > or < first")
    if array.shape != (count,):
        raise InvalidBarStrategy(f"{where}, found the shape {array.shape}")
    return np.ascontiguousarray(array)
