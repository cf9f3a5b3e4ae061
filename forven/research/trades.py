"""The trades of a session, read off its journal: each entry, how it was left, and what filled."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forven.engine.executions import (
    Fill,
    entry_orders,
    exit_orders,
    fills_of,
    flattening_orders,
    of_kind,
)
from forven.kernels import schema

Rows = NDArray[np.int64]


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
    exits = {
        number: (fills[order], reason)
        for order, (number, reason) in exit_orders(rows).items()
        if order in fills
    }
    return tuple(
        _trade(rows, number, fills[order], exits.get(number))
        for number, order in entry_orders(rows).items()
        if order in fills
    )


def flattening_fills(rows: Rows) -> tuple[Fill, ...]:
    """Return the fills of orders by which risk flattened the session."""
    wanted = flattening_orders(rows)
    return tuple(fill for fill in fills_of(rows) if fill.order in wanted)


def _trade(rows: Rows, number: int, entry: Fill, left: tuple[Fill, str] | None) -> Trade:
    """Return the trade of one entry."""
    legs = of_kind(rows, schema.EVENT_ORDER_LEG)
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
    settled = of_kind(rows, schema.EVENT_SETTLED)
    intrinsic = dict(settled[:, [schema.JOURNAL_A, schema.JOURNAL_C]].tolist())
    if any(instrument not in intrinsic for instrument, _ in ratios):
        return None
    return sum(ratio * int(intrinsic[instrument]) for instrument, ratio in ratios)
