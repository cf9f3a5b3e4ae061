"""What must hold of any session's journal, whoever wrote it: recomputed from its rows alone."""

from collections import defaultdict

from forven.kernels import schema
from tests.reference.comparison import Outcome
from tests.reference.scenarios import World

A, B, C, D, E, F = range(schema.JOURNAL_A, schema.JOURNAL_WIDTH)
_ENDINGS = (
    schema.EVENT_ORDER_FILLED,
    schema.EVENT_ORDER_CANCELED,
    schema.EVENT_ORDER_EXPIRED,
    schema.EVENT_ORDER_REJECTED,
)


def rows_of(outcome: Outcome, *kinds: int) -> list[tuple[int, ...]]:
    """Return the rows of some kinds of event."""
    return [row for row in outcome.journal if row[schema.JOURNAL_KIND] in kinds]


def cash_from_journal(outcome: Outcome, multiplier: int) -> int:
    """Opening cash + fills + settlements - fees - slippage, from the journal alone."""
    cash = outcome.facts["OPENING_CASH"]
    for row in rows_of(outcome, schema.EVENT_ORDER_FILLED):
        cash += row[A] * multiplier * row[B] - row[C] - row[D]
    for row in rows_of(outcome, schema.EVENT_SETTLED):
        cash += row[B] * row[C] * multiplier - row[E]
    return cash


def positions_from_journal(outcome: Outcome) -> dict[int, int]:
    """Holdings as the fills left them, before settlement."""
    held: dict[int, int] = defaultdict(int)
    for row in rows_of(outcome, schema.EVENT_LEG_FILLED):
        held[row[B]] += row[C]
        assert held[row[B]] == row[F], "a leg's position is the running sum of its changes"
    return {instrument: quantity for instrument, quantity in held.items() if quantity}


def endings(outcome: Outcome) -> dict[int, list[tuple[int, ...]]]:
    """Return order id -> its final rows (one at most, if all is well)."""
    found: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for row in rows_of(outcome, *_ENDINGS):
        found[row[schema.JOURNAL_ORDER]].append(row)
    return found


def quoted_sides(world: World, instrument: int, ts: int) -> tuple[int, int]:
    """Return (bid, ask) of an instrument in the frame at `ts`."""
    frame = world.clock[schema.CLOCK_TS].tolist().index(ts)
    return tuple(int(side) for side in world.quotes[:2, instrument, frame])


def fills_with_legs(outcome: Outcome):
    """Yield (fill row, its leg rows, the ratios of its order, its block)."""
    placed = {row[schema.JOURNAL_ORDER]: row for row in rows_of(outcome, schema.EVENT_ORDER_PLACED)}
    ratios = defaultdict(list)
    for row in rows_of(outcome, schema.EVENT_ORDER_LEG):
        ratios[row[schema.JOURNAL_ORDER]].append(row[C])
    legs = defaultdict(list)
    for row in rows_of(outcome, schema.EVENT_LEG_FILLED):
        legs[row[schema.JOURNAL_ORDER]].append(row)
    for row in rows_of(outcome, schema.EVENT_ORDER_FILLED):
        order = row[schema.JOURNAL_ORDER]
        yield row, legs[order], ratios[order], placed[order][E]


def limits_by_fill(outcome: Outcome) -> dict[int, tuple[int, int]]:
    """Return order id -> (intended, limit when it ended) of every limit order."""
    limits: dict[int, tuple[int, int]] = {}
    for row in outcome.journal:
        order = row[schema.JOURNAL_ORDER]
        if row[schema.JOURNAL_KIND] == schema.EVENT_ORDER_PLACED and row[A] == schema.ORDER_LIMIT:
            limits[order] = (row[B], row[B])
        elif row[schema.JOURNAL_KIND] == schema.EVENT_ORDER_REPLACED:
            is_new_intent = row[F] == schema.REASON_USER
            limits[order] = (row[B] if is_new_intent else limits[order][0], row[B])
    return limits
