"""Breakout: out of bands around the price, and out of the quiet that narrow bands show."""

from forven.strategies.bars.library.crossovers import is_confirmed
from forven.strategies.bars.writing import (
    Bands,
    Condition,
    Market,
    Parameter,
    Parameters,
    Rules,
    atr,
    bar_strategy,
    bollinger,
    ema,
    keltner,
    leverage,
    percent_rank,
    rsi,
    sma,
    squeeze,
)

ALL_MODES = ("long_only", "short_only", "both")
_PERIOD = Parameter("period", 20, 2, 1_000)
_WIDTH = Parameter("width", 2.0, 0.1, 10.0, 0.25, (1.0, 3.0))
_CHANNEL_WIDTH = Parameter("channel_width", 1.5, 0.1, 10.0, 0.25, (1.0, 2.5))
_CONFIRMED = (
    Parameter("near_pct", 0.2, 0.0, 10.0, 0.1, (0.0, 0.5)),
    Parameter("adx_period", 14, 2, 200),
    Parameter("adx_min", 20.0, 0.0, 100.0, 2.5, (10.0, 40.0)),
)


def at_upper(market: Market, bands: Bands, near_pct: float) -> Condition:
    """Return whether the close crosses above the upper band, or is near it and above the middle."""
    close, reach = market.close, near_pct / 100.0 * bands.upper
    near = (abs(close - bands.upper) <= reach) & (close > bands.middle)
    return close.crosses_above(bands.upper) | near


def at_lower(market: Market, bands: Bands, near_pct: float) -> Condition:
    """Return whether the close crosses below the lower band, or is near it and below the middle."""
    close, reach = market.close, near_pct / 100.0 * bands.lower
    near = (abs(close - bands.lower) <= reach) & (close < bands.middle)
    return close.crosses_below(bands.lower) | near


def _band_rules(market: Market, bands: Bands, p: Parameters) -> Rules:
    """Return the rules of a confirmed break of bands that lasts while the middle holds."""
    confirmed = is_confirmed(market, p.adx_period, p.adx_min)
    return Rules(
        enter_long=at_upper(market, bands, p.near_pct) & confirmed,
        exit_long=market.close < bands.middle,
        enter_short=at_lower(market, bands, p.near_pct) & confirmed,
        exit_short=market.close > bands.middle,
    )


@bar_strategy(
    name="bollinger",
    family="breakout",
    rule="Buy when the close crosses above the upper Bollinger band or comes near it, confirmed by "
    "ADX and volume; leave when it is below the middle.",
    source="Bollinger, Bollinger on Bollinger Bands (2001), method I",
    modes=ALL_MODES,
    parameters=(_PERIOD, _WIDTH, *_CONFIRMED, leverage(3.0)),
)
def bollinger_break(market: Market, p: Parameters) -> Rules:
    """Write the rules of bollinger."""
    return _band_rules(market, bollinger(market.close, p.period, p.width), p)


@bar_strategy(
    name="bollinger_s00120",
    family="breakout",
    rule="Take the confirmed break of the upper Bollinger band only while RSI is below its upper "
    "limit; leave when it reaches that, or the close is below the middle.",
    source="Bollinger, Bollinger on Bollinger Bands (2001); Wilder (1978), limits of RSI",
    modes=ALL_MODES,
    relations=("rsi_low < rsi_high",),
    parameters=(
        _PERIOD,
        _WIDTH,
        *_CONFIRMED,
        Parameter("rsi_period", 14, 2, 200),
        Parameter("rsi_low", 30.0, 0.0, 100.0, 5.0, (10.0, 45.0)),
        Parameter("rsi_high", 70.0, 0.0, 100.0, 5.0, (55.0, 90.0)),
        leverage(3.0),
    ),
)
def bollinger_with_rsi(market: Market, p: Parameters) -> Rules:
    """Write the rules of bollinger_s00120."""
    close, bands = market.close, bollinger(market.close, p.period, p.width)
    confirmed = is_confirmed(market, p.adx_period, p.adx_min)
    strength = rsi(close, p.rsi_period)
    bought, sold = strength >= p.rsi_high, strength <= p.rsi_low
    return Rules(
        enter_long=at_upper(market, bands, p.near_pct) & confirmed & ~bought,
        exit_long=(close < bands.middle) | bought,
        enter_short=at_lower(market, bands, p.near_pct) & confirmed & ~sold,
        exit_short=(close > bands.middle) | sold,
    )


@bar_strategy(
    name="keltner",
    family="breakout",
    rule="Buy when the close crosses above the upper line of Keltner's channel or comes near it, "
    "confirmed by ADX and volume; leave when it is below the middle.",
    source="Keltner, How to Make Money in Commodities (1960), as revised by Raschke",
    modes=ALL_MODES,
    parameters=(_PERIOD, _WIDTH, *_CONFIRMED, leverage(3.0)),
)
def keltner_break(market: Market, p: Parameters) -> Rules:
    """Write the rules of keltner; shorts are the mirror image."""
    return _band_rules(market, keltner(market, p.period, p.width), p)


@bar_strategy(
    name="bb_squeeze",
    family="breakout",
    rule="Buy when Bollinger's bands, inside Keltner's channel until now, leave it with the close "
    "above their middle; leave when it is below.",
    source="Bollinger, Bollinger on Bollinger Bands (2001); Carter, Mastering the Trade (2005), "
    "ch. 11",
    modes=ALL_MODES,
    parameters=(
        _PERIOD,
        _WIDTH,
        Parameter("channel_period", 20, 2, 1_000),
        _CHANNEL_WIDTH,
        leverage(3.0),
    ),
)
def band_squeeze(market: Market, p: Parameters) -> Rules:
    """Write the rules of bb_squeeze; the channel is an EMA and average true ranges."""
    close, bands = market.close, bollinger(market.close, p.period, p.width)
    channel = keltner(market, p.channel_period, p.channel_width)
    inside = (bands.upper < channel.upper) & (bands.lower > channel.lower)
    released = inside.ago(1) & ~inside
    return Rules(
        enter_long=released & (close > bands.middle),
        exit_long=close < bands.middle,
        enter_short=released & (close < bands.middle),
        exit_short=close > bands.middle,
    )


@bar_strategy(
    name="ttm_squeeze",
    family="breakout",
    rule="Buy when a squeeze ends with its momentum above zero; leave when that is below zero.",
    source="Carter, Mastering the Trade (2005), ch. 11",
    modes=ALL_MODES,
    parameters=(
        _PERIOD,
        _WIDTH,
        _CHANNEL_WIDTH,
        Parameter("momentum_period", 12, 2, 500),
        leverage(1.0),
    ),
)
def momentum_squeeze(market: Market, p: Parameters) -> Rules:
    """Write the rules of ttm_squeeze; bands and channel have the same period, as Carter's have."""
    found = squeeze(market, p.period, p.width, p.channel_width, p.momentum_period)
    released = found.on.ago(1) & ~found.on
    up, down = found.momentum > 0.0, found.momentum < 0.0
    return Rules(
        enter_long=released & up, exit_long=down, enter_short=released & down, exit_short=up
    )


@bar_strategy(
    name="volatility_contraction_breakout",
    family="breakout",
    rule="When ATR is among its lowest and Bollinger's bands are narrow, buy the close that breaks "
    "above them, over a long EMA and with RSI above 50; leave when it is below the middle.",
    source="Minervini, Trade Like a Stock Market Wizard (2013), volatility contraction; Bollinger "
    "(2001), the squeeze",
    modes=ALL_MODES,
    parameters=(
        Parameter("atr_period", 14, 1, 200),
        _PERIOD,
        _WIDTH,
        Parameter("regime", 200, 2, 2_000),
        Parameter("rsi_period", 14, 2, 200),
        Parameter("atr_percentile", 20.0, 0.0, 100.0, 5.0, (5.0, 50.0)),
        Parameter("width_factor", 0.5, 0.01, 10.0, 0.1, (0.3, 1.0)),
        Parameter("lookback", 200, 2, 5_000),
        leverage(3.0),
    ),
)
def contraction_break(market: Market, p: Parameters) -> Rules:
    """Write the rules of volatility_contraction_breakout: quiet at the bar before the break.

    Quiet: ATR over the close below so many percent of its last `lookback` numbers, and the width
    of the bands below so many times its mean over as many bars.
    """
    close, bands = market.close, bollinger(market.close, p.period, p.width)
    rank = percent_rank(atr(market, p.atr_period) / close, p.lookback)
    narrow = bands.width < p.width_factor * sma(bands.width, p.lookback)
    quiet = ((rank <= p.atr_percentile) & narrow).ago(1)
    regime, strength = ema(close, p.regime), rsi(close, p.rsi_period)
    return Rules(
        enter_long=quiet & close.crosses_above(bands.upper) & (close > regime) & (strength > 50.0),
        exit_long=close < bands.middle,
        enter_short=quiet & close.crosses_below(bands.lower) & (close < regime) & (strength < 50.0),
        exit_short=close > bands.middle,
    )
