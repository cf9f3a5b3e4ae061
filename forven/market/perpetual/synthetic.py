"""A made-up perpetual: one seed gives the same quotes, trades and fundings on every machine.

The best bid is a random walk in ticks. A share of the rows moves it by one tick; a move goes on in
the direction of the one before with a given probability, which makes trends and reversals. The
walk is folded at 40 % either side of its start, so prices stay in range for any length. The spread
is 1 to 3 ticks (12, 3 and 1 times in 16), redrawn now and then. A size is redrawn when its side's
price changes and otherwise in a share of the rows: the product of two uniform draws, many small
and few large. Times between rows are uniform with the given mean. A share of the rows carries a
trade at the quote before it: on the side that gave way with all that was displayed there, else
on a random side with a part of it. Everything is integer arithmetic on PCG64 draws.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forven.kernels import perpetual_schema as layout
from forven.market.perpetual import schema
from forven.market.perpetual.contract import MarginTier, PerpetualContract
from forven.market.perpetual.frames import build_stream
from forven.market.perpetual.stream import PerpetualStream
from forven.market.perpetual.ticks import PerpetualTicks
from forven.primitives.errors import InvalidInput
from forven.primitives.money import MICROS_PER_UNIT
from forven.primitives.seeds import generator

ROWS_MAX = 100_000_000
START_NS = 1_767_225_600_000_000_000
"""2026-01-01 00:00 UTC: where a synthetic stream begins."""
_HOUR_NS = 3_600_000_000_000
_FOLD_PERCENT = 40
_PERMILLE = 1_000
_BASE_RATE = 125_000
"""0.0000125 an hour: what a quiet market pays (source: HyperLiquid funding rule)."""
_TIMES, _MOVES, _SPREADS, _BID_SIZES, _ASK_SIZES, _TRADES, _FUNDINGS = range(7)

Column = npt.NDArray[np.int64]
CONTRACT = PerpetualContract.hyperliquid(
    "SYN", 5, (MarginTier(from_micros=0, leverage=40),), 10 * MICROS_PER_UNIT
)
"""A made-up contract: lot 0.00001, quantum 0.1, as a coin of some 60,000 would have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PerpetualSpec:
    """The settings of a synthetic stream; the same ones give the same bytes.

    rows              quotes                      price           of the first bid, on the grid
    gap_ns            mean time between rows      move_permille   rows that move the bid
    persist_permille  moves that go on in the direction of the last one
    spread_permille   rows that redraw the spread
    resize_permille   rows that redraw a size whose price stayed, for each side
    trade_permille    rows that carry a trade
    size_lots         the largest displayed size
    """

    seed: int
    rows: int = 100_000
    price: str = "60000"
    gap_ns: int = 20_000_000
    move_permille: int = 200
    persist_permille: int = 550
    spread_permille: int = 50
    resize_permille: int = 500
    trade_permille: int = 100
    size_lots: int = 1_000_000

    def __post_init__(self) -> None:
        self._require("seed", 0, 2**63 - 1)
        self._require("rows", 1, ROWS_MAX)
        self._require("gap_ns", 2, 10**12)
        self._require("size_lots", 1, layout.SIZE_MAX)
        for name in ("move", "persist", "spread", "resize", "trade"):
            self._require(f"{name}_permille", 0, _PERMILLE)

    def _require(self, name: str, least: int, most: int) -> None:
        value = getattr(self, name)
        if type(value) is not int or not least <= value <= most:
            raise InvalidInput(f"{name}: expected {least} to {most}, found {value}")


def synthetic_stream(
    spec: PerpetualSpec, contract: PerpetualContract = CONTRACT
) -> PerpetualStream:
    """Return the frames of a synthetic perpetual: a frame a row, the end at the last one."""
    ticks = synthetic_ticks(spec, contract)
    end_ns = int(ticks.quotes.column("ts")[-1].value)
    return build_stream(contract, ticks, open_ns=START_NS, end_ns=max(end_ns, START_NS + 1))


def synthetic_ticks(spec: PerpetualSpec, contract: PerpetualContract = CONTRACT) -> PerpetualTicks:
    """Return the quotes, trades and hourly fundings of a synthetic perpetual."""
    ts = START_NS + np.cumsum(_draws(spec, _TIMES).integers(1, 2 * spec.gap_ns, spec.rows))
    bid, ask, mean = _prices(spec, contract)
    bid_size = _sizes(spec, _BID_SIZES, bid)
    ask_size = _sizes(spec, _ASK_SIZES, ask)
    quotes = pa.table(
        [pa.array(ts).cast(schema.ARRIVAL.type), *map(pa.array, (bid, ask, bid_size, ask_size))],
        schema=schema.QUOTES,
    )
    return PerpetualTicks(
        quotes=quotes,
        trades=_trades(spec, ts, (bid, ask), (bid_size, ask_size)),
        fundings=_fundings(spec, ts, mean),
    )


def _draws(spec: PerpetualSpec, stream: int) -> np.random.Generator:
    """Return the generator of one part of the model, so that parts do not disturb each other."""
    return generator(spec.seed, stream)


def _prices(spec: PerpetualSpec, contract: PerpetualContract) -> tuple[Column, Column, Column]:
    """Return bid, ask, and the fair price (the bid plus half the spread, floored)."""
    start = contract.price_quanta(spec.price)
    width = max(1, start * _FOLD_PERCENT // 100)
    tick = contract.grid.tick_at(min(start + width, layout.PRICE_MAX))
    if start % tick or start < 10 * tick or start + width > layout.PRICE_MAX:
        raise InvalidInput(
            f"price: expected a multiple of {tick * contract.quantum:f} and at least ten of it, "
            f"found {spec.price}; choose another contract or price"
        )
    draws = _draws(spec, _MOVES)
    is_move = draws.integers(0, _PERMILLE, spec.rows, dtype=np.int16) < spec.move_permille
    is_move[0] = False
    count = int(np.count_nonzero(is_move))
    turns = draws.integers(0, _PERMILLE, count, dtype=np.int16) >= spec.persist_permille
    direction = 1 - 2 * (np.cumsum(turns) & 1)
    step = np.zeros(spec.rows, np.int64)
    step[is_move] = direction
    bid = start + tick * _folded(np.cumsum(step), width // tick)
    draws = _draws(spec, _SPREADS)
    is_drawn = draws.integers(0, _PERMILLE, spec.rows, dtype=np.int16) < spec.spread_permille
    is_drawn[0] = True
    ticks = np.array([1] * 12 + [2] * 3 + [3])[
        draws.integers(0, 16, int(np.count_nonzero(is_drawn)))
    ]
    spread = tick * ticks[np.cumsum(is_drawn) - 1]
    return bid, bid + spread, bid + spread // 2


def _folded(walk: Column, half: int) -> Column:
    """Return a walk reflected at -half and +half."""
    return np.abs((walk + half) % (4 * half) - 2 * half) * -1 + half


def _sizes(spec: PerpetualSpec, stream: int, price: Column) -> Column:
    """Return displayed sizes: redrawn where the price changed, else now and then."""
    draws = _draws(spec, stream)
    is_drawn = draws.integers(0, _PERMILLE, spec.rows, dtype=np.int16) < spec.resize_permille
    is_drawn[0] = True
    is_drawn[1:] |= price[1:] != price[:-1]
    count = int(np.count_nonzero(is_drawn))
    one, other = draws.integers(0, 1 << 16, (2, count), dtype=np.int64)
    return (1 + (one * other * (spec.size_lots - 1) >> 32))[np.cumsum(is_drawn) - 1]


def _trades(
    spec: PerpetualSpec, ts: Column, prices: tuple[Column, Column], sizes: tuple[Column, Column]
) -> pa.Table:
    """Return trades at the quote before their row; a side that gave way is traded out."""
    draws = _draws(spec, _TRADES)
    is_trade = draws.integers(0, _PERMILLE, spec.rows, dtype=np.int16) < spec.trade_permille
    is_trade[0] = False
    at = np.flatnonzero(is_trade)
    bid, ask = prices
    gave_bid, gave_ask = bid[at] < bid[at - 1], ask[at] > ask[at - 1]
    buys = draws.integers(0, 2, at.size, dtype=np.int8) == 1
    buys = np.where(gave_bid == gave_ask, buys, gave_ask)
    displayed = np.where(buys, sizes[1][at - 1], sizes[0][at - 1])
    part = 1 + (displayed * draws.integers(0, 1 << 16, at.size, dtype=np.int64) >> 17)
    size = np.where(np.where(buys, gave_ask, gave_bid), displayed, np.minimum(part, displayed))
    return pa.table(
        [
            pa.array(ts[at]).cast(schema.ARRIVAL.type),
            pa.array(np.where(buys, ask[at - 1], bid[at - 1])),
            pa.array(size),
            pa.array(np.where(buys, 1, -1).astype(np.int8)),
        ],
        schema=schema.TRADES,
    )


def _fundings(spec: PerpetualSpec, ts: Column, mean: Column) -> Column:
    """Return hourly fundings around the base rate, at the fair price of their moment."""
    due = np.arange(START_NS + _HOUR_NS, int(ts[-1]) + 1, _HOUR_NS, dtype=np.int64)
    rate = _BASE_RATE + _draws(spec, _FUNDINGS).integers(-2 * _BASE_RATE, 2 * _BASE_RATE, due.size)
    row = np.maximum(np.searchsorted(ts, due, side="right") - 1, 0)
    return np.stack([due, rate, mean[row]], axis=1)
