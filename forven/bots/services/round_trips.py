"""Round trips of a session, read off its journal: what each opening order made until it was flat.

Every leg that a fill closes is taken from the trade whose exit the strategy placed, otherwise from
the oldest open trade that holds the instrument; settlement closes what is left. Cash, fees and
slippage are shared out without a remainder: the trades of an ended session add up to its profit.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forven.engine.executions import (
    Fill,
    LegFill,
    entry_orders,
    exit_orders,
    fills_of,
    flattening_orders,
    of_kind,
)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Closing:
    """What closes some of an instrument: contracts, and the cash that comes for them."""

    instrument: int
    contracts: int
    cash: int
    fee: int


def round_trips_of(rows: NDArray[np.int64], multiplier: int) -> list[RoundTrip]:
    """Return the trades of one session's journal, (n, JOURNAL_WIDTH) int64, oldest first."""
    return _Ledger(rows, multiplier).trades


class _Ledger:
    """Goes through a journal once and keeps its trades."""

    def __init__(self, rows: NDArray[np.int64], multiplier: int) -> None:
        self.trades: list[RoundTrip] = []
        self._multiplier = multiplier
        self._entries = entry_orders(rows)
        self._exits = exit_orders(rows)
        self._flattening = flattening_orders(rows)
        settled = {
            row[schema.JOURNAL_SEQUENCE]: row
            for row in of_kind(rows, schema.EVENT_SETTLED).tolist()
        }
        fills = {fill.sequence: fill for fill in fills_of(rows)}
        for sequence in sorted([*fills, *settled]):
            if sequence in fills:
                self._fill(fills[sequence])
            else:
                self._settle(settled[sequence])

    def _fill(self, fill: Fill) -> None:
        """Close what a fill closes, open a trade for what it opens."""
        touched = []
        opening = [leg for leg in fill.legs if leg.effect == schema.EFFECT_OPEN]
        for leg in fill.legs:
            if leg.effect != schema.EFFECT_OPEN:
                touched += self._close(leg, fill)
        if opening:
            trade = RoundTrip(
                number=len(self.trades) + 1,
                order=fill.order,
                opened_ns=fill.ts,
                quantity=fill.quantity,
                legs=[
                    LegOfTrade(
                        instrument=leg.instrument,
                        opened=leg.change,
                        left=leg.change,
                        entry_cash=self._cash(leg, fill),
                    )
                    for leg in opening
                ],
                fees=sum(leg.fee for leg in opening),
            )
            self.trades.append(trade)
            touched.insert(0, trade)
        if touched:
            touched[0].slippage += fill.slippage

    def _close(self, leg: LegFill, fill: Fill) -> list[RoundTrip]:
        """Take a closing leg from the trades that hold it; return these."""
        number, reason = self._exits.get(fill.order, (schema.MISSING, _EXIT_ORDER))
        entered = self._entries.get(number, schema.MISSING)
        if fill.order in self._flattening:
            reason = _EXIT_FLATTENED
        holding = [trade for trade in self.trades if trade.leg(leg.instrument)]
        holding.sort(key=lambda trade: trade.order != entered)
        closing = _Closing(
            instrument=leg.instrument,
            contracts=abs(leg.change),
            cash=self._cash(leg, fill),
            fee=leg.fee,
        )
        return _shared_out(holding, closing, fill.ts, reason)

    def _settle(self, row: list[int]) -> None:
        """Close what is held of an instrument at its settlement."""
        closing = _Closing(
            instrument=row[schema.JOURNAL_A],
            contracts=abs(row[schema.JOURNAL_B]),
            cash=row[schema.JOURNAL_D],
            fee=row[schema.JOURNAL_E],
        )
        holding = [trade for trade in self.trades if trade.leg(closing.instrument)]
        _shared_out(holding, closing, row[schema.JOURNAL_TS], _EXIT_SETTLEMENT)

    def _cash(self, leg: LegFill, fill: Fill) -> int:
        """Return the cash that came for a leg, in micros."""
        return leg.value * fill.quantity * self._multiplier


def _shared_out(
    holding: list[RoundTrip], closing: _Closing, ts: int, reason: str
) -> list[RoundTrip]:
    """Share what closes out over trades, first come first served; return those it touched."""
    touched = []
    contracts, cash, fee = closing.contracts, closing.cash, closing.fee
    for trade in holding:
        own = trade.leg(closing.instrument)
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
