"""Positioning: what leveraged traders pay, how they lean, and when they are forced out."""

from forven.strategies.bars.writing import (
    Column,
    Market,
    Parameter,
    Parameters,
    Rules,
    at_least,
    bar_strategy,
    ema,
    leverage,
    rsi,
    sma,
    stddev,
    when,
)

ALL_MODES = ("long_only", "short_only", "both")
PPM = 1e6
SCORE_BARS_MIN = 12
"""A score of fewer bars could hardly reach 3: at most (n - 1) / sqrt(n)."""
_STANDS_STILL = 1e-6
_SEARCHED = 1e-6, 1e-5
ENTRY = Parameter("entry", 3.75e-6, 0.0, 1e-3, 1.25e-6, _SEARCHED)
EXIT = Parameter("exit", 1.25e-6, -1e-3, 1e-3, 1.25e-6, (0.0, 3.75e-6))
WINDOW_HOURS = Parameter("window_hours", 24, 12, 720, 12, (12, 96))


def score(column: Column, bars: int) -> Column:
    """Return how many deviations a column is from its mean; 0 where it stands still."""
    distance, deviation = column - sma(column, bars), stddev(column, bars)
    return when(deviation > _STANDS_STILL, distance / deviation, distance)


def score_bars(market: Market, hours: int) -> int:
    """Return the bars of a score over some hours: never too few for it to say something."""
    return max(SCORE_BARS_MIN, market.bars_in(hours))


@bar_strategy(
    name="funding",
    family="positioning",
    rule="Buy while shorts pay more than the entry's funding an hour and the close is above its "
    "EMA; leave when they pay less than the exit's; shorts are the mirror.",
    source="the perpetual's carry, as in He, Manela, Ross and von Wachter, Fundamentals of "
    "Perpetual Futures (2022); the side follows from who is paid",
    modes=ALL_MODES,
    relations=("exit <= entry",),
    needs=("funding_rate",),
    parameters=(ENTRY, EXIT, Parameter("ema_period", 200, 2, 2_000), leverage(3.0)),
)
def funding(market: Market, p: Parameters) -> Rules:
    """Write the rules of funding: rates are fractions an hour, below 0 where shorts pay."""
    rate, average = market.column("funding_rate"), ema(market.close, p.ema_period)
    return Rules(
        enter_long=(rate <= -p.entry) & (market.close > average),
        exit_long=rate > -p.exit,
        enter_short=(rate >= p.entry) & (market.close < average),
        exit_short=rate < p.exit,
    )


@bar_strategy(
    name="funding_direction",
    family="positioning",
    rule="Be on the side that is paid: long while shorts pay more than the entry's funding an "
    "hour, short while longs do; leave when they pay less than the exit's.",
    source="the perpetual's carry, as in He, Manela, Ross and von Wachter, Fundamentals of "
    "Perpetual Futures (2022)",
    modes=ALL_MODES,
    relations=("exit <= entry",),
    needs=("funding_rate",),
    parameters=(ENTRY, EXIT, leverage(2.0)),
)
def funding_direction(market: Market, p: Parameters) -> Rules:
    """Write the rules of funding_direction."""
    rate = market.column("funding_rate")
    return Rules(
        enter_long=rate <= -p.entry,
        exit_long=rate > -p.exit,
        enter_short=rate >= p.entry,
        exit_short=rate < p.exit,
    )


@bar_strategy(
    name="funding_regime_reversion",
    family="positioning",
    rule="In a rise by the EMA, buy a weak RSI while funding lies deviations below its mean; leave "
    "when it is near the mean again; shorts are the mirror.",
    source="z-score reversion of Chan, Algorithmic Trading (2013), ch. 3, on funding",
    modes=ALL_MODES,
    relations=("exit_z < entry_z", "rsi_low < rsi_high"),
    needs=("funding_rate",),
    parameters=(
        Parameter("window", 24, SCORE_BARS_MIN, 2_000),
        Parameter("entry_z", 2.0, 0.1, 10.0, 0.25, (1.0, 3.0)),
        Parameter("exit_z", 0.5, 0.0, 10.0, 0.25, (0.0, 1.0)),
        Parameter("rsi_period", 14, 2, 200),
        Parameter("rsi_low", 40.0, 0.0, 100.0, 5.0, (25.0, 50.0)),
        Parameter("rsi_high", 60.0, 0.0, 100.0, 5.0, (50.0, 75.0)),
        Parameter("ema_period", 200, 2, 2_000),
        leverage(3.0),
    ),
)
def funding_regime_reversion(market: Market, p: Parameters) -> Rules:
    """Write the rules of funding_regime_reversion; the window is in bars."""
    rate = score(PPM * market.column("funding_rate"), p.window)
    strength, average = rsi(market.close, p.rsi_period), ema(market.close, p.ema_period)
    return Rules(
        enter_long=(rate <= -p.entry_z) & (strength <= p.rsi_low) & (market.close > average),
        exit_long=rate >= -p.exit_z,
        enter_short=(rate >= p.entry_z) & (strength >= p.rsi_high) & (market.close < average),
        exit_short=rate <= p.exit_z,
    )


@bar_strategy(
    name="funding_crowding_composite",
    family="positioning",
    rule="Trade against a crowd that two or more signs show: unusual funding, lopsided accounts, "
    "its own liquidations outweighing the others; leave when funding and accounts are ordinary.",
    source="signs of crowding as data vendors publish them (Coinglass); z-score of Chan (2013), "
    "ch. 3",
    modes=ALL_MODES,
    needs=("funding_rate", "ls_ratio", "liq_imbalance"),
    parameters=(
        WINDOW_HOURS,
        Parameter("entry_z", 2.0, 0.1, 10.0, 0.25, (1.0, 3.0)),
        Parameter("ls_extreme", 1.8, 1.01, 20.0, 0.2, (1.2, 3.0)),
        Parameter("liquidation_extreme", 0.3, 0.0, 1.0, 0.1, (0.1, 0.7)),
        Parameter("conditions", 2, 1, 3, 1, (1, 3)),
        leverage(2.0),
    ),
)
def funding_crowding_composite(market: Market, p: Parameters) -> Rules:
    """Write the rules of funding_crowding_composite; a crowd of shorts has the ratio's inverse.

    All three columns must be there: a sign that is missing is none that is not given.
    """
    rate = score(PPM * market.column("funding_rate"), score_bars(market, p.window_hours))
    ratio, forced = market.column("ls_ratio"), market.column("liq_imbalance")
    known = rate.equals(rate) & ratio.equals(ratio) & forced.equals(forced)
    low, high = 1.0 / p.ls_extreme, p.ls_extreme
    shorts = (rate <= -p.entry_z, ratio <= low, forced <= -p.liquidation_extreme)
    longs = (rate >= p.entry_z, ratio >= high, forced >= p.liquidation_extreme)
    ordinary = abs(rate) < p.entry_z / 2.0
    return Rules(
        enter_long=at_least(p.conditions, *shorts) & known,
        exit_long=ordinary & (ratio > low),
        enter_short=at_least(p.conditions, *longs) & known,
        exit_short=ordinary & (ratio < high),
    )


@bar_strategy(
    name="crowding_detector",
    family="positioning",
    rule="Buy when accounts are lopsidedly short and open interest has grown, so that new money "
    "joined the crowd; leave when the ratio is balanced again; shorts are the mirror.",
    source="long/short ratio and open interest as exchanges publish them (Binance futures data)",
    modes=ALL_MODES,
    relations=("ls_low < exit_low", "exit_low <= exit_high", "exit_high < ls_high"),
    needs=("ls_ratio", "open_interest"),
    parameters=(
        Parameter("ls_high", 2.0, 1.0, 20.0, 0.25, (1.5, 3.0)),
        Parameter("ls_low", 0.5, 0.01, 1.0, 0.1, (0.3, 0.7)),
        Parameter("growth_pct", 10.0, 0.0, 1_000.0, 2.5, (2.5, 25.0)),
        Parameter("growth_hours", 24, 1, 720, 12, (12, 96)),
        Parameter("exit_low", 0.8, 0.01, 20.0, 0.1, (0.75, 1.0)),
        Parameter("exit_high", 1.2, 0.01, 20.0, 0.1, (1.0, 1.4)),
        leverage(2.0),
    ),
)
def crowding_detector(market: Market, p: Parameters) -> Rules:
    """Write the rules of crowding_detector."""
    ratio, interest = market.column("ls_ratio"), market.column("open_interest")
    former = interest.ago(market.bars_in(p.growth_hours))
    grown = (former > 0.0) & ((interest - former) * 100.0 >= former * p.growth_pct)
    return Rules(
        enter_long=(ratio <= p.ls_low) & grown,
        exit_long=ratio >= p.exit_low,
        enter_short=(ratio >= p.ls_high) & grown,
        exit_short=ratio <= p.exit_high,
    )


@bar_strategy(
    name="liquidation_cascade",
    family="positioning",
    rule="Buy when liquidated longs outweigh liquidated shorts by deviations more than in the last "
    "hours, as forced selling overshoots; leave when that is ordinary; shorts are the mirror.",
    source="z-score reversion of Chan, Algorithmic Trading (2013), ch. 3, on net liquidations",
    modes=ALL_MODES,
    relations=("exit_z < entry_z",),
    needs=("long_liq_usd", "short_liq_usd"),
    parameters=(
        WINDOW_HOURS,
        Parameter("entry_z", 2.5, 0.1, 10.0, 0.25, (1.5, 4.0)),
        Parameter("exit_z", 0.5, 0.0, 10.0, 0.25, (0.0, 1.0)),
        leverage(2.0),
    ),
)
def liquidation_cascade(market: Market, p: Parameters) -> Rules:
    """Write the rules of liquidation_cascade."""
    net = market.column("long_liq_usd") - market.column("short_liq_usd")
    forced = score(net, score_bars(market, p.window_hours))
    ordinary = abs(forced) < p.exit_z
    return Rules(
        enter_long=forced >= p.entry_z,
        exit_long=ordinary,
        enter_short=forced <= -p.entry_z,
        exit_short=ordinary,
    )
