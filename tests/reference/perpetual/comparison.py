"""What a session comes to, in a form that oracle and kernel share, and its first difference."""

from dataclasses import dataclass

from forven.kernels import perpetual_schema as columns
from forven.kernels import schema
from tests.reference.perpetual.journal import decoded
from tests.reference.perpetual.orders import Order
from tests.reference.perpetual.session import Session, sessions_of
from tests.reference.perpetual.stream import BUY, SELL
from tests.reference.perpetual.worlds import World

FACTS = [
    name.removeprefix("STATE_")
    for name in vars(columns)
    if name.startswith("STATE_") and name != "STATE_HEADER_WIDTH"
]
"""Every column of a state's header."""

SENT = ["ID", "KIND", "SIDE", "ORIGIN", "LEFT", "POST_ONLY", "REDUCE_ONLY", "IMMEDIATE"]
SENT += ["PEGGED", "OFFSET_TICKS", "FLIGHT_TS"]
"""Columns that matter of every order, in flight or landed."""

LANDED = ["PRICE", "AGGRESSIVE", "INTENDED", "CONCESSION", "HAS_REFERENCE", "FLAT_SINCE"]
LANDED += ["LAST_NUDGE", "LAST_REPLACE", "PLACED_TS"]
"""Columns that matter once an order has landed."""

_ORDER_COLUMNS = {
    name.removeprefix("ORDER_"): column
    for name, column in vars(columns).items()
    if name.startswith("ORDER_") and name != "ORDER_WIDTH"
}
_KEPT_BY_THE_ORACLE = {
    name.lower(): column for name, column in _ORDER_COLUMNS.items() if name != "HAS_REFERENCE"
}


@dataclass
class Outcome:
    """One bot's session: what it said, where it stands, its orders in row order."""

    journal: list[tuple[int, ...]]
    facts: dict[str, int]
    orders: list[dict[str, int]]


def oracle_outcomes(world: World) -> list[Outcome]:
    """Run the oracle over a whole world."""
    sessions = sessions_of(world)
    for session in sessions:
        session.advance(world.frames)
    return [outcome_of(session) for session in sessions]


def outcome_of(session: Session) -> Outcome:
    account = session.account
    facts = {
        "STATUS": session.status,
        "FRAME": session.frame,
        "CASH": account.cash,
        "OPENING_EQUITY": account.opening_equity,
        "EQUITY": account.equity,
        "PEAK_EQUITY": account.peak,
        "MAX_DRAWDOWN": account.max_drawdown,
        "NEXT_ORDER": session.next_order,
        "SEQUENCE": len(session.journal.rows),
        "ORDER_COUNT": len(session.rows),
        "COMMAND_CURSOR": session.command_cursor,
        "FUNDING_CURSOR": session.funding_cursor,
        "POSITION": account.position,
        "COST": account.cost,
        "FEES": account.fees,
        "FUNDING": account.funding,
        "FILLS": account.fills,
        "REPLACES": session.replaces,
        "REPLACE_HASH": session.replace_hash,
        "TAKEN_BID": session.taken[BUY],
        "TAKEN_ASK": session.taken[SELL],
        "LIQUIDATED_TS": session.liquidated_ts,
        "RETRY_BUY_TS": session.retry[BUY],
        "RETRY_SELL_TS": session.retry[SELL],
    }
    orders = [facts_of_order(row_of(order)) for order in session.rows]
    return Outcome(session.journal.rows, facts, orders)


def row_of(order: Order) -> list[int]:
    """Return an order as a kernel keeps it."""
    row = [0] * columns.ORDER_WIDTH
    for field, column in _KEPT_BY_THE_ORACLE.items():
        row[column] = int(getattr(order, field) or 0)
    row[columns.ORDER_HAS_REFERENCE] = int(order.reference2 is not None)
    return row


def facts_of_order(row: list[int]) -> dict[str, int]:
    """Return the columns of an order row that matter in the state it is in."""

    def cell(name: str) -> int:
        return row[_ORDER_COLUMNS[name]]

    names = list(SENT)
    if cell("FLIGHT_TS") != schema.INT64_MAX:
        names.append("FLIGHT_PRICE")
    if cell("ID") > 0:
        names += LANDED
        if cell("HAS_REFERENCE"):
            names.append("REFERENCE2")
        if cell("KIND") == schema.ORDER_LIMIT and not cell("AGGRESSIVE"):
            names += ["AHEAD", "LEVEL"]
    return {name: cell(name) for name in names}


def difference(found: Outcome, wanted: Outcome) -> str:
    """Return the first difference in words, or nothing; `wanted` is the oracle's."""
    longest = max(len(found.journal), len(wanted.journal))
    for number in range(0 if found.journal != wanted.journal else longest, longest):
        mine = wanted.journal[number] if number < len(wanted.journal) else None
        theirs = found.journal[number] if number < len(found.journal) else None
        if mine != theirs:
            before = [f"    {decoded(row)}" for row in wanted.journal[max(0, number - 6) : number]]
            spoken = [decoded(row) if row else "no row" for row in (mine, theirs)]
            return "\n".join([*before, f"  oracle: {spoken[0]}", f"  kernel: {spoken[1]}"])
    for name, fact in wanted.facts.items():
        if found.facts[name] != fact:
            return f"  {name}: oracle {fact}, kernel {found.facts[name]}"
    for row, (mine, theirs) in enumerate(zip(wanted.orders, found.orders, strict=True)):
        for name, fact in mine.items():
            if theirs.get(name) != fact:
                return f"  order row {row}, {name}: oracle {fact}, kernel {theirs.get(name)}"
    return ""
