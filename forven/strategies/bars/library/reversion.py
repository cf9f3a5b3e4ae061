"""Mean reversion: prices far from their mean that come back to it."""

from forven.strategies.bars.writing import (
    Controls,
    Market,
    Parameter,
    Parameters,
    Rules,
    adx,
    atr,
    bar_strategy,
    bollinger,
    ema,
    leverage,
    percent_rank,
    rsi,
    sma,
    zscore,
)

ALL_MODES = ("long_only", "short_only", "both")
BOLLINGER = "Bollinger on Bollinger Bands (2001)"
CHAN = "Chan, Algorithmic Trading (2013), ch. 3"


@bar_strategy(
    name="bb_fade",
    family="mean_reversion",
    rule="Buy when the close comes back above the lower band; leave at the middle one.",
    source=BOLLINGER,
    modes=ALL_MODES,
    parameters=(
        Parameter("period", 20, 2, 500),
        Parameter("width", 2.5, 0.1, 10.0, 0.25, (1.5, 3.5)),
        leverage(3.0),
    ),
)
def bb_fade(market: Market, p: Parameters) -> Rules:
    """Write the rules of bb_fade; on a band that has no width the close is not outside."""
    close, bands = market.close, bollinger(market.close, p.period, p.width)
    return Rules(
        enter_long=(close < bands.lower).ago(1) & (close >= bands.lower),
        exit_long=close >= bands.middle,
        enter_short=(close > bands.upper).ago(1) & (close <= bands.upper),
        exit_short=close <= bands.middle,
    )


@bar_strategy(
    name="bollinger_reversion",
    family="mean_reversion",
    rule="Buy while the close is at or below the lower band and the RSI is low; leave at the "
    "middle band.",
    source=f"{BOLLINGER}; Wilder's RSI",
    modes=ALL_MODES,
    parameters=(
        Parameter("period", 20, 2, 500),
        Parameter("width", 2.0, 0.1, 10.0, 0.25, (1.0, 3.0)),
        Parameter("rsi_period", 14, 2, 200),
        Parameter("rsi_enter", 30.0, 0.0, 50.0, 5.0, (20.0, 45.0)),
        leverage(1.0),
    ),
)
def bollinger_reversion(market: Market, p: Parameters) -> Rules:
    """Write the rules of bollinger_reversion; a short's RSI is at least 100 - rsi_enter."""
    close, bands = market.close, bollinger(market.close, p.period, p.width)
    strength = rsi(close, p.rsi_period)
    return Rules(
        enter_long=(close <= bands.lower) & (strength <= p.rsi_enter),
        exit_long=close >= bands.middle,
        enter_short=(close >= bands.upper) & (strength >= 100.0 - p.rsi_enter),
        exit_short=close <= bands.middle,
    )


@bar_strategy(
    name="zscore_reversion",
    family="mean_reversion",
    rule="Buy while the close is more than so many deviations below its mean; leave when it is "
    "back at the exit's.",
    source=CHAN,
    modes=ALL_MODES,
    relations=("exit < entry",),
    parameters=(
        Parameter("period", 20, 2, 500),
        Parameter("entry", 2.0, 0.0, 10.0, 0.25, (1.0, 3.0)),
        Parameter("exit", 0.0, -10.0, 10.0, 0.25, (-0.5, 0.5)),
        leverage(1.0),
    ),
)
def zscore_reversion(market: Market, p: Parameters) -> Rules:
    """Write the rules of zscore_reversion; `exit` counts from the mean towards the entry."""
    score = zscore(market.close, p.period)
    return Rules(
        enter_long=score < -p.entry,
        exit_long=score >= -p.exit,
        enter_short=score > p.entry,
        exit_short=score <= p.exit,
    )


@bar_strategy(
    name="zscore_mean_reclaim",
    family="mean_reversion",
    rule="While the EMA stands above where it was, buy when the z-score of the close rises through "
    "the entry level; leave at the exit level.",
    source=CHAN,
    modes=ALL_MODES,
    relations=("entry < exit",),
    parameters=(
        Parameter("period", 20, 2, 500),
        Parameter("entry", -1.5, -10.0, 10.0, 0.25, (-2.5, -0.5)),
        Parameter("exit", 0.3, -10.0, 10.0, 0.25, (0.0, 1.0)),
        Parameter("ema_period", 34, 2, 1_000),
        Parameter("slope_bars", 20, 1, 500),
        leverage(1.5),
    ),
)
def zscore_mean_reclaim(market: Market, p: Parameters) -> Rules:
    """Write the rules of zscore_mean_reclaim. A close so low is below the EMA and pulls it down,
    so the trend is asked over more bars than one.
    """
    score, average = zscore(market.close, p.period), ema(market.close, p.ema_period)
    return Rules(
        enter_long=score.crosses_above(p.entry) & average.rises(p.slope_bars),
        exit_long=score >= p.exit,
        enter_short=score.crosses_below(-p.entry) & average.falls(p.slope_bars),
        exit_short=score <= -p.exit,
    )


@bar_strategy(
    name="stddev_breakout",
    family="mean_reversion",
    rule="Buy when the close breaks more than so many deviations below its mean; leave when it is "
    "back at the mean. Despite its name it bets on a return.",
    source=CHAN,
    modes=ALL_MODES,
    parameters=(
        Parameter("period", 20, 2, 500),
        Parameter("width", 2.0, 0.1, 10.0, 0.25, (1.0, 3.0)),
        leverage(1.0),
    ),
)
def stddev_breakout(market: Market, p: Parameters) -> Rules:
    """Write the rules of stddev_breakout; unlike zscore_reversion it acts once a break."""
    score = zscore(market.close, p.period)
    return Rules(
        enter_long=score.crosses_below(-p.width),
        exit_long=score >= 0.0,
        enter_short=score.crosses_above(p.width),
        exit_short=score <= 0.0,
    )


@bar_strategy(
    name="momentum_burst_mean_reversion",
    family="mean_reversion",
    rule="Without a trend by ADX, buy a fall of many true ranges, among the greatest moves of late "
    "and with much volume, below the EMA; leave at the EMA, at the ATR stop, or after a few bars.",
    source="Kaufman, Trading Systems and Methods (2013), mean reversion; Wilder's ATR and ADX",
    modes=ALL_MODES,
    parameters=(
        Parameter("atr_period", 14, 1, 200),
        Parameter("burst", 1.5, 0.1, 20.0, 0.25, (1.0, 3.0)),
        Parameter("percentile", 95.0, 0.0, 100.0, 2.5, (85.0, 97.5)),
        Parameter("rank_bars", 100, 10, 2_000),
        Parameter("adx_period", 14, 2, 200),
        Parameter("adx_max", 25.0, 0.0, 100.0, 5.0, (15.0, 40.0)),
        Parameter("ema_period", 50, 2, 1_000),
        Parameter("volume_ratio", 1.2, 0.0, 20.0, 0.1, (0.8, 2.0)),
        Parameter("volume_period", 20, 2, 500),
        Parameter("atr_stop", 2.0, 0.1, 50.0, 0.5, (1.0, 4.0)),
        Parameter("hold_bars", 8, 1, 1_000),
        leverage(1.0),
    ),
)
def momentum_burst_mean_reversion(market: Market, p: Parameters) -> Rules:
    """Write the rules of momentum_burst_mean_reversion; a burst is measured by the true ranges
    before it.
    """
    close, average = market.close, ema(market.close, p.ema_period)
    move, reach = close.change(), p.burst * atr(market, p.atr_period).ago(1)
    is_rare = percent_rank(abs(move), p.rank_bars) >= p.percentile
    is_busy = market.volume >= p.volume_ratio * sma(market.volume, p.volume_period)
    fades = is_rare & is_busy & (adx(market, p.adx_period) <= p.adx_max)
    return Rules(
        enter_long=fades & (move <= -reach) & (close < average),
        exit_long=close >= average,
        enter_short=fades & (move >= reach) & (close > average),
        exit_short=close <= average,
        controls=Controls(
            sizing_mode="atr",
            risk_per_trade=0.01,
            atr_stop_multiplier=round(p.atr_stop, 3),
            time_stop_bars=p.hold_bars,
        ),
    )
