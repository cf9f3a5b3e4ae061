"""Bars drawn by hand, what a strategy signals on them, and the same bars upside down."""

from dataclasses import replace
from typing import Any

import numpy as np

from forven.market.bars.bars import Bars
from forven.market.bars.synthetic import random_bars
from forven.strategies.bars.registry import strategy_named
from forven.strategies.bars.rules import SIGNALS
from forven.strategies.bars.signals import signals_of

QUANTA = 100  # of a unit
RAMP = list(range(110, 130))
"""Closes that rise by 1: an RSI of 100, and an EMA of b bars that lies (b - 1) / 2 below."""


def drawn(
    closes: list[float],
    *,
    highs: dict[int, float] | None = None,
    lows: dict[int, float] | None = None,
    volumes: dict[int, float] | None = None,
    timeframe: str = "1h",
) -> Bars:
    """Return bars that open, and have their high and low, at the close; others where they are said.

    volumes  1.0 where none is said
    """
    made = random_bars(len(closes), 1, timeframe)
    prices = np.tile(np.array(closes, float), (4, 1))
    volume = np.ones(len(closes))
    for row, given in ((prices[1], highs), (prices[2], lows), (volume, volumes)):
        for bar, number in (given or {}).items():
            row[bar] = number
    quanta = np.rint(prices * QUANTA).astype(np.int64)
    return replace(made, prices=quanta, volume=volume, content_hash="")


def signalled(name: str, bars: Bars, **given: Any) -> dict[str, list[int]]:
    """Return the bars of each signal that a strategy has."""
    strategy = strategy_named(name)
    found = signals_of(strategy, bars, strategy.resolve(given))
    return {
        signal: np.flatnonzero(bits).tolist()
        for signal, bits in zip(SIGNALS, found, strict=True)
        if bits is not None
    }


def held(name: str, bars: Bars, side: str = "long", **given: Any) -> list[tuple[int, int | None]]:
    """Return (bar of the entry's signal, of the exit's) of each position; None: still held."""
    found = signalled(name, bars, **given)
    enters, leaves = found[f"enter_{side}"], set(found[f"exit_{side}"])
    positions: list[tuple[int, int | None]] = []
    free_from = 0
    for bar in enters:
        if bar < free_from or bar in leaves:
            continue
        end = next((later for later in range(bar + 1, len(bars)) if later in leaves), None)
        positions.append((bar, end))
        free_from = len(bars) if end is None else end
    return positions


def turned(bars: Bars) -> Bars:
    """Return the bars upside down: what rose by so much falls by as much."""
    around = int(bars.prices.max() + bars.prices.min())
    return replace(bars, prices=around - bars.prices[[0, 2, 1, 3]], content_hash="")


def shorts_and_longs_turned(name: str) -> tuple[list[list[int]], list[list[int]]]:
    """Return a strategy's signals of shorts, and those of longs over the same bars upside down."""
    bars = random_bars(10_000, 21)
    shorts, longs = signalled(name, bars), signalled(name, turned(bars))
    return (
        [shorts["enter_short"], shorts["exit_short"]],
        [longs["enter_long"], longs["exit_long"]],
    )
