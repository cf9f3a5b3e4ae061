"""Says in sentences what a structured strategy does, and warns of what may surprise."""

from datetime import time

from forven.strategies.legs import Leg
from forven.strategies.rules import contracts, has_unbounded_profit, is_certain_debit
from forven.strategies.structured import StructuredStrategy
from forven.strategies.timing import OPEN, WEEKDAYS, EntryRule

EARLY_CLOSE = time(13)
_DAY_NAMES = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
}


def describe(strategy: StructuredStrategy) -> list[str]:
    """Return one sentence a leg, then one about entries, one about exits, one about the price."""
    legs = [f"Leg {index}: {_leg_sentence(leg)}" for index, leg in enumerate(strategy.legs)]
    units = "unit" if strategy.quantity == 1 else "units"
    price = "a debit in every market" if is_certain_debit(strategy.legs) else "a credit or a debit"
    return [
        *legs,
        _entry_sentence(strategy.entry),
        _exit_sentence(strategy),
        f"Each entry trades {strategy.quantity} {units} for {price}.",
    ]


def warnings(strategy: StructuredStrategy) -> list[str]:
    """Return what is allowed but may not be what was meant; empty where nothing is."""
    found = []
    rule, leave = strategy.entry, strategy.exit
    late = [str(moment.start) for moment in rule.moments if moment.start >= EARLY_CLOSE]
    if late:
        found.append(
            f"entry: {', '.join(late)} is at or after the {EARLY_CLOSE:%H:%M} close of "
            "early-close days; it is left out on those days."
        )
    if leave.clock is not None and leave.clock >= EARLY_CLOSE:
        found.append(
            f"exit.time: {leave.clock} is at or after the {EARLY_CLOSE:%H:%M} close of "
            "early-close days; on those days open positions settle at the close."
        )
    if rule.moments[0].start == OPEN:
        found.append(
            "entry: in the first seconds after the open quotes are wide or missing; a failed "
            "try uses the entry up."
        )
    if not rule.has_windows and rule.max_entries < len(rule.moments):
        found.append(
            f"entry.max_entries: {rule.max_entries} of {len(rule.moments)} times can be used, "
            "the earlier ones first."
        )
    if leave.target_bps is None and leave.stop_bps is None and leave.clock is None:
        found.append("exit: there is none; every position is held to settlement at the close.")
    found.extend(_target_warnings(strategy))
    return found


def _target_warnings(strategy: StructuredStrategy) -> list[str]:
    """Return warnings about a profit target that is out of reach or without effect."""
    legs: tuple[Leg, ...] = strategy.legs
    found: list[str] = []
    if strategy.exit.target_bps is None:
        return found
    if has_unbounded_profit(legs):
        found.append(
            "exit.profit_target_pct: more calls are bought than sold, so the target only acts on "
            "entries that filled for a credit."
        )
    if contracts(legs, "put", sold=False) > contracts(legs, "put", sold=True):
        found.append(
            "exit.profit_target_pct: the maximum profit of bought puts is reached at an index of "
            "0, so after a debit the target is practically out of reach; sell a lower put, or "
            "use exit.time."
        )
    return found


def _leg_sentence(leg: Leg) -> str:
    """Return what a leg trades and how it finds its strike."""
    count = "1" if leg.ratio == 1 else str(leg.ratio)
    plural = "s" if leg.ratio > 1 else ""
    return f"{leg.side.capitalize()} {count} {leg.right}{plural} {_strike_words(leg)}."


def _strike_words(leg: Leg) -> str:
    """Return how a leg finds its strike."""
    value = leg.value_text
    distance = value.removeprefix("-")
    if leg.method == "delta":
        return f"with the delta nearest to {value}"
    if leg.method == "premium":
        return f"whose {'bid' if leg.is_sold else 'ask'} is nearest to {value}"
    if leg.method == "atm":
        return "at the money"
    if leg.method == "strike":
        return f"at the strike {value}"
    if leg.method == "relative":
        if leg.value == 0:
            return f"at the strike of leg {leg.anchor}"
        return f"{distance} points {'below' if leg.value < 0 else 'above'} leg {leg.anchor}"
    side = "in" if leg.value < 0 else "out of"
    if leg.method == "offset":
        return f"{distance} points {side} the money"
    return f"{distance} expected moves {side} the money"


def _entry_sentence(rule: EntryRule) -> str:
    """Return when the strategy enters."""
    moments = ", ".join(
        f"from {moment.start} to {moment.until}" if moment.until else f"at {moment.start}"
        for moment in rule.moments
    )
    if rule.weekdays == WEEKDAYS:
        days = "every trading day"
    else:
        days = "on " + ", ".join(_DAY_NAMES[day] for day in rule.weekdays)
    times = "once" if rule.max_entries == 1 else f"{rule.max_entries} times"
    return f"Enters {moments} New York time, {days}, at most {times} a day."


def _exit_sentence(strategy: StructuredStrategy) -> str:
    """Return when the strategy leaves."""
    leave = strategy.exit
    ways = []
    if leave.stop_bps is not None:
        ways.append(f"at a loss of {leave.stop_bps / 100:g} % of the premium")
    if leave.target_bps is not None:
        ways.append(f"at {leave.target_bps / 100:g} % of the maximum profit")
    if leave.clock is not None:
        ways.append(f"at {leave.clock}")
    if not ways:
        return "Leaves by settlement at the close."
    return f"Leaves {', or '.join(ways)}; what is left then settles at the close."
