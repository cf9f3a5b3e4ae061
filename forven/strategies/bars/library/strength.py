"""Relative strength: momentum that begins, extremes that are rejected, and divergences."""

from forven.strategies.bars.indicators.events import Turn, pivot_high, pivot_low
from forven.strategies.bars.library.crossovers import is_confirmed
from forven.strategies.bars.writing import (
    Column,
    Condition,
    Market,
    Parameter,
    Parameters,
    Rules,
    bar_strategy,
    bars_since,
    ema,
    latest,
    leverage,
    rsi,
    sma,
)

ALL_MODES = ("long_only", "short_only", "both")
WILDER = "Wilder, New Concepts in Technical Trading Systems (1978)"


@bar_strategy(
    name="rsi_momentum",
    family="momentum",
    rule="Above the slow EMA, and confirmed by ADX and volume, buy when the RSI crosses above the "
    "entry level, or is just above it with the close over the fast EMA; leave at the exit level.",
    source="Brown, Technical Analysis for the Trading Professional (1999); Wilder's RSI and ADX",
    relations=("entry <= entry_high", "entry_high < exit", "ema_fast < ema_slow"),
    parameters=(
        Parameter("period", 14, 2, 200),
        Parameter("entry", 40.0, 0.0, 100.0, 5.0, (25.0, 50.0)),
        Parameter("entry_high", 55.0, 0.0, 100.0, 5.0, (50.0, 55.0)),
        Parameter("exit", 60.0, 0.0, 100.0, 5.0, (60.0, 80.0)),
        Parameter("ema_fast", 50, 2, 500),
        Parameter("ema_slow", 200, 3, 2_000),
        Parameter("adx_period", 14, 2, 200),
        Parameter("adx_min", 0.0, 0.0, 100.0, 5.0, (0.0, 30.0)),
        leverage(3.0),
    ),
)
def rsi_momentum(market: Market, p: Parameters) -> Rules:
    """Write the rules of rsi_momentum."""
    close, strength = market.close, rsi(market.close, p.period)
    is_early = strength.between(p.entry, p.entry_high) & (close > ema(close, p.ema_fast))
    is_rise = close > ema(close, p.ema_slow)
    confirmed = is_confirmed(market, p.adx_period, p.adx_min)
    return Rules(
        enter_long=(strength.crosses_above(p.entry) | is_early) & is_rise & confirmed,
        exit_long=strength >= p.exit,
    )


@bar_strategy(
    name="rsi_momentum_s00139",
    family="momentum",
    rule="Buy once the RSI has crossed above the entry level within the last bars and the close is "
    "above its mean; leave at the exit level.",
    source=WILDER,
    relations=("entry < exit",),
    parameters=(
        Parameter("period", 14, 2, 200),
        Parameter("entry", 25.0, 0.0, 100.0, 5.0, (20.0, 45.0)),
        Parameter("exit", 75.0, 0.0, 100.0, 5.0, (60.0, 85.0)),
        Parameter("sma_period", 20, 2, 500),
        Parameter("memory_bars", 10, 1, 200, about="1: cross and close in the same bar"),
        leverage(3.0),
    ),
)
def rsi_momentum_s00139(market: Market, p: Parameters) -> Rules:
    """Write the rules of rsi_momentum_s00139. The bar that lifts the RSI over a low level hardly
    ever closes above the mean, so the two may be some bars apart.
    """
    strength = rsi(market.close, p.period)
    has_crossed = strength.crosses_above(p.entry).within(p.memory_bars)
    is_above = market.close > sma(market.close, p.sma_period)
    return Rules(enter_long=(has_crossed & is_above).starts(), exit_long=strength >= p.exit)


@bar_strategy(
    name="rsi_divergence",
    family="mean_reversion",
    rule="Buy when a swing low is confirmed that is below the one before, with the RSI above what "
    "it was at that one, where it was oversold; leave when the RSI is overbought.",
    source=f"{WILDER}; swings as the fractals of Williams, Trading Chaos (1995)",
    modes=ALL_MODES,
    relations=("oversold < overbought",),
    parameters=(
        Parameter("period", 14, 2, 200),
        Parameter("lookback", 10, 2, 500, about="most bars between the two swings"),
        Parameter("oversold", 30.0, 0.0, 100.0, 5.0, (20.0, 45.0)),
        Parameter("overbought", 70.0, 0.0, 100.0, 5.0, (55.0, 80.0)),
        Parameter("swing", 2, 1, 50, about="bars on each side that make a swing"),
        leverage(1.0),
    ),
)
def rsi_divergence(market: Market, p: Parameters) -> Rules:
    """Write the rules of rsi_divergence; all is said of the bars that confirm a swing."""
    strength = rsi(market.close, p.period)
    now = strength.ago(p.swing)
    low, high = pivot_low(market.low, p.swing), pivot_high(market.high, p.swing)
    was_low, was_high = before(low, now), before(high, now)
    bullish = (low.level < before(low, low.level)) & (now > was_low) & (was_low < p.oversold)
    bearish = (high.level > before(high, high.level)) & (now < was_high) & (was_high > p.overbought)
    return Rules(
        enter_long=bullish & is_soon(low, p.lookback),
        exit_long=strength >= p.overbought,
        enter_short=bearish & is_soon(high, p.lookback),
        exit_short=strength <= p.oversold,
    )


def before(turn: Turn, column: Column) -> Column:
    """Return a column's number at the latest turning point before this bar."""
    return latest(turn.shown, column).ago(1)


def is_soon(turn: Turn, bars: int) -> Condition:
    """Return whether a turning point is shown at most `bars` bars after the one before."""
    return turn.shown & (bars_since(turn.shown).ago(1) < bars)


@bar_strategy(
    name="rsi_boundary_rejection",
    family="mean_reversion",
    rule="On the trend's side of the EMA, buy when the RSI rises through the confirming level "
    "within a few bars of an oversold one; leave when it is overbought or falls through oversold "
    "again; shorts are the mirror.",
    source=WILDER,
    modes=("both", "long_only", "short_only"),
    relations=("oversold <= confirm_long", "confirm_short <= overbought"),
    parameters=(
        Parameter("period", 14, 2, 200),
        Parameter("oversold", 30.0, 0.0, 100.0, 5.0, (15.0, 35.0)),
        Parameter("overbought", 70.0, 0.0, 100.0, 5.0, (65.0, 85.0)),
        Parameter("confirm_long", 35.0, 0.0, 100.0, 5.0, (35.0, 50.0)),
        Parameter("confirm_short", 65.0, 0.0, 100.0, 5.0, (50.0, 65.0)),
        Parameter("confirm_bars", 3, 1, 50),
        Parameter("ema_period", 200, 2, 2_000),
        leverage(3.0),
    ),
)
def rsi_boundary_rejection(market: Market, p: Parameters) -> Rules:
    """Write the rules of rsi_boundary_rejection."""
    close, strength = market.close, rsi(market.close, p.period)
    average = ema(close, p.ema_period)
    is_low, is_high = strength <= p.oversold, strength >= p.overbought
    was_low, was_high = (one.ago(1).within(p.confirm_bars) for one in (is_low, is_high))
    return Rules(
        enter_long=was_low & strength.crosses_above(p.confirm_long) & (close > average),
        exit_long=is_high | strength.crosses_below(p.oversold),
        enter_short=was_high & strength.crosses_below(p.confirm_short) & (close < average),
        exit_short=is_low | strength.crosses_above(p.overbought),
    )


@bar_strategy(
    name="ema_rsi_pullback",
    family="mean_reversion",
    rule="In a rising trend, buy when the RSI recovers from a pullback; leave when it is high or "
    "the trend is over.",
    source="Connors and Alvarez, Short Term Trading Strategies That Work (2009)",
    relations=("fast < slow", "rsi_enter < rsi_exit"),
    parameters=(
        Parameter("fast", 12, 2, 500),
        Parameter("slow", 34, 3, 1_000),
        Parameter("rsi_period", 14, 2, 200),
        Parameter("rsi_enter", 45.0, 0.0, 100.0, 5.0, (30.0, 55.0)),
        Parameter("rsi_exit", 62.0, 0.0, 100.0, 4.0, (58.0, 78.0)),
        leverage(2.0),
    ),
)
def ema_rsi_pullback(market: Market, p: Parameters) -> Rules:
    """Write the rules of ema_rsi_pullback."""
    strength = rsi(market.close, p.rsi_period)
    rising = ema(market.close, p.fast) > ema(market.close, p.slow)
    return Rules(
        enter_long=rising & strength.crosses_above(p.rsi_enter),
        exit_long=(strength >= p.rsi_exit) | ~rising,
    )
