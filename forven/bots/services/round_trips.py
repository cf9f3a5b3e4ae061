"""Round trips of a session, read off its journal: what each opening order made until it was flat.

Every leg that a fill closes is taken from the trade whose exit the strategy placed, otherwise from
the oldest open trade that holds the instrument; settlement closes what is left. Cash, fees and
slippage are shared out without a remainder: the trades of an ended session add up to its profit.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from forven.engine.journal import code_name
from forven.kernels import schema

_EXIT_SETTLEMENT = "settlement"
_EXIT_FLATTENED = "flattened"
_EXIT_ORDER = "order"


@dataclass(slots=True, kw_only=True)
class LegOfTrade:
    """One instrument of a trade: contracts opened (+ bought), and how many are still open."""

    instrument: int
    opened: int
    left: int
    entry_cash: int
    exit_cash: int = 0


@dataclass(slots=True, kw_only=True)
class RoundTrip:
    """One opening order and everything that closed it; money in micros, times nanoseconds UTC.

    number       from 1, in the order of the entries     closed_ns  None while something is open
    exit_reason  profit_target, stop_loss, time, flattened, settlement, order; None while open
    """

    number: int
    order: int
    opened_ns: int
    quantity: int
    legs: list[LegOfTrade]
    fees: int = 0
    slippage: int = 0
    closed_ns: int | None = None
    exit_reason: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether any leg is still held."""
        return any(leg.left for leg in self.legs)

    @property
    def entry_cash(self) -> int:
        """Cash that came in at the entry, before fees and slippage."""
        return sum(leg.entry_cash for leg in self.legs)

    @property
    def exit_cash(self) -> int:
        """Cash that came in when legs were closed, before fees and slippage."""
        return sum(leg.exit_cash for leg in self.legs)

    @property
    def profit(self) -> int:
        """What came in less fees and slippage; for an open trade what it has cost so far."""
        return self.entry_cash + self.exit_cash - self.fees - self.slippage

    def leg(self, instrument: int) -> LegOfTrade | None:
        """Return the leg of an instrument that is still open; None if there is none."""
        for leg in self.legs:
            if leg.instrument == instrument and leg.left:
                return leg
        return None


@dataclass(slots=True, kw_only=True)
class _LegFill:
    """One LEG_FILLED row."""

    instrument: int
    change: int
    cash: int
    fee: int
    is_opening: bool


@dataclass(slots=True, kw_only=True)
class _Fill:
    """One filled order with its legs."""

    order: int
    ts: int
    units: int
    slippage: int
    legs: list[_LegFill] = field(default_factory=list)


def round_trips_of(rows: NDArray[np.int64], multiplier: int) -> list[RoundTrip]:
    """Return the trades of one session's journal, (n, JOURNAL_WIDTH) int64, oldest first."""
    return _Ledger(rows, multiplier).trades


class _Ledger:
    """Goes through a journal once and keeps its trades."""

    def __init__(self, rows: NDArray[np.int64], multiplier: int) -> None:
        self.trades: list[RoundTrip] = []
        self._entry_orders: dict[int, int] = {}  # number of an entry: the order that entered
        self._exits: dict[int, tuple[int, str]] = {}  # exit order: entering order, reason
        self._flattening: set[int] = set()
        self._effects: dict[tuple[int, int], int] = {}  # (order, leg): effect
        self._note_orders(rows)
        for event in _fills_and_settlements(rows, multiplier, self._effects):
            if isinstance(event, _Fill):
                self._fill(event)
            else:
                self._settle(event)

    def _note_orders(self, rows: NDArray[np.int64]) -> None:
        """Note what orders were for: entries by number, exits, flattening, effects of legs."""
        tried = 0
        for row in rows.tolist():
            kind, order = row[schema.JOURNAL_KIND], row[schema.JOURNAL_ORDER]
            if kind == schema.EVENT_ENTRY_SKIPPED:
                tried += 1
            elif kind == schema.EVENT_ORDER_PLACED:
                if row[schema.JOURNAL_F] == schema.ORIGIN_ENTRY:
                    tried += 1
                    self._entry_orders[tried] = order
                elif row[schema.JOURNAL_F] == schema.ORIGIN_FLATTEN:
                    self._flattening.add(order)
            elif kind == schema.EVENT_ORDER_LEG:
                self._effects[order, row[schema.JOURNAL_A]] = row[schema.JOURNAL_D]
            elif kind == schema.EVENT_EXIT_SIGNAL:
                entered = self._entry_orders.get(row[schema.JOURNAL_A], schema.MISSING)
                reason = code_name("REASON", row[schema.JOURNAL_B])
                self._exits[order] = (entered, reason)

    def _fill(self, fill: _Fill) -> None:
        """Close what a fill closes, open a trade for what it opens."""
        touched = []
        opening = [leg for leg in fill.legs if leg.is_opening]
        for leg in fill.legs:
            if not leg.is_opening:
                touched += self._close(leg, fill)
        if opening:
            trade = RoundTrip(
                number=len(self.trades) + 1,
                order=fill.order,
                opened_ns=fill.ts,
                quantity=fill.units,
                legs=[
                    LegOfTrade(
                        instrument=leg.instrument,
                        opened=leg.change,
                        left=leg.change,
                        entry_cash=leg.cash,
                    )
                    for leg in opening
                ],
                fees=sum(leg.fee for leg in opening),
            )
            self.trades.append(trade)
            touched.insert(0, trade)
        if touched:
            touched[0].slippage += fill.slippage

    def _close(self, leg: _LegFill, fill: _Fill) -> list[RoundTrip]:
        """Take a closing leg from the trades that hold it; return these."""
        entered, reason = self._exits.get(fill.order, (schema.MISSING, _EXIT_ORDER))
        if fill.order in self._flattening:
            reason = _EXIT_FLATTENED
        holding = [trade for trade in self.trades if trade.leg(leg.instrument)]
        holding.sort(key=lambda trade: trade.order != entered)
        return _shared_out(holding, leg, fill.ts, reason)

    def _settle(self, row: list[int]) -> None:
        """Close what is held of an instrument at its settlement."""
        instrument, quantity = row[schema.JOURNAL_A], row[schema.JOURNAL_B]
        leg = _LegFill(
            instrument=instrument,
            change=-quantity,
            cash=row[schema.JOURNAL_D],
            fee=row[schema.JOURNAL_E],
            is_opening=False,
        )
        holding = [trade for trade in self.trades if trade.leg(instrument)]
        _shared_out(holding, leg, row[schema.JOURNAL_TS], _EXIT_SETTLEMENT)


def _shared_out(holding: list[RoundTrip], leg: _LegFill, ts: int, reason: str) -> list[RoundTrip]:
    """Share a closing leg out over trades, first come first served; return those it touched."""
    touched = []
    contracts, cash, fee = abs(leg.change), leg.cash, leg.fee
    for trade in holding:
        own = trade.leg(leg.instrument)
        if own is None or contracts == 0:
            continue
        taken = min(contracts, abs(own.left))
        cash_part = cash * taken // contracts
        fee_part = fee * taken // contracts
        own.left -= taken if own.left > 0 else -taken
        own.exit_cash += cash_part
        trade.fees += fee_part
        contracts, cash, fee = contracts - taken, cash - cash_part, fee - fee_part
        if not trade.is_open:
            trade.closed_ns, trade.exit_reason = ts, reason
        touched.append(trade)
    return touched


def _fills_and_settlements(
    rows: NDArray[np.int64], multiplier: int, effects: dict[tuple[int, int], int]
) -> Iterator[_Fill | list[int]]:
    """Yield filled orders whole, and settlement rows, in the order of the journal."""
    pending: _Fill | None = None
    for row in rows.tolist():
        kind = row[schema.JOURNAL_KIND]
        if kind == schema.EVENT_LEG_FILLED and pending is not None:
            pending.legs.append(
                _LegFill(
                    instrument=row[schema.JOURNAL_B],
                    change=row[schema.JOURNAL_C],
                    cash=row[schema.JOURNAL_D] * pending.units * multiplier,
                    fee=row[schema.JOURNAL_E],
                    is_opening=effects.get((pending.order, row[schema.JOURNAL_A]))
                    == schema.EFFECT_OPEN,
                )
            )
            continue
        if pending is not None:
            yield pending
            pending = None
        if kind == schema.EVENT_ORDER_FILLED:
            pending = _Fill(
                order=row[schema.JOURNAL_ORDER],
                ts=row[schema.JOURNAL_TS],
                units=row[schema.JOURNAL_B],
                slippage=row[schema.JOURNAL_D],
            )
        elif kind == schema.EVENT_SETTLED:
            yield row
    if pending is not None:
        yield pending
