"""The structured strategy, exits first and then entries: docs/ENGINE.md section 8."""

from dataclasses import dataclass

from forven.kernels import schema
from tests.reference import strikes
from tests.reference.orders import Order, Ticket, arrive, cancel, match
from tests.reference.prices import Leg, measure, reduced, snap_down
from tests.reference.world import Instrument


@dataclass
class Structure:
    """One entry and what became of it."""

    entry: int
    status: int = schema.STRUCTURE_ENTERING
    entry_order: Order | None = None
    exit_order: Order | None = None
    fill_net: int = 0
    target2: int | None = None
    stop2: int | None = None


def act(session) -> None:
    """Step 7 of a frame."""
    if not session.plan.legs:
        return
    if session.now >= session.plan.exit_ts:
        for order in list(session.pending):
            if order.origin == schema.ORIGIN_ENTRY:
                cancel(session, order, schema.REASON_EXIT_TIME)
    for structure in sorted(session.structures, key=lambda one: one.entry):
        if structure.status == schema.STRUCTURE_OPEN:
            try_exit(session, structure)
    if not (session.is_stale or session.paused or session.now >= session.plan.exit_ts):
        take_times(session)
        take_window(session)


def try_exit(session, structure: Structure) -> None:
    """Measure the closing order; where a rule is met, signal and place it."""
    entry = structure.entry_order
    legs = [Leg(leg.instrument, -leg.ratio, schema.EFFECT_CLOSE) for leg in entry.legs]
    quotes = [session.quote(leg.instrument) for leg in legs]
    seen = measure(legs, quotes, schema.BLOCK_CLOSING, session.plan)
    if seen is None:
        return
    profit2 = 2 * structure.fill_net + seen.mid2
    if structure.stop2 is not None and profit2 <= structure.stop2:
        reason = schema.REASON_STOP_LOSS
    elif structure.target2 is not None and profit2 >= structure.target2:
        reason = schema.REASON_PROFIT_TARGET
    elif session.now >= session.plan.exit_ts:
        reason = schema.REASON_TIME
    else:
        return
    cells = (structure.entry, reason, profit2)
    session.write(schema.EVENT_EXIT_SIGNAL, *cells, order=session.next_order)
    structure.status = schema.STRUCTURE_EXITING
    price = snap_down(seen.fair, len(legs))
    order = arrive(
        session,
        Ticket(
            schema.ORDER_LIMIT,
            price,
            entry.quantity,
            legs,
            len(legs),
            schema.ORIGIN_EXIT,
            repriced=1,
            structure=structure,
        ),
    )
    structure.exit_order = order
    if session.plan.same_tick and order.status == "pending":
        if not session.is_stale:
            match(session, order)
        if order.status == "pending":
            cancel(session, order, schema.REASON_UNFILLED)


def take_times(session) -> None:
    """Try the times, in order: "each with FROM <= ts is taken once"."""
    for number, entry in enumerate(session.plan.entries):
        if session.entries_used >= session.plan.max_entries:
            return
        due = entry.is_time and entry.from_ts <= session.now
        if due and number not in session.times_taken:
            session.times_taken.add(number)
            try_entry(session)


def take_window(session) -> None:
    """A window is taken if no structure is alive; one entry a frame at most."""
    if session.entries_used >= session.plan.max_entries or session.structures:
        return
    for entry in session.plan.entries:
        if not entry.is_time and entry.from_ts <= session.now < entry.to_ts:
            try_entry(session)
            return


def try_entry(session) -> None:
    """Use up one entry: pick strikes, place one limit order at `snap_down(fair)`."""
    session.entries_used += 1
    number = session.entries_used
    taken: list[Instrument] = []
    for at, leg in enumerate(session.plan.legs):
        try:
            taken.append(strikes.choose(session, leg, taken))
        except strikes.NoStrike as refused:
            session.write(schema.EVENT_ENTRY_SKIPPED, number, refused.args[0], at)
            return
    legs = [
        Leg(instrument.index, leg.side * leg.ratio, schema.EFFECT_OPEN)
        for leg, instrument in zip(session.plan.legs, taken, strict=True)
    ]
    quotes = [session.quote(leg.instrument) for leg in legs]
    small, _ = reduced(legs)
    seen = measure(small, quotes, schema.BLOCK_OPENING, session.plan)
    price = snap_down(seen.fair, len(legs))
    structure = Structure(number)
    session.structures.append(structure)
    order = arrive(
        session,
        Ticket(
            schema.ORDER_LIMIT,
            price,
            session.plan.quantity,
            legs,
            len(legs),
            schema.ORIGIN_ENTRY,
            repriced=1,
            structure=structure,
        ),
    )
    structure.entry_order = order
    if session.plan.same_tick and order.status == "pending":
        match(session, order)


def order_ended(session, order: Order, net: int) -> None:
    """What an entry's or exit's end means to its structure (last lines of section 8)."""
    structure = order.structure
    if order.origin == schema.ORIGIN_ENTRY and order.status == "filled":
        structure.status = schema.STRUCTURE_OPEN
        set_thresholds(session, structure, order, net)
    elif order.origin == schema.ORIGIN_EXIT and order.status == "canceled":
        structure.status = schema.STRUCTURE_OPEN
    elif order.origin == schema.ORIGIN_EXIT and is_open_again(order):
        structure.status = schema.STRUCTURE_OPEN
    else:
        structure.status = schema.STRUCTURE_FREE
        session.structures.remove(structure)


def is_open_again(order: Order) -> bool:
    """An exit rejected on arrival for anything but `NOT_HELD` leaves the structure open."""
    arrived = order.status == "rejected" and order.stage == 0
    return arrived and order.reason != schema.REASON_NOT_HELD


def set_thresholds(session, structure: Structure, order: Order, net: int) -> None:
    """On an entry's fill: STOP2 and TARGET2, in half quanta of profit per unit."""
    plan = session.plan
    structure.fill_net = net
    if plan.stop_bps and net:
        structure.stop2 = -ceil_divided(2 * abs(net) * plan.stop_bps, 10_000)
    widest = width(session, order.legs)
    if net > 0:
        best = net
    elif widest is None:  # "none ... if fill_net <= 0 and the payoff is unbounded"
        return
    else:
        best = widest + net
    if plan.target_bps and best > 0:
        structure.target2 = ceil_divided(2 * best * plan.target_bps, 10_000)


def ceil_divided(value: int, by: int) -> int:
    return -(-value // by)


def width(session, legs: list[Leg]) -> int | None:
    """The largest payoff at expiry over settlement 0 and every strike; None: unbounded."""
    items = [(session.day.instruments[leg.instrument], leg.ratio) for leg in legs]
    if sum(-ratio for item, ratio in items if item.right == schema.CALL) > 0:
        return None
    levels = [0, *(item.strike for item, _ in items)]
    return max(sum(-ratio * item.intrinsic(level) for item, ratio in items) for level in levels)
