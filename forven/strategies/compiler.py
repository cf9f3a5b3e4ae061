"""Compiles a structured strategy to the integers that the kernel runs, for one trading day."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from forven.kernels import schema
from forven.market.bounds import SessionBounds
from forven.primitives.errors import InvalidInput
from forven.primitives.time import exchange_time
from forven.strategies.legs import METHODS, RIGHTS, SIDES, Leg
from forven.strategies.structured import StructuredStrategy
from forven.strategies.timing import WEEKDAYS, EntryRule


def compile_strategy(
    strategy: StructuredStrategy, bounds: SessionBounds, plan_row: NDArray[np.int64]
) -> None:
    """Write the strategy's part of a plan, for the day of `bounds`.

    plan_row  (PLAN_WIDTH,) int64, as `SessionPolicy.plan_row` returns it
    errors    InvalidInput for a row of another shape or kind

    On a weekday that is not the strategy's there are no entries. Entries at or after an early
    close are left out, a window across it ends there, and an exit time at or after it is none:
    positions settle at the close.
    """
    if plan_row.shape != (schema.PLAN_WIDTH,) or plan_row.dtype != np.int64:
        raise InvalidInput(
            f"plan_row: expected ({schema.PLAN_WIDTH},) of int64, "
            f"found {plan_row.shape} of {plan_row.dtype}"
        )
    entries = entries_on(strategy.entry, bounds)
    plan_row[schema.PLAN_LEG_COUNT :] = 0
    plan_row[schema.PLAN_LEG_COUNT] = len(strategy.legs)
    plan_row[schema.PLAN_QUANTITY] = strategy.quantity
    plan_row[schema.PLAN_ENTRY_COUNT] = len(entries)
    plan_row[schema.PLAN_MAX_ENTRIES] = strategy.entry.max_entries if entries else 0
    plan_row[schema.PLAN_EXIT_TS] = _exit_ts(strategy, bounds)
    plan_row[schema.PLAN_TARGET_BPS] = strategy.exit.target_bps or 0
    plan_row[schema.PLAN_STOP_BPS] = strategy.exit.stop_bps or 0
    for index, leg in enumerate(strategy.legs):
        start = schema.PLAN_LEGS + index * schema.LEG_WIDTH
        _write_leg(leg, plan_row[start : start + schema.LEG_WIDTH])
    for index, (start_ns, until_ns) in enumerate(entries):
        at = schema.PLAN_ENTRIES + index * schema.ENTRY_WIDTH
        plan_row[at + schema.ENTRY_FROM] = start_ns
        plan_row[at + schema.ENTRY_TO] = until_ns


def trades_on(rule: EntryRule, day: date) -> bool:
    """Return whether a day's weekday is one of the rule's."""
    weekday = day.weekday()
    return weekday < len(WEEKDAYS) and WEEKDAYS[weekday] in rule.weekdays


def entries_on(rule: EntryRule, bounds: SessionBounds) -> list[tuple[int, int]]:
    """Return (from, to) of the day's entries in nanoseconds UTC; `to` of a time is MISSING."""
    if not trades_on(rule, bounds.day):
        return []
    entries = []
    for moment in rule.moments:
        start = exchange_time(bounds.day, moment.start)
        if start >= bounds.close_ns:
            continue
        if moment.until is None:
            entries.append((start, schema.MISSING))
        else:
            until = exchange_time(bounds.day, moment.until)
            entries.append((start, min(until, bounds.close_ns)))
    return entries


def _exit_ts(strategy: StructuredStrategy, bounds: SessionBounds) -> int:
    """Return the day's exit time in nanoseconds UTC; INT64_MAX where the close comes first."""
    if strategy.exit.clock is None:
        return schema.INT64_MAX
    ts = exchange_time(bounds.day, strategy.exit.clock)
    return ts if ts < bounds.close_ns else schema.INT64_MAX


def _write_leg(leg: Leg, row: NDArray[np.int64]) -> None:
    """Write one leg's (LEG_WIDTH,) columns."""
    row[schema.LEG_SIDE] = SIDES[leg.side]
    row[schema.LEG_RIGHT] = RIGHTS[leg.right]
    row[schema.LEG_RATIO] = leg.ratio
    row[schema.LEG_METHOD] = METHODS[leg.method].code
    row[schema.LEG_VALUE] = leg.value
    row[schema.LEG_ANCHOR] = leg.anchor
