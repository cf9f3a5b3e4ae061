"""The stream as the oracle reads it: plain lists, named fields (docs/PERPETUALS.md section 1)."""

from dataclasses import dataclass

from forven.kernels import perpetual_schema as columns
from forven.kernels.schema import MISSING

BUY, SELL = -1, 1


@dataclass(frozen=True)
class Print:
    """One trade: `aggressor` is +1 for a buyer, -1 for a seller, 0 if nobody knows."""

    price: int
    size: int
    aggressor: int

    def hits(self, side: int) -> bool:
        """Section 6: buys if its aggressor is not +1, sells if it is not -1."""
        return self.aggressor != -side


@dataclass(frozen=True)
class Frame:
    """Everything with one stamp: the trades, and the quote that followed them."""

    ts: int
    arrival: int
    bid: int
    ask: int
    bid_size: int
    ask_size: int
    mark2: int
    prints: tuple[Print, ...]

    @property
    def has_mark(self) -> bool:
        return self.mark2 != MISSING

    @property
    def is_blocked(self) -> bool:
        """Section 1: a side is missing, bid > ask, or the mark is not known yet."""
        return MISSING in (self.bid, self.ask) or self.bid > self.ask or not self.has_mark

    def best(self, side: int) -> tuple[int, int]:
        """Return price and size displayed on one side: that of the orders of that side."""
        return (self.bid, self.bid_size) if side == BUY else (self.ask, self.ask_size)


BEFORE_THE_FIRST = Frame(0, 0, MISSING, MISSING, 0, 0, MISSING, ())
"""Section 1: the standing book before the first frame is blocked."""


@dataclass(frozen=True)
class Funding:
    """One funding payment: rate in 1 / `RATE_UNIT`, oracle price in quanta."""

    ts: int
    rate: int
    oracle: int


@dataclass(frozen=True)
class Tier:
    """From a notional in micros on, the most leverage."""

    start: int
    leverage: int


@dataclass(frozen=True)
class Contract:
    """The instrument and the session's bounds, in the order of the `CONTRACT_` columns."""

    value: int
    figures: int
    whole: int
    tick: int
    value_min: int
    open: int
    end: int
    orders: int


class Stream:
    """One stream, read from the kernel's arrays (anything with `tolist`)."""

    def __init__(self, book, prints, fundings, tiers, contract) -> None:
        trades = [Print(*row) for row in prints.tolist()]
        rows = book.tolist()
        self.frames: list[Frame] = []
        for t, ts in enumerate(rows[columns.BOOK_TS]):
            first = rows[columns.BOOK_PRINTS][t - 1] if t else 0
            cells = [row[t] for row in rows]
            self.frames.append(
                Frame(
                    ts=ts,
                    arrival=cells[columns.BOOK_ARRIVAL],
                    bid=cells[columns.BOOK_BID],
                    ask=cells[columns.BOOK_ASK],
                    bid_size=cells[columns.BOOK_BID_SIZE],
                    ask_size=cells[columns.BOOK_ASK_SIZE],
                    mark2=cells[columns.BOOK_MARK2],
                    prints=tuple(trades[first : cells[columns.BOOK_PRINTS]]),
                )
            )
        self.fundings = [Funding(*row) for row in fundings.tolist()]
        self.tiers = [Tier(*row) for row in tiers.tolist()]
        self.contract = Contract(*contract.tolist())
