"""Other: a strategy of two regimes, a schedule that stresses the machinery, and declared rules."""

from forven.strategies.bars.expressions import Column
from forven.strategies.bars.specs.engine import rule_engine as declared
from forven.strategies.bars.writing import (
    Market,
    Parameter,
    Parameters,
    Rules,
    adx,
    bar_strategy,
    leverage,
    rsi,
    stochastic,
    supertrend,
)

ALL_MODES = ("long_only", "short_only", "both")
_DAY_HOURS, _WEEK_DAYS = 24, 7
_ROUNDING = 1.5 * 2.0**52
"""Added to a number below 2^51 it leaves no room for a fraction; taken off again, it rounded it."""


@bar_strategy(
    name="regime_adaptive_eth",
    family="other",
    rule="In a trend by ADX follow SuperTrend; in a range buy an oversold RSI with a stochastic "
    "that turns up; leave when SuperTrend flips down or a range is overbought; shorts mirror it.",
    source="Seban's SuperTrend; Wilder's ADX and RSI; Lane's stochastic",
    modes=ALL_MODES,
    relations=("adx_range <= adx_trend", "rsi_low < rsi_high", "k_low < k_high"),
    parameters=(
        Parameter("period", 10, 1, 200),
        Parameter("multiplier", 3.0, 0.1, 20.0, 0.5),
        Parameter("adx_period", 14, 2, 200),
        Parameter("adx_trend", 25.0, 0.0, 100.0, 2.5, (20.0, 40.0)),
        Parameter("adx_range", 20.0, 0.0, 100.0, 2.5, (10.0, 20.0)),
        Parameter("rsi_period", 14, 2, 200),
        Parameter("rsi_low", 35.0, 0.0, 100.0, 5.0, (20.0, 45.0)),
        Parameter("rsi_high", 65.0, 0.0, 100.0, 5.0, (55.0, 80.0)),
        Parameter("k_period", 14, 2, 200),
        Parameter("k_low", 20.0, 0.0, 100.0, 5.0, (10.0, 35.0)),
        Parameter("k_high", 80.0, 0.0, 100.0, 5.0, (65.0, 90.0)),
        leverage(1.0),
    ),
)
def regime_adaptive_eth(market: Market, p: Parameters) -> Rules:
    """Write the rules of regime_adaptive_eth; between range and trend nothing is entered."""
    direction = supertrend(market, p.period, p.multiplier).direction
    regime = adx(market, p.adx_period)
    trending, ranging = regime >= p.adx_trend, regime < p.adx_range
    strength, place = rsi(market.close, p.rsi_period), stochastic(market, p.k_period, 3, 3).k
    low, high = strength <= p.rsi_low, strength >= p.rsi_high
    return Rules(
        enter_long=(trending & (direction > 0.0)) | (ranging & low & place.crosses_above(p.k_low)),
        exit_long=direction.crosses_below(0.0) | (ranging & (high | (place >= p.k_high))),
        enter_short=(trending & (direction < 0.0))
        | (ranging & high & place.crosses_below(p.k_high)),
        exit_short=direction.crosses_above(0.0) | (ranging & (low | (place <= p.k_low))),
    )


def bar_number(market: Market) -> Column:
    """Return a number that grows by 1 a bar and follows the clock alone, from the second day on."""
    per_day = market.bars_in(_DAY_HOURS)
    if per_day > 1:
        return market.day * float(per_day) + market.bar_of_day
    days = _WEEK_DAYS if market.timeframe == "1w" else 1
    return quotient(market.day, days)


def quotient(column: Column, divisor: int) -> Column:
    """Return how often a divisor goes into whole numbers; exact below 2^50."""
    middle = (column - (divisor - 1) / 2.0) / float(divisor)
    return (middle + _ROUNDING) - _ROUNDING


@bar_strategy(
    name="stress_test",
    family="other",
    rule="Open and close by a fixed schedule of the clock, whatever the prices are: so many bars "
    "held, so many flat.",
    source="a schedule that trades as often as there are bars to",
    modes=ALL_MODES,
    parameters=(
        Parameter("hold", 1, 1, 1_000, 1, (1, 10)),
        Parameter("flat", 1, 1, 1_000, 1, (1, 10)),
        leverage(1.0),
    ),
)
def stress_test(market: Market, p: Parameters) -> Rules:
    """Write the rules of stress_test; both directions have the same schedule."""
    number = bar_number(market)
    phase = number - quotient(number, p.hold + p.flat) * float(p.hold + p.flat)
    opens, closes = phase.equals(0.0), phase.equals(float(p.hold))
    return Rules(enter_long=opens, exit_long=closes, enter_short=opens, exit_short=closes)


rule_engine = declared(
    {
        "name": "rule_engine",
        "family": "other",
        "rule": "Rules declared in JSON; by default, buy a strong RSI over a rising EMA and leave "
        "below it.",
        "source": "docs/LIBRARY.md, rules without Python",
        "modes": ["long_only", "short_only", "both"],
        "params": {
            "ema_bars": {"default": 50, "low": 2, "high": 2_000},
            "rsi_bars": {"default": 14, "low": 2, "high": 200},
            "strong": {"default": 55.0, "low": 0.0, "high": 100.0},
            "weak": {"default": 45.0, "low": 0.0, "high": 100.0},
            "leverage": 1.0,
        },
        "indicators": {
            "average": {"indicator": "ema", "of": "close", "bars": "ema_bars"},
            "strength": {"indicator": "rsi", "of": "close", "bars": "rsi_bars"},
        },
        "entry_long": {
            "all": [
                ["close", ">", "average"],
                ["average", ">", {"ago": 1, "of": "average"}],
                ["strength", "crosses_above", "strong"],
            ]
        },
        "exit_long": ["close", "<", "average"],
        "entry_short": {
            "all": [
                ["close", "<", "average"],
                ["average", "<", {"ago": 1, "of": "average"}],
                ["strength", "crosses_below", "weak"],
            ]
        },
        "exit_short": ["close", ">", "average"],
    }
)
