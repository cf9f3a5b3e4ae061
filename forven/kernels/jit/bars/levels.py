"""Where a position ends: its levels, and the first bar that reaches one or is told to leave.

Prices are seen from the position: times its sign, so that adverse is below and favourable above.
"""

from forven.kernels.bars_schema import (
    BAR_CLOSE,
    BAR_HIGH,
    BAR_LOW,
    BAR_OPEN,
    MAINTENANCE_KEPT_PPM,
    PLAN_ATR_ROW,
    PLAN_ATR_STOP_MILLI,
    PLAN_FALLBACK_STOP_PPM,
    PLAN_LEVERAGE_PPM,
    PLAN_SIZING,
    PLAN_STOP_PPM,
    PLAN_TARGET_PPM,
    PLAN_TIME_STOP_BARS,
    PLAN_TRAIL_PPM,
    REASON_LIQUIDATION,
    REASON_SIGNAL,
    REASON_STOP_LOSS,
    REASON_TAKE_PROFIT,
    REASON_TIME_STOP,
    REASON_TRAILING_STOP,
    SIZING_ATR,
    SIZING_FRACTION,
    UNIT_PPM,
)
from forven.kernels.jit.bars.scratch import (
    NEVER_ABOVE,
    NEVER_BELOW,
    STAGE_END,
    STAGE_INSIDE,
    STAGE_OPEN,
    inlined,
)
from forven.kernels.jit.bars.words import next_set
from forven.kernels.jit.steps import part


@inlined
def level_at(price, sign, ppm):
    """Return the level some ppm beyond a price, above it if `ppm` is, as the position sees it."""
    return sign * ((price * (UNIT_PPM + sign * ppm) + UNIT_PPM // 2) // UNIT_PPM)


@part
def fixed_stop(bars, plan, sign, bar, price):
    """Return the fixed stop of an entry as the position sees it, or NEVER_BELOW."""
    seen = sign * price
    stop = NEVER_BELOW
    if plan[PLAN_STOP_PPM] > 0:
        stop = level_at(price, sign, -plan[PLAN_STOP_PPM])
    sizing = plan[PLAN_SIZING]
    if sizing == SIZING_ATR:
        atr = bars[plan[PLAN_ATR_ROW], bar - 1]
        if atr >= 1:
            distance = (atr * plan[PLAN_ATR_STOP_MILLI] + 500) // 1000
            if distance >= 1:
                stop = max(stop, seen - distance)
    if stop == NEVER_BELOW and (sizing == SIZING_ATR or sizing == SIZING_FRACTION):
        stop = level_at(price, sign, -plan[PLAN_FALLBACK_STOP_PPM])
    return min(stop, seen - 1)


@inlined
def planned_exit(exits, plan, bar, end):
    """Return the bar at whose open an entry ends by signal or time, and why; `end` if never."""
    left = next_set(exits, bar, end - 1) + 1
    if plan[PLAN_TIME_STOP_BARS] > 0 and bar + plan[PLAN_TIME_STOP_BARS] <= left:
        timed = bar + plan[PLAN_TIME_STOP_BARS]
        if timed < end:
            return timed, REASON_TIME_STOP
    return left, REASON_SIGNAL


@part
def find_exit(bars, exits, plan, sign, bar, stop, end):
    """Return where an entry at the open of `bar` ends: (bar, price, reason, stage).

    stop   the fixed stop as the position sees it
    """
    planned, reason = planned_exit(exits, plan, bar, end)
    price = bars[BAR_OPEN, bar]
    target = NEVER_ABOVE
    if plan[PLAN_TARGET_PPM] > 0:
        target = max(level_at(price, sign, plan[PLAN_TARGET_PPM]), sign * price + 1)
    liquidation = NEVER_BELOW
    if plan[PLAN_LEVERAGE_PPM] > UNIT_PPM:
        kept = MAINTENANCE_KEPT_PPM * UNIT_PPM // plan[PLAN_LEVERAGE_PPM]
        liquidation = level_at(price, sign, -kept)
    trail = plan[PLAN_TRAIL_PPM]
    if trail > 0 or stop != NEVER_BELOW or target != NEVER_ABOVE or liquidation != NEVER_BELOW:
        levels = (stop, liquidation, target, trail)
        reached, at, why, stage = _reach(bars, sign, bar, planned, levels)
        if reached < planned:
            return reached, at, why, stage
    if planned < end:
        return planned, bars[BAR_OPEN, planned], reason, STAGE_OPEN
    return end - 1, bars[BAR_CLOSE, end - 1], REASON_SIGNAL, STAGE_END


@part
def _reach(bars, sign, first, last, levels):
    """Return the first bar of [first, last) that reaches a level, as `find_exit`; or `last`."""
    fixed, liquidation, target, trail = levels
    adverse_row = bars[BAR_LOW if sign > 0 else BAR_HIGH]
    favourable_row = bars[BAR_HIGH if sign > 0 else BAR_LOW]
    opens = bars[BAR_OPEN]
    extreme = sign * opens[first]
    trailing = _trailing(extreme, sign, trail)
    stop = max(fixed, trailing)
    bound = max(stop, liquidation)
    for bar in range(first, last):
        adverse = sign * adverse_row[bar]
        favourable = sign * favourable_row[bar]
        if adverse <= bound or favourable >= target:
            opened = sign * opens[bar]
            if bar > first and opened <= liquidation:
                return bar, sign * opened, REASON_LIQUIDATION, STAGE_OPEN
            if adverse <= stop:
                why = REASON_TRAILING_STOP if trailing > fixed else REASON_STOP_LOSS
                return bar, sign * min(stop, opened), why, STAGE_INSIDE
            if adverse <= liquidation:
                return bar, sign * liquidation, REASON_LIQUIDATION, STAGE_INSIDE
            return bar, sign * target, REASON_TAKE_PROFIT, STAGE_INSIDE
        if trail > 0 and favourable > extreme:
            extreme = favourable
            trailing = _trailing(extreme, sign, trail)
            stop = max(fixed, trailing)
            bound = max(stop, liquidation)
    return last, 0, REASON_SIGNAL, STAGE_OPEN


@inlined
def _trailing(extreme, sign, trail):
    """Return the trailing level below an extreme as the position sees it, or NEVER_BELOW."""
    if trail == 0:
        return NEVER_BELOW
    return min(level_at(sign * extreme, sign, -trail), extreme - 1)
