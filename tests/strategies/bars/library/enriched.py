"""Bars with columns beside their prices, and at which of them a built-in strategy signals."""

from typing import Any

import numpy as np

from forven.market.bars.bars import Bars
from forven.market.bars.timeframes import timeframe_of
from forven.strategies.bars.registry import strategy_named
from forven.strategies.bars.rules import SIGNALS
from forven.strategies.bars.signals import signals_of

_FIRST_NS = 18_262 * 86_400 * 1_000_000_000  # 2020-01-01
NAN = float("nan")
UNUSUAL = [0.0] * 11 + [1.0, 0.0]
"""Over 12 bars its scores are sqrt(11) = 3.32 at bar 11 and -0.30 at bar 12."""


def enriched(closes, timeframe="1h", volume=None, **columns) -> Bars:
    """Return bars whose prices are all the close; volume 1 where none is given."""
    quanta = np.rint(np.asarray(closes, float) * 100.0).astype(np.int64)
    step = timeframe_of(timeframe).duration_ns
    return Bars(
        symbol="DRAWN",
        timeframe=timeframe,
        calendar="always",
        decimals=2,
        ends_ns=_FIRST_NS + step * np.arange(1, quanta.size + 1, dtype=np.int64),
        prices=np.tile(quanta, (4, 1)),
        volume=np.ones(quanta.size) if volume is None else np.asarray(volume, float),
        columns={name: np.asarray(one, float) for name, one in columns.items()},
    )


def rising(count: int) -> list[float]:
    """Return closes that rise by 1."""
    return [100.0 + bar for bar in range(count)]


def falling(count: int) -> list[float]:
    """Return closes that fall by 1."""
    return [200.0 - bar for bar in range(count)]


def signalled(name: str, bars: Bars, **given: Any) -> dict[str, list[int]]:
    """Return the bars of each signal of a built-in strategy."""
    return bars_of_signals(strategy_named(name), bars, **given)


def bars_of_signals(strategy, bars: Bars, **given: Any) -> dict[str, list[int]]:
    """Return the bars of each signal of a strategy."""
    found = signals_of(strategy, bars, strategy.resolve(given))
    return {
        signal: [] if bits is None else np.flatnonzero(bits).tolist()
        for signal, bits in zip(SIGNALS, found, strict=True)
    }


def longs(name: str, bars: Bars, **given: Any) -> tuple[list[int], list[int]]:
    """Return at which bars it enters and leaves longs."""
    found = signalled(name, bars, **given)
    return found["enter_long"], found["exit_long"]


def shorts(name: str, bars: Bars, **given: Any) -> tuple[list[int], list[int]]:
    """Return at which bars it enters and leaves shorts."""
    found = signalled(name, bars, **given)
    return found["enter_short"], found["exit_short"]
