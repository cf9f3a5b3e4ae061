"""The quote stream: one perpetual, and two pegged orders that the quoter keeps at its mid."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from forven.engine.perpetual.fills import PerpetualFills
from forven.engine.perpetual.policy import PerpetualPolicy
from forven.engine.perpetual.quoting import Quoter
from forven.engine.perpetual.result import PerpetualResult
from forven.engine.perpetual.run import PerpetualRun
from forven.kernels import perpetual_schema as layout
from forven.kernels import schema
from forven.market.perpetual.contract import MarginTier, PerpetualContract
from forven.market.perpetual.stream import PerpetualStream
from forven.primitives.identifiers import bytes_hash
from forven.primitives.money import MICROS_PER_UNIT
from forven.research.workloads.quotes import TICK_QUANTA, QuoteStream, quote_stream
from forven.research.workloads.sizes import SEED, BenchmarkFailed
from forven.research.workloads.taken import Taken, timed

TOUCH, QUEUE, PROBABILISTIC = "touch", "queue", "probabilistic"
POSITION_MAX = 50
"""Whole orders on either side."""
FILLS_PART = "fills"
_ORDER_SIZE, _LOTS_PER_ORDER = "0.001", 100
"""One lot of the synthetic stream is one order: 0.001 of the coin, 100 lots of the contract."""
_SIZE_DECIMALS = 5
_LEVERAGE = 40
_OPENING_CASH = 10_000_000 * MICROS_PER_UNIT


def short_part(updates: int) -> str:
    """Return the name of the agreement on the fills of a stream's beginning."""
    return f"fills of the first {updates} updates"


def contract() -> PerpetualContract:
    """Return a contract by HyperLiquid's rules: at 60,000 its tick is 1, its quantum 0.1."""
    tiers = (MarginTier(from_micros=0, leverage=_LEVERAGE),)
    return PerpetualContract.hyperliquid("BTC", _SIZE_DECIMALS, tiers, 10 * MICROS_PER_UNIT)


def perpetual_stream(quotes: QuoteStream, has_prints: bool) -> PerpetualStream:
    """Return the columns as the kernel sees them."""
    updates = quotes.ts.size
    book = np.zeros((layout.BOOK_ROWS, updates), np.int64)
    book[layout.BOOK_TS] = book[layout.BOOK_ARRIVAL] = quotes.ts
    book[layout.BOOK_BID] = quotes.bid * TICK_QUANTA
    book[layout.BOOK_ASK] = quotes.ask * TICK_QUANTA
    book[layout.BOOK_BID_SIZE] = quotes.bid_size * _LOTS_PER_ORDER
    book[layout.BOOK_ASK_SIZE] = quotes.ask_size * _LOTS_PER_ORDER
    book[layout.BOOK_MARK2] = book[layout.BOOK_BID] + book[layout.BOOK_ASK]
    prints = np.zeros((0, layout.PRINT_WIDTH), np.int64)
    if has_prints:
        prints = np.zeros((quotes.print_updates.size, layout.PRINT_WIDTH), np.int64)
        prints[:, layout.PRINT_PRICE] = quotes.print_price * TICK_QUANTA
        prints[:, layout.PRINT_SIZE] = quotes.print_size * _LOTS_PER_ORDER
        prints[:, layout.PRINT_AGGRESSOR] = quotes.aggressors
        book[layout.BOOK_PRINTS] = np.searchsorted(
            quotes.print_updates, np.arange(updates), side="right"
        )
    return PerpetualStream(
        contract=contract(),
        book=book,
        prints=prints,
        fundings=np.zeros((0, layout.FUNDING_WIDTH), np.int64),
        open_ns=int(quotes.ts[0]) - 1,
        end_ns=None,
        counts={},
    )


class Quotes:
    """The quoter over the whole stream: from a plan to the journal.

    settings  updates, short_updates, model (TOUCH without prints; QUEUE, PROBABILISTIC with them),
              latency_us of an order
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self.model: str = settings["model"]
        self.short: int = settings["short_updates"]
        self.quotes = quote_stream(settings["updates"], SEED)
        self.stream = perpetual_stream(self.quotes, self.model != TOUCH)
        policy = PerpetualPolicy(
            fills=PerpetualFills(
                model=self.model, power=2, order_latency_us=settings["latency_us"]
            ),
            quoter=Quoter(size=_ORDER_SIZE, position_max=f"{POSITION_MAX / 1000:.3f}", retry_ms=0),
            requote_rows=False,
        )
        self.plans = policy.plan_row(self.stream.contract, _OPENING_CASH)[np.newaxis]

    def round(self) -> Taken:
        """Run the quoter once."""
        seconds, result = timed(self._run)
        fills = fills_of(result)
        if not len(fills) or result.state[layout.STATE_FRAME] != self.stream.frame_count:
            raise BenchmarkFailed(f"expected fills and a whole stream, found {len(fills)} fills")
        agreements = {}
        if self.model == TOUCH:
            last = self.quotes.ts[min(self.short, self.quotes.ts.size) - 1]
            agreements[FILLS_PART] = fills_digest(fills)
            agreements[short_part(self.short)] = fills_digest(fills[fills[:, 0] <= last])
        return Taken(
            seconds=seconds,
            units=self.stream.frame_count,
            digest=bytes_hash(
                [result.digest.encode("ascii"), result.state.astype("<i8").tobytes()]
            ),
            agreements=agreements,
            details={
                "updates": self.stream.frame_count,
                "prints": len(self.stream.prints),
                "fills": len(fills),
                "requotes": int(result.state[layout.STATE_REPLACES]),
            },
        )

    def _run(self) -> PerpetualResult:
        """Take the bot through the stream."""
        run = PerpetualRun(self.stream, self.plans, [_OPENING_CASH])
        run.advance(self.stream.frame_count)
        return run.results()[0]


def fills_of(result: PerpetualResult) -> NDArray[np.int64]:
    """Return (n, 3) the fills: ts, side (+1 sold, -1 bought), price in ticks."""
    rows = result.rows
    filled = rows[rows[:, schema.JOURNAL_KIND] == schema.EVENT_ORDER_FILLED]
    changes = np.diff(filled[:, schema.JOURNAL_F], prepend=0)
    prices = filled[:, schema.JOURNAL_A] // TICK_QUANTA
    return np.stack([filled[:, schema.JOURNAL_TS], -np.sign(changes), prices], axis=1)


def fills_digest(fills: NDArray[np.int64]) -> str:
    """Return the SHA-256 of fills as little-endian int64."""
    return bytes_hash([fills.astype("<i8").tobytes()])
