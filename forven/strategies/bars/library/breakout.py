"""Breakout: the close leaves the range of the bars before."""

from forven.strategies.bars.library.crossovers import VOLUME_BARS
from forven.strategies.bars.writing import (
    Market,
    Parameter,
    Parameters,
    Rules,
    adx,
    atr,
    bar_strategy,
    donchian,
    ema,
    latest,
    leverage,
    opening_range,
    sma,
)

ALL_MODES = ("long_only", "short_only", "both")


@bar_strategy(
    name="donchian",
    family="breakout",
    rule="Buy when the close crosses above the highest high of the bars before; leave when it is "
    "below their lowest low.",
    source="Donchian (1960); Faith, Way of the Turtle (2007)",
    modes=ALL_MODES,
    parameters=(Parameter("period", 20, 2, 1_000), leverage(3.0)),
)
def donchian_break(market: Market, p: Parameters) -> Rules:
    """Write the rules of donchian."""
    upper, _, lower = donchian(market, p.period)
    close, top, bottom = market.close, upper.ago(1), lower.ago(1)
    return Rules(
        enter_long=close.crosses_above(top),
        exit_long=close < bottom,
        enter_short=close.crosses_below(bottom),
        exit_short=close > top,
    )


@bar_strategy(
    name="donchian_regime",
    family="breakout",
    rule="In a strong rise by ADX and a long EMA, buy when the close crosses above the highest "
    "high of many bars; leave when it is below the lowest low of fewer.",
    source="Faith, Way of the Turtle (2007), system 2; filters of ADX and EMA",
    modes=("long_only",),
    relations=("exit_period <= entry_period",),
    parameters=(
        Parameter("entry_period", 55, 2, 1_000),
        Parameter("exit_period", 20, 2, 1_000),
        Parameter("regime", 200, 2, 2_000),
        Parameter("adx_period", 14, 2, 200),
        Parameter("adx_min", 25.0, 0.0, 100.0, 2.5, (15.0, 40.0)),
        leverage(1.0),
    ),
)
def donchian_in_regime(market: Market, p: Parameters) -> Rules:
    """Write the rules of donchian_regime."""
    close = market.close
    healthy = (close > ema(close, p.regime)) & (adx(market, p.adx_period) >= p.adx_min)
    return Rules(
        enter_long=close.crosses_above(donchian(market, p.entry_period).upper.ago(1)) & healthy,
        exit_long=close < donchian(market, p.exit_period).lower.ago(1),
    )


@bar_strategy(
    name="breakout_range",
    family="breakout",
    rule="Buy in every bar whose close is above the highest high of the bars before; leave when "
    "it is below their lowest low.",
    source="Brock, Lakonishok and LeBaron, The Journal of Finance 5/1992, trading range break; "
    "of highs and lows",
    modes=ALL_MODES,
    parameters=(Parameter("period", 20, 2, 1_000), leverage(1.0)),
)
def range_break(market: Market, p: Parameters) -> Rules:
    """Write the rules of breakout_range."""
    upper, _, lower = donchian(market, p.period)
    above, below = market.close > upper.ago(1), market.close < lower.ago(1)
    return Rules(enter_long=above, exit_long=below, enter_short=below, exit_short=above)


@bar_strategy(
    name="atr_breakout",
    family="breakout",
    rule="Buy when the close is above its mean and some average true ranges above the close "
    "before; leave when it is below its mean, or falls as far.",
    source="Bookstaber, The Complete Investment Book (1985), volatility breakout",
    modes=ALL_MODES,
    parameters=(
        Parameter("atr_period", 14, 1, 200),
        Parameter("multiplier", 2.0, 0.1, 20.0, 0.25, (0.5, 3.0)),
        Parameter("mean_period", 20, 2, 1_000),
        leverage(1.0),
    ),
)
def atr_break(market: Market, p: Parameters) -> Rules:
    """Write the rules of atr_breakout; the true ranges are those known at the close before."""
    close, mean = market.close, sma(market.close, p.mean_period)
    reach = p.multiplier * atr(market, p.atr_period).ago(1)
    rise, fall = close > close.ago(1) + reach, close < close.ago(1) - reach
    return Rules(
        enter_long=rise & (close > mean),
        exit_long=fall | (close < mean),
        enter_short=fall & (close < mean),
        exit_short=rise | (close > mean),
    )


@bar_strategy(
    name="atr_volume_breakout",
    family="breakout",
    rule="Buy when the close leaves the range of the bars before upwards by a jump of some average "
    "true ranges, with volume above its mean; leave when it is below an EMA.",
    source="Bookstaber (1985), volatility breakout; Kaufman, Trading Systems and Methods (2013), "
    "volume",
    modes=ALL_MODES,
    parameters=(
        Parameter("atr_period", 14, 1, 200),
        Parameter("multiplier", 0.7, 0.0, 20.0, 0.1, (0.3, 2.0)),
        Parameter("volume_period", 20, 2, 500),
        Parameter("volume_factor", 1.2, 0.0, 20.0, 0.1, (1.0, 2.5)),
        Parameter("period", 20, 2, 1_000),
        Parameter("exit_period", 12, 2, 500),
        leverage(2.0),
    ),
)
def atr_break_with_volume(market: Market, p: Parameters) -> Rules:
    """Write the rules of atr_volume_breakout."""
    close, average = market.close, ema(market.close, p.exit_period)
    upper, _, lower = donchian(market, p.period)
    reach = p.multiplier * atr(market, p.atr_period).ago(1)
    busy = market.volume > p.volume_factor * sma(market.volume, p.volume_period)
    return Rules(
        enter_long=(close > upper.ago(1)) & (close > close.ago(1) + reach) & busy,
        exit_long=close < average,
        enter_short=(close < lower.ago(1)) & (close < close.ago(1) - reach) & busy,
        exit_short=close > average,
    )


@bar_strategy(
    name="inside_bar",
    family="breakout",
    rule="Buy when the bar after an inside bar closes above its high; leave when a close is below "
    "the low of the latest inside bar.",
    source="Crabel, Day Trading with Short Term Price Patterns and Opening Range Breakout (1990)",
    modes=ALL_MODES,
    parameters=(leverage(3.0),),
)
def inside_break(market: Market, _: Parameters) -> Rules:
    """Write the rules of inside_bar: one inside bar, wholly within the range of its mother."""
    close, high, low = market.close, market.high, market.low
    inside = (high < high.ago(1)) & (low > low.ago(1))
    return Rules(
        enter_long=inside.ago(1) & (close > high.ago(1)),
        exit_long=close < latest(inside, low),
        enter_short=inside.ago(1) & (close < low.ago(1)),
        exit_short=close > latest(inside, high),
    )


@bar_strategy(
    name="orb",
    family="breakout",
    rule="Buy when the close crosses above the range of the UTC day's first bars with volume above "
    "its mean; leave when it is below that range.",
    source="Crabel, Day Trading with Short Term Price Patterns and Opening Range Breakout (1990)",
    modes=ALL_MODES,
    parameters=(Parameter("range_bars", 4, 1, 500), leverage(3.0)),
)
def opening_range_break(market: Market, p: Parameters) -> Rules:
    """Write the rules of orb: until the day's range is complete there is no signal of it.

    A session that lies within one UTC day, as New York's, opens with that day's first bar.
    """
    close, levels = market.close, opening_range(market, p.range_bars)
    busy = market.volume > sma(market.volume, VOLUME_BARS)
    return Rules(
        enter_long=close.crosses_above(levels.high) & busy,
        exit_long=close < levels.low,
        enter_short=close.crosses_below(levels.low) & busy,
        exit_short=close > levels.high,
    )


@bar_strategy(
    name="taker_aggression",
    family="breakout",
    rule="Buy when takers have bought much more than sold for some bars and the close is above its "
    "EMA; leave when their ratio is back near one, or beyond it.",
    source="Hasbrouck, The Journal of Finance 3/1991: signed order flow moves the price",
    modes=ALL_MODES,
    needs=("taker_buy_sell_ratio",),
    relations=(
        "sell_ratio < neutral_low",
        "neutral_low <= neutral_high",
        "neutral_high < buy_ratio",
    ),
    parameters=(
        Parameter("buy_ratio", 1.5, 0.0, 100.0, 0.1, (1.2, 2.5)),
        Parameter("sell_ratio", 0.67, 0.0, 100.0, 0.05, (0.4, 0.75)),
        Parameter("bars", 3, 1, 500),
        Parameter("ema_period", 20, 2, 1_000),
        Parameter("neutral_low", 0.8, 0.0, 100.0, 0.05, (0.75, 1.0)),
        Parameter("neutral_high", 1.2, 0.0, 100.0, 0.05, (1.0, 1.2)),
        leverage(2.0),
    ),
)
def taker_flow(market: Market, p: Parameters) -> Rules:
    """Write the rules of taker_aggression."""
    ratio, average = market.column("taker_buy_sell_ratio"), ema(market.close, p.ema_period)
    return Rules(
        enter_long=(ratio > p.buy_ratio).for_bars(p.bars) & (market.close > average),
        exit_long=ratio <= p.neutral_high,
        enter_short=(ratio < p.sell_ratio).for_bars(p.bars) & (market.close < average),
        exit_short=ratio >= p.neutral_low,
    )
