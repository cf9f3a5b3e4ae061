"""Composites: a few filters that must agree, with a stop in average true ranges and 1 % at risk."""

from forven.strategies.bars.writing import (
    Controls,
    Market,
    Parameter,
    Parameters,
    Rules,
    adx,
    bar_strategy,
    bollinger,
    ema,
    leverage,
    rsi,
    sma,
)

ALL_MODES = ("long_only", "short_only", "both")
RISK_PER_TRADE = 0.01
WIDE, NARROW = 2.0, 1.5


def atr_stop(default: float) -> Parameter:
    """Return the parameter for the distance of the stop in average true ranges."""
    return Parameter("atr_stop", default, 0.1, 20.0, 0.25, (1.0, 4.0))


def stopped(p: Parameters) -> Controls:
    """Return the settings that a composite brings; multipliers are whole thousandths."""
    return Controls(
        sizing_mode="atr",
        risk_per_trade=RISK_PER_TRADE,
        atr_stop_multiplier=round(p.atr_stop, 3),
    )


@bar_strategy(
    name="trend_filter",
    family="composite",
    rule="Be long while the close is above its EMA and ADX shows a trend; leave when it is below; "
    "shorts are the mirror.",
    source="Murphy, Technical Analysis of the Financial Markets (1999), ch. 9; Wilder's ADX",
    modes=ALL_MODES,
    parameters=(
        Parameter("ema_period", 100, 2, 2_000),
        Parameter("adx_period", 14, 2, 200),
        Parameter("adx_min", 20.0, 0.0, 100.0, 2.5, (15.0, 40.0)),
        atr_stop(WIDE),
        leverage(1.0),
    ),
)
def trend_filter(market: Market, p: Parameters) -> Rules:
    """Write the rules of trend_filter."""
    close, average = market.close, ema(market.close, p.ema_period)
    strong = adx(market, p.adx_period) >= p.adx_min
    return Rules(
        enter_long=(close > average) & strong,
        exit_long=close < average,
        enter_short=(close < average) & strong,
        exit_short=close > average,
        controls=stopped(p),
    )


@bar_strategy(
    name="momentum_confirmation",
    family="composite",
    rule="Buy a rising RSI inside its band when the volume is well above its mean; leave when the "
    "RSI falls below the band; shorts use the band's mirror at 50.",
    source="Wilder's RSI in the bands of Cardwell; volume as in Murphy (1999), ch. 7",
    modes=ALL_MODES,
    relations=("rsi_low < rsi_high",),
    parameters=(
        Parameter("rsi_period", 14, 2, 200),
        Parameter("rsi_low", 45.0, 0.0, 100.0, 5.0, (35.0, 60.0)),
        Parameter("rsi_high", 75.0, 0.0, 100.0, 5.0, (60.0, 90.0)),
        Parameter("volume_period", 20, 2, 500),
        Parameter("volume_factor", 1.2, 0.0, 100.0, 0.1, (1.0, 2.0)),
        atr_stop(WIDE),
        leverage(1.0),
    ),
)
def momentum_confirmation(market: Market, p: Parameters) -> Rules:
    """Write the rules of momentum_confirmation."""
    strength = rsi(market.close, p.rsi_period)
    busy = market.volume > p.volume_factor * sma(market.volume, p.volume_period)
    low, high = 100.0 - p.rsi_high, 100.0 - p.rsi_low
    return Rules(
        enter_long=strength.between(p.rsi_low, p.rsi_high) & strength.rises() & busy,
        exit_long=strength < p.rsi_low,
        enter_short=strength.between(low, high) & strength.falls() & busy,
        exit_short=strength > high,
        controls=stopped(p),
    )


@bar_strategy(
    name="mean_reversion_gate",
    family="composite",
    rule="Buy a close at or below the lower Bollinger band with a low RSI; leave at the middle "
    "band or a high RSI; shorts are the mirror.",
    source="Bollinger on Bollinger Bands (2001); Wilder's RSI",
    modes=ALL_MODES,
    relations=("rsi_low < rsi_high",),
    parameters=(
        Parameter("period", 20, 2, 500),
        Parameter("width", 2.0, 0.1, 10.0, 0.25, (1.0, 3.0)),
        Parameter("rsi_period", 14, 2, 200),
        Parameter("rsi_low", 35.0, 0.0, 100.0, 5.0, (20.0, 45.0)),
        Parameter("rsi_high", 65.0, 0.0, 100.0, 5.0, (55.0, 80.0)),
        atr_stop(NARROW),
        leverage(1.0),
    ),
)
def mean_reversion_gate(market: Market, p: Parameters) -> Rules:
    """Write the rules of mean_reversion_gate."""
    close, bands = market.close, bollinger(market.close, p.period, p.width)
    strength = rsi(close, p.rsi_period)
    low, high = strength <= p.rsi_low, strength >= p.rsi_high
    return Rules(
        enter_long=(close <= bands.lower) & low,
        exit_long=(close >= bands.middle) | high,
        enter_short=(close >= bands.upper) & high,
        exit_short=(close <= bands.middle) | low,
        controls=stopped(p),
    )


@bar_strategy(
    name="funding_regime",
    family="composite",
    rule="Follow the close over its EMA only where the crowd does not pay for it: longs while the "
    "mean funding of hours is below neutral, shorts while it is above; leave when either turns.",
    source="neutral funding of perpetuals: 1 bp in 8 hours (Binance futures); EMA filter",
    modes=ALL_MODES,
    needs=("funding_rate",),
    parameters=(
        Parameter("funding_hours", 72, 1, 720, 24, (24, 168)),
        Parameter("neutral", 1.25e-5, -1e-3, 1e-3, 6.25e-6, (0.0, 2.5e-5)),
        Parameter("ema_period", 100, 2, 2_000),
        atr_stop(WIDE),
        leverage(1.0),
    ),
)
def funding_regime(market: Market, p: Parameters) -> Rules:
    """Write the rules of funding_regime; rates are fractions an hour."""
    paid = sma(market.column("funding_rate"), max(2, market.bars_in(p.funding_hours)))
    close, average = market.close, ema(market.close, p.ema_period)
    cheap, dear = paid < p.neutral, paid > p.neutral
    return Rules(
        enter_long=(close > average) & cheap,
        exit_long=(close < average) | dear,
        enter_short=(close < average) & dear,
        exit_short=(close > average) | cheap,
        controls=stopped(p),
    )
