"""The four signals of a strategy over bars as booleans, from its rules or from its function."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from forven.market.bars.bars import Bars
from forven.strategies.bars.errors import InvalidBarStrategy, proposal
from forven.strategies.bars.evaluation import Bits, Evaluation
from forven.strategies.bars.parameters import Parameters
from forven.strategies.bars.rules import SIGNALS
from forven.strategies.bars.sealing import sealed
from forven.strategies.bars.strategy import RULES, BarStrategy


def signals_of(
    strategy: BarStrategy, bars: Bars, parameters: Parameters
) -> tuple[Bits | None, ...]:
    """Return the signals in the order of SIGNALS, None where there is none.

    A function gets a copy of the bars: what it does to them reaches nobody else.

    errors  InvalidBarStrategy where a function gives anything but booleans, one a bar
    """
    if strategy.kind == RULES:
        evaluation = Evaluation(bars)
        conditions = strategy.rules(strategy.market(bars.timeframe), parameters).conditions
        return tuple(None if one is None else evaluation.condition(one) for one in conditions)
    given = strategy.written(sealed(bars), parameters)
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
    where = f"strategy {name}: {signal}: expected {count} booleans"
    array = _array(given, where)
    if array.dtype != np.bool_:
        raise InvalidBarStrategy(f"{where}, found {array.dtype}{_hint(array)}")
    if array.shape != (count,):
        raise InvalidBarStrategy(f"{where}, found the shape {array.shape}")
    return np.ascontiguousarray(array)


def _array(given: object, where: str) -> npt.NDArray[Any]:
    """Return what a function gave as an array; errors: InvalidBarStrategy."""
    if isinstance(given, np.ma.MaskedArray):
        raise InvalidBarStrategy(
            f"{where}, found a masked array; fill it first, as in signal.filled(False)"
        )
    try:
        return np.asarray(given)
    except Exception as error:  # whatever somebody's container raises
        raise InvalidBarStrategy(
            f"{where}, found {type(given).__name__} that makes no array: {error}"
        ) from error


def _hint(array: npt.NDArray[Any]) -> str:
    """Return the end of a sentence about an array that is none of booleans: how to mend it."""
    if array.dtype.kind == "f" and np.isnan(array).any():
        first = int(np.flatnonzero(np.isnan(array))[0])
        return f" with NaN first at bar {first}; compare with > or < first"
    if array.dtype.kind == "O":
        return "; fill what is missing first, and give a numpy array of bool"
    return "; compare with > or < first"
