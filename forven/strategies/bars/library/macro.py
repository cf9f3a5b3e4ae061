"""Macro: moods of other markets that let a strategy in or keep it out.

Their columns are daily: a window in days takes the bars of so many days, where each value stands.
"""

from forven.strategies.bars.errors import InvalidBarStrategy
from forven.strategies.bars.indicators.registry import PERIOD_MAX
from forven.strategies.bars.library.positioning import SCORE_BARS_MIN, score
from forven.strategies.bars.writing import (
    Choice,
    Column,
    Market,
    Parameter,
    Parameters,
    Rules,
    bar_strategy,
    ema,
    leverage,
    rsi,
    sma,
    when,
)

ALL_MODES = ("long_only", "short_only", "both")
DAY_HOURS = 24
_SCALE = 1e6  # of a ratio of prices, so that its deviation is far above rounding
RSI_PERIOD = Parameter("rsi_period", 14, 2, 200)


def bars_of_days(market: Market, days: int) -> int:
    """Return how many bars a window of some days has, at least 2; errors: InvalidBarStrategy."""
    bars = max(2, market.bars_in(DAY_HOURS * days))
    if bars > PERIOD_MAX:
        raise InvalidBarStrategy(
            f"a window of {days} days on {market.timeframe} bars: expected at most {PERIOD_MAX:,} "
            f"bars, found {bars:,}; take fewer days, or resample the bars to 15m or coarser"
        )
    return bars


def daily_average(market: Market, column: Column, days: int) -> Column:
    """Return the mean of a daily column over some days."""
    return sma(column, bars_of_days(market, days))


def vote(column: Column, level: Column | float) -> Column:
    """Return 1 above a level, -1 below it, 0 at it; NaN where one of the two is missing."""
    return when(column > level, 1.0, when(column < level, -1.0, column - level))


@bar_strategy(
    name="fear_greed_contrarian",
    family="macro",
    rule="Buy in extreme fear while the RSI is oversold, and leave when fear has turned neutral; "
    "shorts fade extreme greed.",
    source="the crypto fear and greed index of alternative.me; Wilder's RSI",
    modes=ALL_MODES,
    relations=("fear < exit_low", "exit_low <= exit_high", "exit_high < greed"),
    needs=("fear_greed",),
    parameters=(
        Parameter("fear", 20.0, 0.0, 100.0, 5.0, (10.0, 35.0)),
        Parameter("greed", 80.0, 0.0, 100.0, 5.0, (65.0, 90.0)),
        RSI_PERIOD,
        Parameter("rsi_low", 30.0, 0.0, 100.0, 5.0, (20.0, 45.0)),
        Parameter("rsi_high", 70.0, 0.0, 100.0, 5.0, (55.0, 80.0)),
        Parameter("exit_low", 40.0, 0.0, 100.0, 5.0, (40.0, 50.0)),
        Parameter("exit_high", 60.0, 0.0, 100.0, 5.0, (50.0, 60.0)),
        leverage(2.0),
    ),
)
def fear_greed_contrarian(market: Market, p: Parameters) -> Rules:
    """Write the rules of fear_greed_contrarian; an index that leaps over neutral also ends it."""
    mood, strength = market.column("fear_greed"), rsi(market.close, p.rsi_period)
    return Rules(
        enter_long=(mood <= p.fear) & (strength <= p.rsi_low),
        exit_long=mood >= p.exit_low,
        enter_short=(mood >= p.greed) & (strength >= p.rsi_high),
        exit_short=mood <= p.exit_high,
    )


@bar_strategy(
    name="vix_regime_filter",
    family="macro",
    rule="While VIX is calm, be long in a rise of two EMAs; leave when the rise ends or VIX is "
    "stressed; shorts follow falls under stress until it is calm.",
    source="Whaley, The Investor Fear Gauge, Journal of Portfolio Management 2000; EMA cross",
    modes=ALL_MODES,
    relations=("calm < stress", "fast < slow"),
    needs=("vix_close",),
    parameters=(
        Parameter("stress", 25.0, 1.0, 200.0, 2.5, (20.0, 35.0)),
        Parameter("calm", 15.0, 1.0, 200.0, 2.5, (12.5, 20.0)),
        Parameter("fast", 12, 2, 500),
        Parameter("slow", 26, 3, 1_000),
        leverage(2.0),
    ),
)
def vix_regime_filter(market: Market, p: Parameters) -> Rules:
    """Write the rules of vix_regime_filter."""
    vix = market.column("vix_close")
    fast, slow = ema(market.close, p.fast), ema(market.close, p.slow)
    calm, stress = vix <= p.calm, vix >= p.stress
    return Rules(
        enter_long=(fast > slow) & calm,
        exit_long=(fast < slow) | stress,
        enter_short=(fast < slow) & stress,
        exit_short=(fast > slow) | calm,
    )


@bar_strategy(
    name="dollar_strength_filter",
    family="macro",
    rule="While the dollar index is below its average of days, buy a low RSI; leave when the RSI "
    "is high or the dollar is above it; shorts are the mirror.",
    source="Murphy, Intermarket Analysis (2004): the dollar against risk assets; Wilder's RSI",
    modes=ALL_MODES,
    relations=("rsi_low < rsi_high",),
    needs=("dxy_close",),
    parameters=(
        Parameter("sma_days", 10, 2, 200, 5, (5, 50)),
        RSI_PERIOD,
        Parameter("rsi_low", 35.0, 0.0, 100.0, 5.0, (20.0, 45.0)),
        Parameter("rsi_high", 65.0, 0.0, 100.0, 5.0, (55.0, 80.0)),
        leverage(2.0),
    ),
)
def dollar_strength_filter(market: Market, p: Parameters) -> Rules:
    """Write the rules of dollar_strength_filter."""
    dollar, strength = market.column("dxy_close"), rsi(market.close, p.rsi_period)
    average = daily_average(market, dollar, p.sma_days)
    weak, strong = dollar < average, dollar > average
    low, high = strength <= p.rsi_low, strength >= p.rsi_high
    return Rules(
        enter_long=weak & low,
        exit_long=high | strong,
        enter_short=strong & high,
        exit_short=low | weak,
    )


@bar_strategy(
    name="btc_dominance_rotation",
    family="macro",
    rule="Where Bitcoin's share of all coins' value has moved this coin's way over days, buy an "
    "oversold RSI; leave when it is overbought or the share moves against it; shorts mirror it.",
    source="the rotation between Bitcoin and other coins; Wilder's RSI",
    modes=ALL_MODES,
    relations=("rsi_low < rsi_high",),
    needs=("btc_dominance",),
    parameters=(
        Parameter("days", 7, 1, 60, 1, (3, 30)),
        RSI_PERIOD,
        Parameter("rsi_low", 30.0, 0.0, 100.0, 5.0, (20.0, 45.0)),
        Parameter("rsi_high", 70.0, 0.0, 100.0, 5.0, (55.0, 80.0)),
        Choice("coin", "other", ("other", "bitcoin"), "a falling share favours the others"),
        leverage(2.0),
    ),
)
def btc_dominance_rotation(market: Market, p: Parameters) -> Rules:
    """Write the rules of btc_dominance_rotation."""
    share, strength = market.column("btc_dominance"), rsi(market.close, p.rsi_period)
    change = share.change(market.bars_in(DAY_HOURS * p.days))
    risen, fallen = change > 0.0, change < 0.0
    good, bad = (risen, fallen) if p.coin == "bitcoin" else (fallen, risen)
    low, high = strength <= p.rsi_low, strength >= p.rsi_high
    return Rules(
        enter_long=good & low,
        exit_long=high | bad,
        enter_short=bad & high,
        exit_short=low | good,
    )


@bar_strategy(
    name="cross_asset_divergence",
    family="macro",
    rule="Buy when the price over that of SPY lies deviations below its mean of days; leave when "
    "it is near the mean again; shorts are the mirror.",
    source="pairs trading: Gatev, Goetzmann and Rouwenhorst, Review of Financial Studies 2006",
    modes=ALL_MODES,
    relations=("exit_z < entry_z",),
    needs=("spy_close",),
    parameters=(
        Parameter("days", 30, 2, 200, 10, (10, 90)),
        Parameter("entry_z", 2.0, 0.1, 10.0, 0.25, (1.0, 3.0)),
        Parameter("exit_z", 0.5, 0.0, 10.0, 0.25, (0.0, 1.0)),
        leverage(2.0),
    ),
)
def cross_asset_divergence(market: Market, p: Parameters) -> Rules:
    """Write the rules of cross_asset_divergence."""
    ratio = _SCALE * market.close / market.column("spy_close")
    distance = score(ratio, max(SCORE_BARS_MIN, bars_of_days(market, p.days)))
    return Rules(
        enter_long=distance <= -p.entry_z,
        exit_long=distance >= -p.exit_z,
        enter_short=distance >= p.entry_z,
        exit_short=distance <= p.exit_z,
    )


@bar_strategy(
    name="macro_regime_composite",
    family="macro",
    rule="VIX below its level, the dollar below and SPY above their averages of days vote for "
    "risk, the opposite against: buy where the mean vote is high, leave where it is low; shorts "
    "mirror it.",
    source="Murphy, Intermarket Analysis (2004); risk on and off by the signs of VIX, DXY and SPY",
    modes=ALL_MODES,
    relations=("exit < entry",),
    needs=("vix_close", "dxy_close", "spy_close"),
    parameters=(
        Parameter("vix_level", 20.0, 1.0, 200.0, 2.5, (15.0, 30.0)),
        Parameter("sma_days", 10, 2, 200, 5, (5, 50)),
        Parameter("entry", 0.6, 0.0, 1.0, 0.2, (0.2, 1.0)),
        Parameter("exit", 0.2, -1.0, 1.0, 0.2, (-0.4, 0.4)),
        leverage(2.0),
    ),
)
def macro_regime_composite(market: Market, p: Parameters) -> Rules:
    """Write the rules of macro_regime_composite; where one vote is missing nothing is decided."""
    vix, dollar, shares = map(market.column, ("vix_close", "dxy_close", "spy_close"))
    risk = (
        vote(shares, daily_average(market, shares, p.sma_days))
        - vote(vix, p.vix_level)
        - vote(dollar, daily_average(market, dollar, p.sma_days))
    ) / 3.0
    return Rules(
        enter_long=risk >= p.entry,
        exit_long=risk <= p.exit,
        enter_short=risk <= -p.entry,
        exit_short=risk >= -p.exit,
    )
