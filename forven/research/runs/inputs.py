"""What a user names for a run over bars: a strategy, days, settings; found and checked."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from forven.engine.bars.policy import policy_of
from forven.market.bars.bars import Bars
from forven.primitives.errors import EmptyRange, InvalidInput
from forven.primitives.time import nanoseconds_of
from forven.strategies.bars.files import strategy_of
from forven.strategies.bars.registry import strategy_named
from forven.strategies.bars.strategy import BarStrategy
from forven.strategies.naming import BARS_SUFFIX


def named_strategy(named: str) -> tuple[BarStrategy, str]:
    """Return a built-in strategy or that of a file, and the text of its file, if it has one."""
    path, colon, name = named.rpartition(":")
    file = Path(path if colon and path.endswith(BARS_SUFFIX) else named)
    if file.suffix != BARS_SUFFIX:
        return strategy_named(named), ""
    strategy = strategy_of(file, name if file == Path(path) and colon else None)
    return strategy, file.read_text()


def between(bars: Bars, first_day: date | None, last_day: date | None) -> Bars:
    """Return the bars that end in some UTC days; EmptyRange where there is none."""
    if first_day is None and last_day is None:
        return bars
    ends = bars.ends_ns
    begin = 0 if first_day is None else int(np.searchsorted(ends, _midnight(first_day), "right"))
    end = len(bars)
    if last_day is not None:
        after = _midnight(last_day + timedelta(days=1))
        end = int(np.searchsorted(ends, after, "right"))
    if begin >= end:
        raise EmptyRange(
            f"{bars.symbol} {bars.timeframe}: expected bars from {first_day or 'the first'} to "
            f"{last_day or 'the last'}, found none"
        )
    return bars.slice(begin, end)


def _midnight(day: date) -> int:
    """Return when a UTC day begins, nanoseconds."""
    return nanoseconds_of(datetime.combine(day, time(), tzinfo=UTC))


def said_policy(strategy: BarStrategy, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of a policy, in the strategy's own mode where none is.

    errors  InvalidInput for settings that are none, or a mode the strategy does not support
    """
    said = {name: value for name, value in given.items() if value is not None}
    said = {"trade_mode": strategy.mode, **said}
    policy_of(said)
    if said["trade_mode"] not in strategy.modes:
        raise InvalidInput(
            f"trade_mode {said['trade_mode']}: {strategy.name} supports {', '.join(strategy.modes)}"
        )
    return said
