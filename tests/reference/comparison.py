"""What a session leaves behind, in one form for oracle and kernels, and where they differ."""

from dataclasses import dataclass

from forven.kernels import schema
from tests.reference.journal import decoded
from tests.reference.orders import Order
from tests.reference.scenarios import World
from tests.reference.session import Session, sessions_of

FACTS = [
    "STATUS",
    "CASH",
    "OPENING_CASH",
    "NLV",
    "PEAK_NLV",
    "MAX_DRAWDOWN",
    "NEXT_ORDER",
    "SEQUENCE",
    "ORDER_COUNT",
    "HOLDING_COUNT",
    "ENTRIES_USED",
    "COMMAND_CURSOR",
    "ERRORS",
    "PAUSED",
    "FEES",
    "SLIPPAGE",
    "FILLS",
    "FINANCIALS",
]
"""Columns of a state's header that are compared."""

PENDING = [
    "ID",
    "KIND",
    "BLOCK",
    "ORIGIN",
    "QUANTITY",
    "LEG_COUNT",
    "PRICE",
    "INTENDED",
    "CONCESSION",
    "FLAT_SINCE",
    "LAST_NUDGE",
    "LAST_REPLACE",
    "PLACED_TS",
    "REPRICED",
]
"""Columns of a pending limit order that are compared."""


@dataclass
class Outcome:
    """One bot's session: what it said, where it stands, its financials rows."""

    journal: list[tuple[int, ...]]
    facts: dict[str, int]
    holdings: list[tuple[int, ...]]
    orders: list[tuple[int, ...]]
    financials: list[tuple[int, ...]]


def oracle_outcomes(world: World) -> list[Outcome]:
    """Run the oracle over a whole world."""
    sessions = sessions_of(world)
    for session in sessions:
        session.advance(world.frames)
    return [_outcome(session) for session in sessions]


def _outcome(session: Session) -> Outcome:
    account = session.account
    values = (
        session.status,
        account.cash,
        account.opening_cash,
        account.nlv,
        account.peak,
        account.max_drawdown,
        session.next_order,
        len(session.journal.rows),
        len(session.pending),
        len(account.holdings),
        session.entries_used,
        session.command_cursor,
        session.errors,
        session.paused,
        account.fees,
        account.slippage,
        account.fills,
        len(session.financials),
    )
    return Outcome(
        journal=session.journal.rows,
        facts=dict(zip(FACTS, values, strict=True)),
        holdings=[(i, h.quantity, h.cost) for i, h in sorted(account.holdings.items())],
        orders=[_pending(order) for order in session.pending if order.kind == schema.ORDER_LIMIT],
        financials=session.financials,
    )


def _pending(order: Order) -> tuple[int, ...]:
    values = (
        order.id,
        order.kind,
        order.block,
        order.origin,
        order.quantity,
        len(order.legs),
        order.price,
        order.intended,
        order.concession,
        order.flat_since,
        order.last_nudge,
        order.last_replace,
        order.placed_ts,
        order.repriced,
    )
    legs = tuple(cell for leg in order.legs for cell in (leg.instrument, leg.ratio, leg.effect))
    return (*values, *legs)


def difference(found: Outcome, wanted: Outcome) -> str:
    """Return the first difference in words, or nothing; `wanted` is the oracle's."""
    for number in range(max(len(found.journal), len(wanted.journal))):
        mine = wanted.journal[number] if number < len(wanted.journal) else None
        theirs = found.journal[number] if number < len(found.journal) else None
        if mine != theirs:
            before = [f"    {decoded(row)}" for row in wanted.journal[max(0, number - 6) : number]]
            spoken = [decoded(row) if row else "no row" for row in (mine, theirs)]
            return "\n".join([*before, f"  oracle: {spoken[0]}", f"  kernel: {spoken[1]}"])
    for name, wanted_value in wanted.facts.items():
        if found.facts[name] != wanted_value:
            return f"  {name}: oracle {wanted_value}, kernel {found.facts[name]}"
    for name in ("holdings", "orders", "financials"):
        mine, theirs = getattr(wanted, name), getattr(found, name)
        if mine != theirs:
            row = next(
                (at for at, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b),
                min(len(mine), len(theirs)),
            )
            shown = [rows[row] if row < len(rows) else "no row" for rows in (mine, theirs)]
            return f"  {name} row {row}:\n  oracle: {shown[0]}\n  kernel: {shown[1]}"
    return ""
