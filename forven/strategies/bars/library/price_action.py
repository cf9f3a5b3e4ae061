"""Price action: patterns of a few bars, and levels that the market remembers."""

from forven.strategies.bars.library.crossovers import VOLUME_BARS
from forven.strategies.bars.writing import (
    Column,
    Condition,
    Market,
    Parameter,
    Parameters,
    Rules,
    Turn,
    bar_strategy,
    bars_since,
    highest,
    highest_since,
    latest,
    leverage,
    lowest,
    lowest_since,
    maximum,
    minimum,
    pivot_high,
    pivot_low,
    pivot_points,
    sma,
)

ALL_MODES = ("long_only", "short_only", "both")


@bar_strategy(
    name="engulfing",
    family="price_action",
    rule="Buy when a rising bar's body engulfs the falling one before, with volume well above its "
    "mean; leave when a falling body engulfs a rising one.",
    source="Nison, Japanese Candlestick Charting Techniques (1991); bodies as in TA-Lib "
    "CDLENGULFING",
    modes=ALL_MODES,
    parameters=(
        Parameter("volume_factor", 1.5, 0.0, 20.0, 0.1, (1.0, 3.0)),
        leverage(1.0),
    ),
)
def engulfing_bars(market: Market, p: Parameters) -> Rules:
    """Write the rules of engulfing; one end of the two bodies may be the same."""
    first, last = market.open, market.close
    rose, fell = last > first, last < first
    is_greater = abs(last - first) > abs(last - first).ago(1)
    up = fell.ago(1) & rose & (first <= last.ago(1)) & (last >= first.ago(1)) & is_greater
    down = rose.ago(1) & fell & (first >= last.ago(1)) & (last <= first.ago(1)) & is_greater
    busy = market.volume > p.volume_factor * sma(market.volume, VOLUME_BARS)
    return Rules(enter_long=up & busy, exit_long=down, enter_short=down & busy, exit_short=up)


@bar_strategy(
    name="three_bar_reversal",
    family="price_action",
    rule="Buy when a bar with a lower low after a falling one is followed by a close above the "
    "highs of both; leave at the opposite pattern, or a close below the pattern's low.",
    source="Brooks, Trading Price Action Trends (2012), reversals of a few bars",
    modes=ALL_MODES,
    parameters=(leverage(1.0),),
)
def three_bars(market: Market, _: Parameters) -> Rules:
    """Write the rules of three_bar_reversal: the middle bar is the extreme of the three."""
    opened, high, low, close = market.open, market.high, market.low, market.close
    trough = (low.ago(1) < low.ago(2)) & (low.ago(1) < low)
    peak = (high.ago(1) > high.ago(2)) & (high.ago(1) > high)
    up = (close < opened).ago(2) & trough & (close > highest(high, 2).ago(1))
    down = (close > opened).ago(2) & peak & (close < lowest(low, 2).ago(1))
    return Rules(
        enter_long=up,
        exit_long=down | (close < latest(up, low.ago(1))),
        enter_short=down,
        exit_short=up | (close > latest(down, high.ago(1))),
    )


def _former(turn: Turn) -> Column:
    """Return the level of the turn before, at the bar that shows a turn."""
    return latest(turn.shown, latest(turn.shown, turn.level).ago(1))


def _is_young(turn: Turn, bars: int, lookback: int) -> Condition:
    """Return whether the two latest turns lie within the last `lookback` bars, this included."""
    apart = latest(turn.shown, bars_since(turn.shown).ago(1)) + 1.0
    return apart + bars_since(turn.shown) + float(bars) < float(lookback)


def _double(turn: Turn, neckline: Column, broken: Condition, p: Parameters) -> Condition:
    """Return whether two turns at about the same level end with the break of their neckline."""
    last, former = latest(turn.shown, turn.level), _former(turn)
    alike = abs(last - former) <= p.tolerance_pct / 100.0 * former
    apart = abs(neckline - last) > abs(last - former)
    return (alike & apart & broken & _is_young(turn, p.pivot, p.lookback)).starts()


@bar_strategy(
    name="double_pattern",
    family="price_action",
    rule="Buy when the close breaks above the peak between two lows of about the same level; leave "
    "after a move of the pattern's height, or below its lower low, or at the opposite pattern.",
    source="Edwards and Magee, Technical Analysis of Stock Trends (1948), double bottoms and tops",
    modes=ALL_MODES,
    relations=("pivot < lookback",),
    parameters=(
        Parameter("lookback", 50, 6, 1_000),
        Parameter("tolerance_pct", 2.0, 0.0, 50.0, 0.5, (0.5, 4.0)),
        Parameter("break_pct", 0.5, 0.0, 50.0, 0.25, (0.0, 2.0)),
        Parameter("pivot", 3, 1, 100),
        leverage(1.0),
    ),
)
def double_bottom_and_top(market: Market, p: Parameters) -> Rules:
    """Write the rules of double_pattern; a turn is known `pivot` bars after it.

    The neckline is the extreme from the first turn to the second.
    """
    close, high, low = market.close, market.high, market.low
    bottom, top = pivot_low(low, p.pivot), pivot_high(high, p.pivot)
    peak = latest(
        bottom.shown, highest_since(bottom.shown, highest(high, p.pivot + 1)).ago(p.pivot)
    )
    floor = latest(top.shown, lowest_since(top.shown, lowest(low, p.pivot + 1)).ago(p.pivot))
    rise, fall = 1.0 + p.break_pct / 100.0, 1.0 - p.break_pct / 100.0
    up = _double(bottom, peak, close > rise * peak, p)
    down = _double(top, floor, close < fall * floor, p)
    lower = latest(up, minimum(latest(bottom.shown, bottom.level), _former(bottom)))
    upper = latest(down, maximum(latest(top.shown, top.level), _former(top)))
    neck_up, neck_down = latest(up, peak), latest(down, floor)
    return Rules(
        enter_long=up,
        exit_long=down | (close < lower) | (high >= neck_up + (neck_up - lower)),
        enter_short=down,
        exit_short=up | (close > upper) | (low <= neck_down - (upper - neck_down)),
    )


@bar_strategy(
    name="gap_fill",
    family="price_action",
    rule="Buy when a bar opens far below the close before and has not come back to it; leave when "
    "the price first reaches that close.",
    source="Edwards and Magee, Technical Analysis of Stock Trends (1948), gaps",
    modes=ALL_MODES,
    parameters=(
        Parameter("gap_pct", 1.0, 0.0, 50.0, 0.25, (0.25, 3.0)),
        leverage(1.0),
    ),
)
def filled_gap(market: Market, p: Parameters) -> Rules:
    """Write the rules of gap_fill; a gap is between one bar's close and the next bar's open."""
    high, low, before = market.high, market.low, market.close.ago(1)
    fall, rise = 1.0 - p.gap_pct / 100.0, 1.0 + p.gap_pct / 100.0
    gap_down = (market.open <= before * fall) & (high < before)
    gap_up = (market.open >= before * rise) & (low > before)
    top, bottom = latest(gap_down, before), latest(gap_up, before)
    was_below = (highest_since(gap_down, high) < top).ago(1)
    was_above = (lowest_since(gap_up, low) > bottom).ago(1)
    return Rules(
        enter_long=gap_down,
        exit_long=was_below & (high >= top),
        enter_short=gap_up,
        exit_short=was_above & (low <= bottom),
    )


@bar_strategy(
    name="pivot_point",
    family="price_action",
    rule="Buy when a bar falls to the first support of the UTC day before and closes above it; "
    "leave when the first resistance is reached or a close is below the second support.",
    source="Person, A Complete Guide to Technical Trading Tactics (2004), floor traders' pivots",
    modes=ALL_MODES,
    parameters=(leverage(1.0),),
)
def pivot_bounce(market: Market, _: Parameters) -> Rules:
    """Write the rules of pivot_point: levels are the floor traders' of the UTC day before."""
    close, high, low = market.close, market.high, market.low
    levels = pivot_points(market)
    return Rules(
        enter_long=(low <= levels.s1) & (close > levels.s1),
        exit_long=(high >= levels.r1) | (close < levels.s2),
        enter_short=(high >= levels.r1) & (close < levels.r1),
        exit_short=(low <= levels.s1) | (close > levels.r2),
    )
