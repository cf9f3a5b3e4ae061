"""Oscillators: lines between fixed bounds that turn back from their extremes."""

from forven.strategies.bars.library.crossovers import is_confirmed
from forven.strategies.bars.writing import (
    Market,
    Parameter,
    Parameters,
    Rules,
    adx,
    bar_strategy,
    cci,
    connors_rsi,
    ema,
    kdj,
    leverage,
    mfi,
    stochastic,
    ultimate_oscillator,
    williams_r,
)

ALL_MODES = ("long_only", "short_only", "both")


@bar_strategy(
    name="connors_rsi",
    family="oscillator",
    rule="Buy when ConnorsRSI falls through the lower level; leave when it rises through the "
    "upper one.",
    source="Connors and Alvarez, An Introduction to ConnorsRSI (2012)",
    modes=ALL_MODES,
    relations=("lower < upper",),
    parameters=(
        Parameter("period", 3, 2, 200),
        Parameter("streak_period", 2, 2, 200),
        Parameter("rank_period", 100, 2, 1_000),
        Parameter("lower", 10.0, 0.0, 100.0, 5.0, (5.0, 30.0)),
        Parameter("upper", 90.0, 0.0, 100.0, 5.0, (70.0, 95.0)),
        leverage(1.0),
    ),
)
def connors(market: Market, p: Parameters) -> Rules:
    """Write the rules of connors_rsi."""
    line = connors_rsi(market.close, p.period, p.streak_period, p.rank_period)
    low, high = line.crosses_below(p.lower), line.crosses_above(p.upper)
    return Rules(enter_long=low, exit_long=high, enter_short=high, exit_short=low)


@bar_strategy(
    name="stochastic",
    family="oscillator",
    rule="Buy when the slow %K crosses above the lower level, confirmed by ADX and volume; leave "
    "when it reaches the upper level or falls through the lower exit; shorts are the mirror.",
    source="Lane, Lane's Stochastics (1984); Wilder's ADX",
    modes=ALL_MODES,
    relations=("lower < exit_long", "exit_short < upper"),
    parameters=(
        Parameter("period", 14, 2, 500),
        Parameter("smooth", 3, 1, 100),
        Parameter("lower", 20.0, 0.0, 100.0, 5.0, (10.0, 35.0)),
        Parameter("upper", 80.0, 0.0, 100.0, 5.0, (65.0, 90.0)),
        Parameter("exit_long", 40.0, 0.0, 100.0, 5.0, (30.0, 60.0)),
        Parameter("exit_short", 60.0, 0.0, 100.0, 5.0, (40.0, 70.0)),
        Parameter("adx_period", 14, 2, 200),
        Parameter("adx_min", 20.0, 0.0, 100.0),
        leverage(3.0),
    ),
)
def stochastic_turn(market: Market, p: Parameters) -> Rules:
    """Write the rules of stochastic."""
    line = stochastic(market, p.period, p.smooth, 1).k
    confirmed = is_confirmed(market, p.adx_period, p.adx_min)
    return Rules(
        enter_long=line.crosses_above(p.lower) & confirmed,
        exit_long=(line >= p.upper) | line.crosses_below(p.exit_long),
        enter_short=line.crosses_below(p.upper) & confirmed,
        exit_short=(line <= p.lower) | line.crosses_above(p.exit_short),
    )


@bar_strategy(
    name="kdj",
    family="oscillator",
    rule="Buy once J has crossed above 0 within the last bars and K is above D; leave when K "
    "crosses below D.",
    source="the KDJ of Asian charts: Lane's stochastic with J = 3 K - 2 D",
    modes=ALL_MODES,
    parameters=(
        Parameter("period", 9, 2, 500),
        Parameter("k_period", 3, 1, 100),
        Parameter("d_period", 3, 2, 100),
        Parameter("confirm_bars", 3, 1, 50),
        leverage(1.0),
    ),
)
def kdj_turn(market: Market, p: Parameters) -> Rules:
    """Write the rules of kdj; a short's J falls from 100."""
    k, d, j = kdj(market, p.period, p.k_period, p.d_period)
    rose = j.crosses_above(0.0).within(p.confirm_bars)
    fell = j.crosses_below(100.0).within(p.confirm_bars)
    return Rules(
        enter_long=(rose & (k > d)).starts(),
        exit_long=k.crosses_below(d),
        enter_short=(fell & (k < d)).starts(),
        exit_short=k.crosses_above(d),
    )


@bar_strategy(
    name="cci",
    family="oscillator",
    rule="Buy when the CCI crosses back above the lower level; leave when it crosses back below "
    "the upper one.",
    source="Lambert, Commodities 10/1980",
    modes=ALL_MODES,
    relations=("lower < upper",),
    parameters=(
        Parameter("period", 20, 2, 500),
        Parameter("lower", -100.0, -500.0, 500.0, 25.0, (-200.0, -50.0)),
        Parameter("upper", 100.0, -500.0, 500.0, 25.0, (50.0, 200.0)),
        leverage(1.0),
    ),
)
def cci_turn(market: Market, p: Parameters) -> Rules:
    """Write the rules of cci."""
    line = cci(market, p.period)
    up, down = line.crosses_above(p.lower), line.crosses_below(p.upper)
    return Rules(enter_long=up, exit_long=down, enter_short=down, exit_short=up)


@bar_strategy(
    name="mfi",
    family="oscillator",
    rule="Buy when the money flow index crosses above the lower level; leave when it crosses below "
    "the upper one.",
    source="Quong and Soudack, Technical Analysis of Stocks & Commodities 3/1989",
    modes=ALL_MODES,
    relations=("lower < upper",),
    parameters=(
        Parameter("period", 14, 2, 500),
        Parameter("lower", 20.0, 0.0, 100.0, 5.0, (10.0, 40.0)),
        Parameter("upper", 80.0, 0.0, 100.0, 5.0, (60.0, 90.0)),
        leverage(1.0),
    ),
)
def mfi_turn(market: Market, p: Parameters) -> Rules:
    """Write the rules of mfi."""
    line = mfi(market, p.period)
    up, down = line.crosses_above(p.lower), line.crosses_below(p.upper)
    return Rules(enter_long=up, exit_long=down, enter_short=down, exit_short=up)


@bar_strategy(
    name="williams_r",
    family="oscillator",
    rule="Buy when Williams %R crosses above the lower level while ADX shows a trend; leave when "
    "it falls through the upper level; shorts are the mirror.",
    source="Williams, How I Made One Million Dollars (1973); Wilder's ADX",
    modes=ALL_MODES,
    relations=("lower < upper",),
    parameters=(
        Parameter("period", 14, 2, 500),
        Parameter("lower", -80.0, -100.0, 0.0, 5.0, (-95.0, -60.0)),
        Parameter("upper", -20.0, -100.0, 0.0, 5.0, (-40.0, -5.0)),
        Parameter("adx_period", 14, 2, 200),
        Parameter("adx_min", 20.0, 0.0, 100.0),
        leverage(3.0),
    ),
)
def williams_turn(market: Market, p: Parameters) -> Rules:
    """Write the rules of williams_r."""
    line = williams_r(market, p.period)
    is_strong = adx(market, p.adx_period) >= p.adx_min
    up, down = line.crosses_above(p.lower), line.crosses_below(p.upper)
    return Rules(
        enter_long=up & is_strong,
        exit_long=down,
        enter_short=down & is_strong,
        exit_short=up,
    )


@bar_strategy(
    name="williams_ema_reclaim",
    family="oscillator",
    rule="Buy when the close crosses above the EMA after Williams %R was low within the last bars; "
    "leave when %R falls through the upper level or the close through the EMA.",
    source="Williams, How I Made One Million Dollars (1973)",
    relations=("lower < upper",),
    parameters=(
        Parameter("period", 14, 2, 500),
        Parameter("ema_period", 21, 2, 500),
        Parameter("lower", -70.0, -100.0, 0.0, 5.0, (-95.0, -60.0)),
        Parameter("upper", -25.0, -100.0, 0.0, 5.0, (-40.0, -5.0)),
        Parameter("memory_bars", 5, 1, 100),
        leverage(2.0),
    ),
)
def williams_ema_reclaim(market: Market, p: Parameters) -> Rules:
    """Write the rules of williams_ema_reclaim."""
    close, average = market.close, ema(market.close, p.ema_period)
    line = williams_r(market, p.period)
    was_low = (line <= p.lower).ago(1).within(p.memory_bars)
    return Rules(
        enter_long=close.crosses_above(average) & was_low,
        exit_long=line.crosses_below(p.upper) | close.crosses_below(average),
    )


@bar_strategy(
    name="ultimate_oscillator",
    family="oscillator",
    rule="Buy when the ultimate oscillator crosses above the lower level; leave when it reaches "
    "the upper one.",
    source="Williams, Technical Analysis of Stocks & Commodities 8/1985",
    modes=ALL_MODES,
    relations=("short < middle", "middle < long", "lower < upper"),
    parameters=(
        Parameter("short", 7, 1, 200),
        Parameter("middle", 14, 2, 400),
        Parameter("long", 28, 3, 800),
        Parameter("lower", 30.0, 0.0, 100.0, 5.0, (20.0, 45.0)),
        Parameter("upper", 70.0, 0.0, 100.0, 5.0, (55.0, 80.0)),
        leverage(1.0),
    ),
)
def ultimate_turn(market: Market, p: Parameters) -> Rules:
    """Write the rules of ultimate_oscillator."""
    line = ultimate_oscillator(market, p.short, p.middle, p.long)
    return Rules(
        enter_long=line.crosses_above(p.lower),
        exit_long=line >= p.upper,
        enter_short=line.crosses_below(p.upper),
        exit_short=line <= p.lower,
    )
