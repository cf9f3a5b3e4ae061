"""What one bot did on a perpetual: its journal, its account at the end, and figures of both."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from forven.engine import journal
from forven.engine.perpetual.journal import events, status_name
from forven.kernels import perpetual_schema as layout
from forven.kernels import schema
from forven.market.perpetual.contract import PerpetualContract


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One fill: `side` is `buy` or `sell`, money in micros (a fee below 0 is a rebate)."""

    ts: int
    order: int
    side: str
    price: Decimal
    size: Decimal
    fee: int
    is_taker: bool
    position: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PerpetualResult:
    """The journal and the account of one bot.

    rows   (n, JOURNAL_WIDTH) int64         state  (width,) int64, as in `perpetual_schema`
    """

    contract: PerpetualContract
    rows: NDArray[np.int64]
    state: NDArray[np.int64]

    @property
    def digest(self) -> str:
        """SHA-256 of the journal."""
        return journal.digest(self.rows)

    @property
    def status(self) -> str:
        """`running` if the data ended before the session, else how it ended."""
        return status_name(int(self.state[layout.STATE_STATUS]))

    @property
    def position(self) -> Decimal:
        """Units of the coin held at the end, + long."""
        return self.contract.size_decimal(int(self.state[layout.STATE_POSITION]))

    @property
    def cash(self) -> int:
        """Micros: the account without what the position is worth."""
        return int(self.state[layout.STATE_CASH])

    @property
    def equity(self) -> int:
        """Micros: cash and position at the last mark."""
        return int(self.state[layout.STATE_EQUITY])

    @property
    def profit(self) -> int:
        """Micros of equity gained, fees and funding paid."""
        return self.equity - int(self.state[layout.STATE_OPENING_EQUITY])

    @property
    def fees(self) -> int:
        """Micros of fees paid; below 0: rebates received."""
        return int(self.state[layout.STATE_FEES])

    @property
    def funding(self) -> int:
        """Micros of funding paid; below 0: received."""
        return int(self.state[layout.STATE_FUNDING])

    @property
    def max_drawdown(self) -> int:
        """Micros from a peak of equity to the lowest point after it."""
        return int(self.state[layout.STATE_MAX_DRAWDOWN])

    @property
    def requotes(self) -> int:
        """Re-quotes that landed, in the journal or not."""
        return int(self.state[layout.STATE_REPLACES])

    @property
    def requote_hash(self) -> int:
        """The hash of every re-quote's time, order and price."""
        return int(self.state[layout.STATE_REPLACE_HASH])

    @property
    def fill_count(self) -> int:
        """Fills, partial ones included."""
        return int(self.state[layout.STATE_FILLS])

    def events(self) -> Iterator[dict[str, int | str]]:
        """Yield the journal's rows as named events."""
        return events(self.rows)

    def fills(self) -> list[Fill]:
        """Return the fills in order."""
        sides: dict[int, str] = {}
        found = []
        for row in self.rows.tolist():
            order, kind = row[schema.JOURNAL_ORDER], row[schema.JOURNAL_KIND]
            price, lots, fee, taker, _, position = row[schema.JOURNAL_A :]
            if kind == schema.EVENT_ORDER_PLACED:
                sides[order] = "sell" if row[schema.JOURNAL_D] == 1 else "buy"
            elif kind == schema.EVENT_ORDER_FILLED:
                found.append(
                    Fill(
                        ts=row[schema.JOURNAL_TS],
                        order=order,
                        side=sides[order],
                        price=self.contract.price_decimal(price),
                        size=self.contract.size_decimal(lots),
                        fee=fee,
                        is_taker=taker == 1,
                        position=self.contract.size_decimal(position),
                    )
                )
        return found
