"""The positions of a session, folded from its journal and marked at a frame."""

import threading
import uuid
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from forven.bots.live_view import FrameMarks
from forven.bots.position_fields import position_fields
from forven.bots.services.spelling import Document
from forven.kernels import schema
from forven.market.instruments import parse_osi
from forven.primitives.money import decimal_text, money_text

_DELTA_SCALE = 1_000_000
_DELTA_PLACES = 4
_SESSIONS_KEPT_MAX = 4_096


@dataclass(slots=True, kw_only=True)
class Holding:
    """One instrument that a session has traded; money in micros.

    quantity  contracts, + long, - short     cost      paid (+) or received (-) for them, no fees
    realized  of what was closed, no fees    fees      of its legs and its settlement
    last      value of one contract at its last fill or at settlement
    """

    instrument: int
    quantity: int = 0
    cost: int = 0
    realized: int = 0
    fees: int = 0
    last: int = 0

    def change(self, contracts: int, cash: int) -> None:
        """Take a fill in: contracts bought (+) or sold (-) and the cash that came for them.

        As the kernel keeps its holdings: a fill against the position takes its share of the cost
        away, floored, and what it brings beyond that is realized.
        """
        is_same_side = self.quantity == 0 or (self.quantity > 0) == (contracts > 0)
        if is_same_side:
            self.cost -= cash
        else:
            removed = self.cost * abs(contracts) // abs(self.quantity)
            self.cost -= removed
            self.realized += cash - removed
        self.quantity += contracts


def holdings_of(rows: NDArray[np.int64], multiplier: int) -> list[Holding]:
    """Return what a session's journal traded, in the order of the first fills.

    rows        (n, JOURNAL_WIDTH) int64
    multiplier  micros that one quantum of one contract is worth
    """
    holdings: dict[int, Holding] = {}
    units = 0
    for row in rows.tolist():
        kind = row[schema.JOURNAL_KIND]
        if kind == schema.EVENT_ORDER_FILLED:
            units = row[schema.JOURNAL_B]
        elif kind == schema.EVENT_LEG_FILLED:
            held = holdings.setdefault(
                row[schema.JOURNAL_B], Holding(instrument=row[schema.JOURNAL_B])
            )
            cash = row[schema.JOURNAL_D] * units * multiplier
            held.change(row[schema.JOURNAL_C], cash)
            held.fees += row[schema.JOURNAL_E]
            held.last = abs(cash) // abs(row[schema.JOURNAL_C])
        elif kind == schema.EVENT_SETTLED:
            held = holdings.setdefault(
                row[schema.JOURNAL_A], Holding(instrument=row[schema.JOURNAL_A])
            )
            held.change(-held.quantity, row[schema.JOURNAL_D])
            held.fees += row[schema.JOURNAL_E]
            held.last = row[schema.JOURNAL_C] * multiplier
    return list(holdings.values())


class FoldedHoldings:
    """Holdings of sessions as of their last journal row, folded once for all who read them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[int, list[Holding]]] = OrderedDict()

    def of(self, session_id: str, rows: NDArray[np.int64], multiplier: int) -> list[Holding]:
        """Return what a session has traded; nobody changes it."""
        with self._lock:
            kept = self._kept.get(session_id)
        if kept is None or kept[0] != len(rows):
            kept = (len(rows), holdings_of(rows, multiplier))
            with self._lock:
                self._kept[session_id] = kept
                self._kept.move_to_end(session_id)
                if len(self._kept) > _SESSIONS_KEPT_MAX:
                    self._kept.popitem(last=False)
        return kept[1]


def position_documents(
    session_id: str,
    holdings: Sequence[Holding],
    symbols: Sequence[str],
    multiplier: int,
    marks: FrameMarks | None,
) -> list[Document]:
    """Return the positions, those closed too.

    marks  quotes of the latest frame; None: a session that is over, prices are the last ones paid
    """
    return [_document(session_id, held, symbols, multiplier, marks) for held in holdings]


def unrealized_of(held: Holding, multiplier: int, marks: FrameMarks | None) -> int:
    """Return the profit of what is held at its mark, in micros, before fees."""
    return held.quantity * _price2(held, multiplier, marks) // 2 - held.cost


def _document(
    session_id: str,
    held: Holding,
    symbols: Sequence[str],
    multiplier: int,
    marks: FrameMarks | None,
) -> Document:
    """Return one position; `price` and `cost_basis` are worth of contracts, x 100 for SPX."""
    symbol = symbols[held.instrument]
    unrealized = unrealized_of(held, multiplier, marks)
    price = _price2(held, multiplier, marks) // 2
    fields = position_fields(symbol, held.quantity, price, unrealized)
    return {
        "id": _position_id(session_id, symbol, fields["direction"]),
        **fields,
        "cost_basis": money_text(abs(held.cost)),
        "delta": _delta(held, symbol, marks),
        "realized_profit_loss": money_text(held.realized),
        "total_profit_loss": money_text(unrealized + held.realized - held.fees),
    }


def _price2(held: Holding, multiplier: int, marks: FrameMarks | None) -> int:
    """Return twice the worth of one contract in micros.

    As the kernel marks: an instrument that never had an uncrossed quote is worth nothing.
    """
    if marks is None:
        return 2 * held.last
    mark2 = marks.mark2(held.instrument)
    return 0 if mark2 is None else mark2 * multiplier


def _delta(held: Holding, symbol: str, marks: FrameMarks | None) -> str | None:
    """Return the signed delta of one contract as held; None where the chain has none."""
    if marks is None or held.quantity == 0:
        return None
    delta = marks.delta(held.instrument)
    if delta is None:
        return None
    is_negative = _is_put(symbol) == (held.quantity > 0)
    return decimal_text(-delta if is_negative else delta, _DELTA_SCALE, _DELTA_PLACES)


@lru_cache(maxsize=65_536)
def _position_id(session_id: str, symbol: str, direction: str) -> str:
    """Return the id of a position, the same whenever it is worked out."""
    return str(uuid.uuid5(uuid.UUID(session_id), f"{symbol} {direction}"))


@lru_cache(maxsize=4_096)
def _is_put(symbol: str) -> bool:
    """Return whether an option is a put."""
    return parse_osi(symbol).right == schema.PUT
