"""Trend: strength that confirms a direction, and lines that trail the price."""

from forven.strategies.bars.writing import (
    Choice,
    Market,
    Parameter,
    Parameters,
    Rules,
    adx,
    aroon,
    bar_strategy,
    chandelier,
    elder_ray,
    ema,
    heikin_ashi,
    ichimoku,
    leverage,
    linear_channel,
    maximum,
    minimum,
    minus_di,
    parabolic_sar,
    plus_di,
    supertrend,
)

ALL_MODES = ("long_only", "short_only", "both")


@bar_strategy(
    name="adx_trend",
    family="trend",
    rule="Buy when +DI crosses above -DI while ADX is above the threshold; leave when ADX falls "
    "below it or the lines cross back.",
    source="Wilder, New Concepts in Technical Trading Systems (1978)",
    modes=ALL_MODES,
    parameters=(
        Parameter("period", 14, 2, 200),
        Parameter("threshold", 25.0, 0.0, 100.0, 2.5, (15.0, 40.0)),
        leverage(1.0),
    ),
)
def adx_trend(market: Market, p: Parameters) -> Rules:
    """Write the rules of adx_trend."""
    strength = adx(market, p.period)
    rising, falling = plus_di(market, p.period), minus_di(market, p.period)
    up, down = rising.crosses_above(falling), rising.crosses_below(falling)
    strong, weak = strength > p.threshold, strength < p.threshold
    return Rules(
        enter_long=up & strong,
        exit_long=down | weak,
        enter_short=down & strong,
        exit_short=up | weak,
    )


@bar_strategy(
    name="trend_pulse_adx",
    family="trend",
    rule="In a trend by two EMAs and ADX, buy when the close reclaims the fast EMA after a "
    "pullback of a few bars; leave when the fast EMA crosses below the slow one.",
    source="Raschke and Connors, Street Smarts (1995), ch. 'Holy Grail'",
    modes=ALL_MODES,
    relations=("fast < slow",),
    parameters=(
        Parameter("fast", 21, 2, 500),
        Parameter("slow", 55, 3, 1_000),
        Parameter("adx_period", 14, 2, 200),
        Parameter("adx_min", 18.0, 0.0, 100.0),
        Parameter("pullback", 4, 1, 100),
        leverage(2.0),
    ),
)
def trend_pulse_adx(market: Market, p: Parameters) -> Rules:
    """Write the rules of trend_pulse_adx: at most `pullback` closes beyond the fast EMA."""
    close = market.close
    fast, slow = ema(close, p.fast), ema(close, p.slow)
    strong = adx(market, p.adx_period) >= p.adx_min
    was_above = (close > fast).ago(2).within(p.pullback)
    was_below = (close < fast).ago(2).within(p.pullback)
    return Rules(
        enter_long=(fast > slow) & strong & close.crosses_above(fast) & was_above,
        exit_long=fast.crosses_below(slow),
        enter_short=(fast < slow) & strong & close.crosses_below(fast) & was_below,
        exit_short=fast.crosses_above(slow),
    )


@bar_strategy(
    name="aroon",
    family="trend",
    rule="Buy when Aroon up crosses above Aroon down and is above the upper level; leave when it "
    "crosses below, or falls through the lower level.",
    source="Chande, Technical Analysis of Stocks & Commodities 9/1995",
    modes=ALL_MODES,
    relations=("lower < upper",),
    parameters=(
        Parameter("period", 25, 2, 500),
        Parameter("upper", 70.0, 0.0, 100.0, 5.0, (50.0, 95.0)),
        Parameter("lower", 30.0, 0.0, 100.0, 5.0, (5.0, 50.0)),
        leverage(1.0),
    ),
)
def aroon_cross(market: Market, p: Parameters) -> Rules:
    """Write the rules of aroon."""
    up, down = aroon(market, p.period)
    rises, falls = up.crosses_above(down), up.crosses_below(down)
    return Rules(
        enter_long=rises & (up > p.upper),
        exit_long=falls | up.crosses_below(p.lower),
        enter_short=falls & (down > p.upper),
        exit_short=rises | down.crosses_below(p.lower),
    )


ENTRY = Choice("entry", "state", ("state", "flip"), "at a flip only, or in any bar of a rise")


@bar_strategy(
    name="supertrend",
    family="trend",
    rule="Buy when SuperTrend flips to a rise, or is still in one; leave when it flips to a fall.",
    source="Seban's SuperTrend",
    modes=ALL_MODES,
    parameters=(
        Parameter("period", 10, 1, 200),
        Parameter("multiplier", 3.0, 0.1, 20.0, 0.5),
        ENTRY,
        leverage(3.0),
    ),
)
def supertrend_trail(market: Market, p: Parameters) -> Rules:
    """Write the rules of supertrend."""
    direction = supertrend(market, p.period, p.multiplier).direction
    up, down = direction.crosses_above(0.0), direction.crosses_below(0.0)
    if p.entry == "flip":
        return Rules(enter_long=up, exit_long=down, enter_short=down, exit_short=up)
    return Rules(
        enter_long=direction > 0.0, exit_long=down, enter_short=direction < 0.0, exit_short=up
    )


@bar_strategy(
    name="chandelier_exit",
    family="trend",
    rule="Buy when the close crosses above the short side's chandelier of the bar before; leave "
    "when it crosses below the long side's.",
    source="LeBeau; Elder, Come Into My Trading Room (2002)",
    modes=ALL_MODES,
    parameters=(
        Parameter("period", 22, 2, 500),
        Parameter("multiplier", 3.0, 0.1, 20.0, 0.5),
        Parameter("atr_period", 22, 1, 200),
        leverage(1.0),
    ),
)
def chandelier_exit(market: Market, p: Parameters) -> Rules:
    """Write the rules of chandelier_exit."""
    stops = chandelier(market, p.period, p.multiplier, p.atr_period)
    up = market.close.crosses_above(stops.short.ago(1))
    down = market.close.crosses_below(stops.long.ago(1))
    return Rules(enter_long=up, exit_long=down, enter_short=down, exit_short=up)


@bar_strategy(
    name="parabolic_sar",
    family="trend",
    rule="Buy when the close crosses above the parabolic SAR; leave when it crosses below.",
    source="Wilder, New Concepts in Technical Trading Systems (1978)",
    modes=ALL_MODES,
    relations=("acceleration <= maximum",),
    parameters=(
        Parameter("acceleration", 0.02, 0.001, 1.0, 0.005, (0.005, 0.05)),
        Parameter("maximum", 0.2, 0.001, 1.0, 0.05, (0.1, 0.4)),
        leverage(3.0),
    ),
)
def parabolic(market: Market, p: Parameters) -> Rules:
    """Write the rules of parabolic_sar."""
    stop = parabolic_sar(market, p.acceleration, p.maximum)
    up, down = market.close.crosses_above(stop), market.close.crosses_below(stop)
    return Rules(enter_long=up, exit_long=down, enter_short=down, exit_short=up)


@bar_strategy(
    name="ichimoku",
    family="trend",
    rule="Buy when Tenkan crosses above Kijun with the close above the cloud; leave at the "
    "reverse cross.",
    source="Hosoda (1969); Elliott, Ichimoku Charts (2007)",
    modes=ALL_MODES,
    relations=("tenkan < kijun", "kijun <= span"),
    parameters=(
        Parameter("tenkan", 9, 2, 200),
        Parameter("kijun", 26, 3, 500),
        Parameter("span", 52, 3, 1_000),
        leverage(1.0),
    ),
)
def ichimoku_cross(market: Market, p: Parameters) -> Rules:
    """Write the rules of ichimoku."""
    lines = ichimoku(market, p.tenkan, p.kijun, p.span)
    up, down = lines.tenkan.crosses_above(lines.kijun), lines.tenkan.crosses_below(lines.kijun)
    return Rules(
        enter_long=up & (market.close > maximum(lines.span_a, lines.span_b)),
        exit_long=down,
        enter_short=down & (market.close < minimum(lines.span_a, lines.span_b)),
        exit_short=up,
    )


@bar_strategy(
    name="heikin_ashi",
    family="trend",
    rule="Buy when Heikin-Ashi candles have turned rising for a few bars; leave when they have "
    "turned falling for as many.",
    source="Valcu, Technical Analysis of Stocks & Commodities 2/2004",
    modes=ALL_MODES,
    parameters=(Parameter("confirmation", 2, 1, 50), leverage(1.0)),
)
def heikin_ashi_flip(market: Market, p: Parameters) -> Rules:
    """Write the rules of heikin_ashi."""
    candles = heikin_ashi(market)
    up = (candles.close > candles.open).for_bars(p.confirmation).starts()
    down = (candles.close < candles.open).for_bars(p.confirmation).starts()
    return Rules(enter_long=up, exit_long=down, enter_short=down, exit_short=up)


@bar_strategy(
    name="linear_regression",
    family="trend",
    rule="Buy when the close breaks above the regression channel; leave when it falls below its "
    "line.",
    source="Raff, Technical Analysis of Stocks & Commodities 10/1991; channel of residual "
    "deviations",
    modes=ALL_MODES,
    parameters=(
        Parameter("period", 50, 3, 1_000),
        Parameter("width", 2.0, 0.1, 10.0, 0.25, (1.0, 3.0)),
        leverage(1.0),
    ),
)
def regression_break(market: Market, p: Parameters) -> Rules:
    """Write the rules of linear_regression."""
    close, channel = market.close, linear_channel(market.close, p.period, p.width)
    return Rules(
        enter_long=close.crosses_above(channel.upper),
        exit_long=close < channel.middle,
        enter_short=close.crosses_below(channel.lower),
        exit_short=close > channel.middle,
    )


@bar_strategy(
    name="elder_ray",
    family="trend",
    rule="Buy when bull power crosses above zero while the EMA rises; leave when it crosses below.",
    source="Elder, Trading for a Living (1993)",
    modes=ALL_MODES,
    parameters=(Parameter("period", 13, 2, 500), leverage(1.0)),
)
def elder_rays(market: Market, p: Parameters) -> Rules:
    """Write the rules of elder_ray."""
    average, rays = ema(market.close, p.period), elder_ray(market, p.period)
    return Rules(
        enter_long=average.rises() & rays.bull.crosses_above(0.0),
        exit_long=rays.bull.crosses_below(0.0),
        enter_short=average.falls() & rays.bear.crosses_below(0.0),
        exit_short=rays.bear.crosses_above(0.0),
    )
