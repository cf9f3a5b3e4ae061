"""The day and the plan as the oracle reads them: plain lists, named fields, no arithmetic yet.

Rules: docs/ENGINE.md section 1 (a market day) and `forven/kernels/schema.py` for the columns.
"""

from dataclasses import dataclass

from forven.kernels import schema


@dataclass(frozen=True)
class Quote:
    """One instrument's quote in one frame; both sides are `MISSING` where there is none."""

    bid: int
    ask: int

    @property
    def is_missing(self) -> bool:
        return self.bid == schema.MISSING or self.ask == schema.MISSING

    @property
    def is_crossed(self) -> bool:
        """Section 1: "crossed: bid > ask"."""
        return not self.is_missing and self.bid > self.ask

    @property
    def is_blocked(self) -> bool:
        """Section 1: "blocked: no quote or crossed"."""
        return self.is_missing or self.is_crossed

    @property
    def is_two_sided(self) -> bool:
        """Section 8: "two-sided (bid > 0, not crossed)"."""
        return not self.is_blocked and self.bid > 0


@dataclass(frozen=True)
class Instrument:
    """One option: its row, strike in quanta and right (`CALL` or `PUT`)."""

    index: int
    strike: int
    right: int

    def intrinsic(self, value: int) -> int:
        """Section 5 step 8: what it is worth at a settlement value."""
        if self.right == schema.CALL:
            return max(0, value - self.strike)
        return max(0, self.strike - value)


class Day:
    """One market day, read from the kernel's arrays (anything with `tolist`)."""

    def __init__(self, quotes, clock, instruments, session) -> None:
        bids, asks, _ = quotes.tolist()
        self.instruments = [
            Instrument(index, row[schema.INSTRUMENT_STRIKE], row[schema.INSTRUMENT_RIGHT])
            for index, row in enumerate(instruments.tolist())
        ]
        self._quotes = [
            [Quote(bid, ask) for bid, ask in zip(bids[i], asks[i], strict=True)]
            for i in range(len(self.instruments))
        ]
        self._marks2 = [_marks2(column) for column in self._quotes]
        columns = clock.tolist()
        self.ts = columns[schema.CLOCK_TS]
        self.arrival = columns[schema.CLOCK_ARRIVAL]
        self.spot = columns[schema.CLOCK_SPOT]
        bounds = session.tolist()
        self.close = bounds[schema.SESSION_CLOSE]
        self.settlement = bounds[schema.SESSION_SETTLEMENT]
        self.multiplier = bounds[schema.SESSION_MULTIPLIER]

    def quote(self, instrument: int, frame: int) -> Quote:
        return self._quotes[instrument][frame]

    def mark2(self, instrument: int, frame: int) -> int:
        """Section 1: the mark in half quanta; never validly quoted marks 0."""
        return self._marks2[instrument][frame]


def _marks2(quotes: list[Quote]) -> list[int]:
    """Section 1: "bid + ask of the last quote that was neither missing nor crossed"."""
    marks, last = [], 0
    for quote in quotes:
        if not quote.is_blocked:
            last = quote.bid + quote.ask
        marks.append(last)
    return marks


@dataclass(frozen=True)
class LegPlan:
    """One leg of a structured strategy as compiled."""

    side: int
    right: int
    ratio: int
    method: int
    value: int
    anchor: int


@dataclass(frozen=True)
class EntryPlan:
    """One entry time (`to_ts` is `MISSING`) or window."""

    from_ts: int
    to_ts: int

    @property
    def is_time(self) -> bool:
        return self.to_ts == schema.MISSING


class Plan:
    """One row of `plans`, by name: `PLAN_MAX_ORDERS` is `plan.max_orders`."""

    def __init__(self, row) -> None:
        values = row.tolist()
        for name in vars(schema):
            if name.startswith("PLAN_") and name not in ("PLAN_LEGS", "PLAN_ENTRIES", "PLAN_WIDTH"):
                setattr(self, name.removeprefix("PLAN_").lower(), values[getattr(schema, name)])
        self.legs = [
            LegPlan(*values[at : at + schema.LEG_WIDTH])
            for at in range(
                schema.PLAN_LEGS,
                schema.PLAN_LEGS + self.leg_count * schema.LEG_WIDTH,
                schema.LEG_WIDTH,
            )
        ]
        self.entries = [
            EntryPlan(*values[at : at + schema.ENTRY_WIDTH])
            for at in range(
                schema.PLAN_ENTRIES,
                schema.PLAN_ENTRIES + self.entry_count * schema.ENTRY_WIDTH,
                schema.ENTRY_WIDTH,
            )
        ]


@dataclass(frozen=True)
class Command:
    """One row of `commands`; `legs` are (instrument, signed ratio, effect), 8 of them at most."""

    due: int
    kind: int
    order: int
    type: int
    price: int
    quantity: int
    repriced: int
    leg_count: int
    legs: tuple[tuple[int, int, int], ...]


def command_of(row) -> Command:
    """Return one row of the commands array by name."""
    values = row.tolist()
    written = min(max(values[schema.COMMAND_LEG_COUNT], 0), schema.MAX_LEGS)
    legs = []
    for leg in range(written):
        at = schema.COMMAND_LEGS + leg * schema.COMMAND_LEG_WIDTH
        legs.append(tuple(values[at : at + schema.COMMAND_LEG_WIDTH]))
    return Command(*values[: schema.COMMAND_LEGS], tuple(legs))
