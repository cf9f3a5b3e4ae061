"""Bars drawn by hand, their mirror image, and at which bars a built-in strategy signals."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from forven.market.bars.bars import Bars
from forven.market.bars.synthetic import random_bars
from forven.market.bars.timeframes import timeframe_of
from forven.strategies.bars.registry import strategy_named
from forven.strategies.bars.rules import SIGNALS
from forven.strategies.bars.signals import signals_of

_FIRST_NS = 18_262 * 86_400 * 1_000_000_000  # 2020-01-01
_GAP = 0.03
NAN = float("nan")
UNUSUAL = [0.0] * 11 + [1.0, 0.0]
"""Over 12 bars its scores are sqrt(11) = 3.32 at bar 11 and -0.30 at bar 12."""
RAMP = list(range(110, 130))
"""Closes that rise by 1: an RSI of 100, and an EMA of b bars that lies (b - 1) / 2 below."""


def draw(closes, timeframe="1h", columns: Mapping[str, list[float]] | None = None, **given) -> Bars:
    """Return bars with these closes; each opens at the close before, without wicks.

    given   opens, highs, lows: {bar: price} where they differ; volume: {bar: volume}, else 100
    """
    close = np.asarray(closes, np.float64)
    opens = _changed(np.append(close[0], close[:-1]), given.pop("opens", {}))
    highs = _changed(np.maximum(opens, close), given.pop("highs", {}))
    lows = _changed(np.minimum(opens, close), given.pop("lows", {}))
    volume = _changed(np.full(close.size, 100.0), given.pop("volume", {}))
    assert not given, given
    step = timeframe_of(timeframe).duration_ns
    return Bars(
        symbol="DRAWN",
        timeframe=timeframe,
        calendar="always",
        decimals=2,
        ends_ns=_FIRST_NS + step * np.arange(1, close.size + 1, dtype=np.int64),
        prices=np.rint(np.array([opens, highs, lows, close]) * 100.0).astype(np.int64),
        volume=volume,
        columns={name: np.asarray(one, np.float64) for name, one in (columns or {}).items()},
    )


def dots(closes, timeframe="1h", **given) -> Bars:
    """Return bars of one price each; `given` as for draw."""
    return draw(closes, timeframe, opens=dict(enumerate(closes)), **given)


def rising(count: int) -> list[float]:
    """Return closes that rise by 1."""
    return [100.0 + bar for bar in range(count)]


def falling(count: int) -> list[float]:
    """Return closes that fall by 1."""
    return [200.0 - bar for bar in range(count)]


def mirrored(bars: Bars, columns: Mapping[str, list[float]] | None = None) -> Bars:
    """Return bars that fall where these rise: each price as far on the other side of the middle."""
    opens, high, low, close = int(bars.prices.max() + bars.prices.min()) - bars.prices
    given = {name: np.asarray(one, np.float64) for name, one in (columns or {}).items()}
    return replace(bars, prices=np.array([opens, low, high, close]), columns=given, content_hash="")


def signals(name: str, drawn: Bars, **parameters) -> dict[str, list[int]]:
    """Return the bars at which a built-in strategy gives each signal."""
    return bars_of_signals(strategy_named(name), drawn, **parameters)


def bars_of_signals(strategy, drawn: Bars, **parameters) -> dict[str, list[int]]:
    """Return the bars at which a strategy gives each signal."""
    found = signals_of(strategy, drawn, strategy.resolve(parameters))
    return {
        signal: [] if bits is None else np.flatnonzero(bits).tolist()
        for signal, bits in zip(SIGNALS, found, strict=True)
    }


def longs(name: str, drawn: Bars, **parameters) -> tuple[list[int], list[int]]:
    """Return the bars at which a built-in strategy enters and leaves longs."""
    found = signals(name, drawn, **parameters)
    return found["enter_long"], found["exit_long"]


def shorts(name: str, drawn: Bars, **parameters) -> tuple[list[int], list[int]]:
    """Return the bars at which a built-in strategy enters and leaves shorts."""
    found = signals(name, drawn, **parameters)
    return found["enter_short"], found["exit_short"]


def held(name: str, drawn: Bars, side: str = "long", **parameters) -> list[tuple[int, int | None]]:
    """Return (bar of the entry's signal, of the exit's) of each position; None: still held."""
    found = signals(name, drawn, **parameters)
    enters, leaves = found[f"enter_{side}"], set(found[f"exit_{side}"])
    positions: list[tuple[int, int | None]] = []
    free_from = 0
    for bar in enters:
        if bar < free_from or bar in leaves:
            continue
        end = next((later for later in range(bar + 1, len(drawn)) if later in leaves), None)
        positions.append((bar, end))
        free_from = len(drawn) if end is None else end
    return positions


def assert_mirrored(name: str) -> None:
    """Hold a strategy's shorts over random bars to its longs over their mirror, in every bar."""
    bars = random_bars(10_000, 21)
    shorts, longs = signals(name, bars), signals(name, mirrored(bars))
    assert shorts["enter_short"] and shorts["exit_short"]
    assert shorts["enter_short"] == longs["enter_long"]
    assert shorts["exit_short"] == longs["exit_long"]


def assert_drawn(name, bars, entered, left, **parameters) -> None:
    """Hold a strategy to its long signals over bars, and to the same shorts over their mirror."""
    drawn, image = signals(name, bars, **parameters), signals(name, mirrored(bars), **parameters)
    assert (drawn["enter_long"], drawn["exit_long"]) == (entered, left)
    assert (image["enter_short"], image["exit_short"]) == (entered, left)


def with_gaps(bars: Bars, stretch: int = 400) -> Bars:
    """Return bars that jump up and down by turns, every `stretch` bars."""
    is_raised = np.arange(len(bars)) // stretch % 2 == 1
    prices = np.rint(bars.prices * np.where(is_raised, 1.0 + _GAP, 1.0)).astype(np.int64)
    return replace(bars, prices=prices, content_hash="")


def _changed(series, changes):
    """Return a series with other numbers at some bars."""
    made = np.array(series, np.float64)
    for bar, number in changes.items():
        made[bar] = number
    return made
