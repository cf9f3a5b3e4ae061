"""What filled in a session, read off its journal, and what its orders were for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forven.engine.journal import code_name
from forven.kernels import schema

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegFill:
    """One leg of a fill: change in contracts (+ bought), value in quanta a unit, fee in micros.

    effect  EFFECT_OPEN or EFFECT_CLOSE, as it was ordered
    """

    instrument: int
    change: int
    value: int
    fee: int
    effect: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """A filled order; net in quanta a unit, credit positive, fees and slippage in micros.

    sequence  of its row in the journal
    """

    sequence: int
    order: int
    ts: int
    net: int
    natural: int
    quantity: int
    fees: int
    slippage: int
    legs: tuple[LegFill, ...]


def fills_of(rows: Rows) -> tuple[Fill, ...]:
    """Return every filled order of one session's journal, in its order."""
    ordered = of_kind(rows, schema.EVENT_ORDER_LEG)
    keys = ordered[:, [schema.JOURNAL_ORDER, schema.JOURNAL_A]].tolist()
    effects = {
        (order, place): effect
        for (order, place), effect in zip(keys, ordered[:, schema.JOURNAL_D].tolist(), strict=True)
    }
    legs: dict[int, list[LegFill]] = {}
    for row in of_kind(rows, schema.EVENT_LEG_FILLED).tolist():
        leg = LegFill(
            instrument=row[schema.JOURNAL_B],
            change=row[schema.JOURNAL_C],
            value=row[schema.JOURNAL_D],
            fee=row[schema.JOURNAL_E],
            effect=effects[row[schema.JOURNAL_ORDER], row[schema.JOURNAL_A]],
        )
        legs.setdefault(row[schema.JOURNAL_ORDER], []).append(leg)
    return tuple(
        Fill(
            sequence=row[schema.JOURNAL_SEQUENCE],
            order=row[schema.JOURNAL_ORDER],
            ts=row[schema.JOURNAL_TS],
            net=row[schema.JOURNAL_A],
            quantity=row[schema.JOURNAL_B],
            fees=row[schema.JOURNAL_C],
            slippage=row[schema.JOURNAL_D],
            natural=row[schema.JOURNAL_F],
            legs=tuple(legs[row[schema.JOURNAL_ORDER]]),
        )
        for row in of_kind(rows, schema.EVENT_ORDER_FILLED).tolist()
    )


def entry_orders(rows: Rows) -> dict[int, int]:
    """Return the order of each entry that placed one, by its number, skipped entries counted."""
    placed = rows[:, schema.JOURNAL_KIND] == schema.EVENT_ORDER_PLACED
    entering = placed & (rows[:, schema.JOURNAL_F] == schema.ORIGIN_ENTRY)
    skipped = rows[:, schema.JOURNAL_KIND] == schema.EVENT_ENTRY_SKIPPED
    tried = rows[entering | skipped]
    return {
        number: row[schema.JOURNAL_ORDER]
        for number, row in enumerate(tried.tolist(), start=1)
        if row[schema.JOURNAL_KIND] == schema.EVENT_ORDER_PLACED
    }


def exit_orders(rows: Rows) -> dict[int, tuple[int, str]]:
    """Return the entry's number and the name of the reason, by the order that an exit placed."""
    return {
        row[schema.JOURNAL_ORDER]: (
            row[schema.JOURNAL_A],
            code_name("REASON", row[schema.JOURNAL_B]),
        )
        for row in of_kind(rows, schema.EVENT_EXIT_SIGNAL).tolist()
    }


def flattening_orders(rows: Rows) -> set[int]:
    """Return the orders by which risk flattened the session."""
    placed = of_kind(rows, schema.EVENT_ORDER_PLACED)
    flattening = placed[placed[:, schema.JOURNAL_F] == schema.ORIGIN_FLATTEN]
    return set(flattening[:, schema.JOURNAL_ORDER].tolist())


def of_kind(rows: Rows, kind: int) -> Rows:
    """Return the rows of one kind of event."""
    return rows[rows[:, schema.JOURNAL_KIND] == kind]
