"""The trades of a session, read off its journal: each entry, how it was left, and what filled."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forven.engine.journal import code_name
from forven.kernels import schema

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegFill:
    """One leg of a fill: change in contracts (+ bought), value in quanta a unit, fee in micros."""

    instrument: int
    change: int
    value: int
    fee: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """A filled order; net in quanta a unit, credit positive, fees and slippage in micros."""

    order: int
    ts: int
    net: int
    natural: int
    quantity: int
    fees: int
    slippage: int
    legs: tuple[LegFill, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """One entry that filled.

    number       the entry's number in its session, from 1, skipped ones counted
    ratios       (instrument, signed ratio) of its legs, + sold
    exit         the fill that closed it, None if it was flattened or held to the close
    exit_reason  name of the exit signal's reason, None without an exit
    settled_net  quanta a unit at the settlement value, None if it was closed before
    """

    number: int
    ratios: tuple[tuple[int, int], ...]
    entry: Fill
    exit: Fill | None
    exit_reason: str | None
    settled_net: int | None


def trades_of(rows: Rows) -> tuple[Trade, ...]:
    """Return the trades of one session's journal, in the order of their entries."""
    fills = {fill.order: fill for fill in fills_of(rows)}
    exits = _exits(rows, fills)
    return tuple(
        _trade(rows, number, fills[order], exits.get(number))
        for number, order in _entry_orders(rows)
        if order in fills
    )


def flattening_fills(rows: Rows) -> tuple[Fill, ...]:
    """Return the fills of orders by which risk flattened the session."""
    placed = _of_kind(rows, schema.EVENT_ORDER_PLACED)
    flattening = placed[placed[:, schema.JOURNAL_F] == schema.ORIGIN_FLATTEN]
    wanted = set(flattening[:, schema.JOURNAL_ORDER].tolist())
    return tuple(fill for fill in fills_of(rows) if fill.order in wanted)


def fills_of(rows: Rows) -> tuple[Fill, ...]:
    """Return every filled order of one session's journal, in its order."""
    legs: dict[int, list[LegFill]] = {}
    for row in _of_kind(rows, schema.EVENT_LEG_FILLED).tolist():
        leg = LegFill(
            instrument=row[schema.JOURNAL_B],
            change=row[schema.JOURNAL_C],
            value=row[schema.JOURNAL_D],
            fee=row[schema.JOURNAL_E],
        )
        legs.setdefault(row[schema.JOURNAL_ORDER], []).append(leg)
    return tuple(
        Fill(
            order=row[schema.JOURNAL_ORDER],
            ts=row[schema.JOURNAL_TS],
            net=row[schema.JOURNAL_A],
            quantity=row[schema.JOURNAL_B],
            fees=row[schema.JOURNAL_C],
            slippage=row[schema.JOURNAL_D],
            natural=row[schema.JOURNAL_F],
            legs=tuple(legs[row[schema.JOURNAL_ORDER]]),
        )
        for row in _of_kind(rows, schema.EVENT_ORDER_FILLED).tolist()
    )


def _of_kind(rows: Rows, kind: int) -> Rows:
    """Return the rows of one kind of event."""
    return rows[rows[:, schema.JOURNAL_KIND] == kind]


def _entry_orders(rows: Rows) -> list[tuple[int, int]]:
    """Return (entry number, order) of the entries that placed one; a skipped entry has a number."""
    placed = rows[:, schema.JOURNAL_KIND] == schema.EVENT_ORDER_PLACED
    entering = placed & (rows[:, schema.JOURNAL_F] == schema.ORIGIN_ENTRY)
    skipped = rows[:, schema.JOURNAL_KIND] == schema.EVENT_ENTRY_SKIPPED
    tried = rows[entering | skipped]
    return [
        (number, row[schema.JOURNAL_ORDER])
        for number, row in enumerate(tried.tolist(), start=1)
        if row[schema.JOURNAL_KIND] == schema.EVENT_ORDER_PLACED
    ]


def _exits(rows: Rows, fills: dict[int, Fill]) -> dict[int, tuple[Fill, str]]:
    """Return the exit that filled and its reason, by entry number."""
    return {
        row[schema.JOURNAL_A]: (
            fills[row[schema.JOURNAL_ORDER]],
            code_name("REASON", row[schema.JOURNAL_B]),
        )
        for row in _of_kind(rows, schema.EVENT_EXIT_SIGNAL).tolist()
        if row[schema.JOURNAL_ORDER] in fills
    }


def _trade(rows: Rows, number: int, entry: Fill, left: tuple[Fill, str] | None) -> Trade:
    """Return the trade of one entry."""
    legs = _of_kind(rows, schema.EVENT_ORDER_LEG)
    own = legs[legs[:, schema.JOURNAL_ORDER] == entry.order]
    ratios = own[:, [schema.JOURNAL_B, schema.JOURNAL_C]].tolist()
    return Trade(
        number=number,
        ratios=tuple((instrument, ratio) for instrument, ratio in ratios),
        entry=entry,
        exit=left[0] if left else None,
        exit_reason=left[1] if left else None,
        settled_net=None if left else _settled_net(ratios, rows),
    )


def _settled_net(ratios: list[list[int]], rows: Rows) -> int | None:
    """Return the legs' net at settlement, None if any of them was not held then."""
    settled = _of_kind(rows, schema.EVENT_SETTLED)
    intrinsic = dict(settled[:, [schema.JOURNAL_A, schema.JOURNAL_C]].tolist())
    if any(instrument not in intrinsic for instrument, _ in ratios):
        return None
    return sum(ratio * int(intrinsic[instrument]) for instrument, ratio in ratios)
