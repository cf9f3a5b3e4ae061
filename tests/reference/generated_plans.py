"""Random policies and structured strategies, as rows of `plans`."""

from random import Random

import numpy as np

from forven.kernels import schema
from tests.reference.generated_market import SECOND_NS, Market

_PRESETS = {  # lambda_bps, k, same tick, slippage ticks, re-pricing
    "live": (10_000, 1, 0, 0, 1),
    "backtest": (10_000, 0, 1, 1, 0),
    "half": (5_000, 0, 1, 0, 0),
    "natural": (0, 0, 1, 0, 0),
}
_TEMPLATES = (  # side, right, ratio of each leg; -1 buys
    [(1, 1, 1), (-1, 1, 1)],
    [(1, 0, 1), (-1, 0, 1)],
    [(-1, 0, 1), (1, 0, 1)],
    [(1, 1, 1), (-1, 1, 1), (1, 0, 1), (-1, 0, 1)],
    [(1, 0, 1), (1, 1, 1), (-1, 0, 1), (-1, 1, 1)],
    [(-1, 0, 1)],
    [(-1, 1, 1)],
    [(1, 1, 1)],
    [(-1, 0, 1), (1, 0, 2), (-1, 0, 1)],
    [(1, 1, 1), (-1, 1, 2)],
    [(1, 0, 1), (-1, 0, 2)],
    [(1, 1, 2), (-1, 1, 3)],
    [(-1, 0, 1), (-1, 1, 1)],
)


def plan(chance: Random, market: Market, is_structured: bool) -> np.ndarray:
    """Return one random row of `plans`; its commands are filled in later."""
    row = np.zeros(schema.PLAN_WIDTH, dtype=np.int64)
    fill_policy(chance, row)
    fill_risk(chance, row, market.multiplier)
    row[schema.PLAN_EXIT_TS] = schema.INT64_MAX
    if is_structured:
        fill_strategy(chance, row, market)
    return row


def fill_policy(chance: Random, row: np.ndarray) -> None:
    """Fills and re-pricing: the four presets, or anything."""
    name = chance.choice(["live", "live", "live", *_PRESETS, "random"])
    if name == "random":
        share = chance.choice([0, 2_500, 3_333, 5_000, 10_000, chance.randint(0, 10_000)])
        preset = (share, chance.randint(0, 3), chance.randint(0, 1), chance.randint(0, 2), 1)
    else:
        preset = _PRESETS[name]
    row[schema.PLAN_LAMBDA_BPS : schema.PLAN_SLIPPAGE_TICKS + 1] = preset[:4]
    for enabled in (schema.PLAN_OPENING_ENABLED, schema.PLAN_CLOSING_ENABLED):
        row[enabled] = int(preset[4] and chance.random() < 0.9)
    for seconds in (schema.PLAN_OPENING_NUDGE_NS, schema.PLAN_CLOSING_NUDGE_NS):
        row[seconds] = chance.choice([1, 1, 1, 2, 5, 20]) * SECOND_NS
    for seconds in (schema.PLAN_OPENING_INTERVAL_NS, schema.PLAN_CLOSING_INTERVAL_NS):
        row[seconds] = chance.choice([1, 1, 1, 4, 10]) * SECOND_NS
    row[schema.PLAN_OPENING_TOLERANCE_TICKS] = chance.choice([1, 1, 2, 5])
    row[schema.PLAN_MAX_CONCESSION] = chance.choice([0, 5, 20, 20, 100, 1000])


def fill_risk(chance: Random, row: np.ndarray, multiplier: int) -> None:
    """Fees, margin rule and limits, often tight enough to bind."""
    row[schema.PLAN_FEE_SPLIT] = chance.choice([0, 10, 100, 100, 300])
    fees = chance.choice([(172, 172, 72, 72, 500), (118, 127, 90, 95, 0), (0, 0, 0, 0, 0)])
    scaled = [fee * multiplier // 100 for fee in fees]
    row[schema.PLAN_FEE_OPEN_BELOW : schema.PLAN_FEE_SETTLEMENT + 1] = scaled
    if chance.random() < 0.5:
        row[schema.PLAN_MARGIN_RULE] = schema.MARGIN_STRIKE_SHARE
        row[schema.PLAN_MARGIN_RATE_BPS] = 2_000
    else:
        row[schema.PLAN_MARGIN_RULE] = schema.MARGIN_EXCHANGE
        row[schema.PLAN_MARGIN_RATE_BPS] = chance.choice([1_500, 1_500, 200, 37])
        row[schema.PLAN_MARGIN_FLOOR_BPS] = chance.choice([1_000, 1_000, 100, 13])
    loss = chance.choice([50, 200, 800, 3_000, 10_000])
    is_on = chance.random() < 0.5
    row[schema.PLAN_HALT_LOSS] = loss * multiplier if is_on else schema.INT64_MAX
    row[schema.PLAN_MAX_POSITIONS] = chance.choice([1, 2, 4, 8, 20, 20, 20])
    row[schema.PLAN_MAX_ORDERS] = chance.choice([1, 2, 5, 10, 30])
    row[schema.PLAN_STALENESS_NS] = chance.choice([SECOND_NS // 2, SECOND_NS, 10 * SECOND_NS])
    row[schema.PLAN_AUTO_PAUSE] = chance.randint(0, 1)
    row[schema.PLAN_ERROR_BUDGET] = chance.choice([0, 1, 3, 5])


def fill_strategy(chance: Random, row: np.ndarray, market: Market) -> None:
    """A structured strategy: legs, entries, exits."""
    legs = chance.choice(_TEMPLATES)
    row[schema.PLAN_LEG_COUNT] = len(legs)
    row[schema.PLAN_QUANTITY] = chance.choice([1, 1, 1, 2, 3])
    methods = strike_methods(chance, len(legs))
    for number, (side, right, ratio) in enumerate(legs):
        at = schema.PLAN_LEGS + number * schema.LEG_WIDTH
        value, anchor = strike_value(chance, methods[number], number, market)
        row[at : at + schema.LEG_WIDTH] = side, right, ratio, methods[number], value, anchor
    entries = sorted(entry_rows(chance, market.ts))
    row[schema.PLAN_ENTRY_COUNT] = len(entries)
    for number, (from_ts, to_ts) in enumerate(entries):
        at = schema.PLAN_ENTRIES + number * schema.ENTRY_WIDTH
        row[at : at + schema.ENTRY_WIDTH] = from_ts, to_ts
    row[schema.PLAN_MAX_ENTRIES] = chance.choice([1, 2, 4, 8])
    if chance.random() < 0.6:
        row[schema.PLAN_EXIT_TS] = chance.choice(market.ts[len(market.ts) // 3 :])
    row[schema.PLAN_TARGET_BPS] = chance.choice([0, 100, 1_000, 2_500, 5_000, 9_000])
    row[schema.PLAN_STOP_BPS] = chance.choice([0, 0, 500, 2_000, 5_000, 10_000, 20_000])


def strike_methods(chance: Random, legs: int) -> list[int]:
    """One method for each leg; `relative` needs an earlier leg."""
    every = range(schema.METHOD_DELTA, schema.METHOD_RELATIVE)
    methods = [chance.choice(every) for _ in range(legs)]
    for number in range(1, legs):
        if chance.random() < 0.35:
            methods[number] = schema.METHOD_RELATIVE
    return methods


def strike_value(chance: Random, method: int, number: int, market: Market) -> tuple[int, int]:
    """Return (value, anchor) of a strike rule."""
    spacing = market.spacing
    if method == schema.METHOD_DELTA:
        return chance.choice([50_000, 160_000, 300_000, 500_000, chance.randint(0, 999_999)]), 0
    if method == schema.METHOD_OFFSET:
        return chance.randint(-1, 4) * spacing + chance.choice([0, spacing // 2]), 0
    if method == schema.METHOD_PREMIUM:
        return chance.choice([5, 20, 50, 100, 250, 800]), 0
    if method == schema.METHOD_EXPECTED_MOVE:
        return chance.choice([0, 5_000, 10_000, 12_345, 20_000]), 0
    if method == schema.METHOD_STRIKE:
        return chance.choice(market.instruments)[0] + chance.choice([0, 0, 0, 0, 5]), 0
    if method == schema.METHOD_RELATIVE:
        offset = chance.choice([-2, -1, 1, 2]) * spacing
        return offset + chance.choice([0, 0, spacing // 2]), chance.randrange(number)
    return 0, 0


def entry_rows(chance: Random, ts: list[int]) -> list[tuple[int, int]]:
    """Times, windows, or both."""
    early = ts[: max(2, 2 * len(ts) // 3)]
    kinds = chance.choice(["times", "times", "windows", "both"])
    rows = []
    if kinds != "windows":
        for _ in range(chance.randint(1, 3)):
            rows.append((chance.choice(early) - chance.choice([0, 0, 1]), schema.MISSING))
    if kinds != "times":
        for _ in range(chance.randint(1, 2)):
            start = chance.choice(early)
            rows.append((start, chance.choice([at for at in ts if at >= start])))
    return rows
