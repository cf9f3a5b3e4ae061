"""Small random streams with everything in them that a rule of docs/PERPETUALS.md speaks of.

All chance comes from the `random.Random` handed in, so that a seed alone gives the same stream.
"""

from dataclasses import dataclass, replace
from random import Random

import numpy as np

from forven.kernels import perpetual_schema as columns
from forven.kernels.perpetual_schema import PRICE_MAX
from forven.kernels.schema import INT64_MAX, MISSING
from tests.reference.perpetual.grid import tick
from tests.reference.perpetual.stream import Contract

SECOND_NS = 1_000_000_000
OPEN_TS = 1_700_000_000 * SECOND_NS
ROWS = 24
"""Orders a state row has room for, mostly."""


@dataclass(frozen=True)
class Quote:
    """The displayed book of one frame."""

    bid: int
    ask: int
    bid_size: int
    ask_size: int


@dataclass
class Market:
    """A stream as lists; `prints[t]` are (price, size, aggressor) of frame t."""

    contract: Contract
    tiers: list[tuple[int, int]]
    ts: list[int]
    arrival: list[int]
    quotes: list[Quote]
    marks2: list[int]
    prints: list[list[tuple[int, int, int]]]
    fundings: list[tuple[int, int, int]]
    price: int
    pace: int

    @property
    def tick(self) -> int:
        return tick(self.price, self.contract)

    @property
    def unit(self) -> int:
        """Micros that one lot is worth, near enough."""
        return self.price * self.contract.value

    def book_rows(self) -> np.ndarray:
        quotes = self.quotes
        held = np.cumsum([len(trades) for trades in self.prints]).tolist()
        return np.array(
            [
                self.ts,
                self.arrival,
                [quote.bid for quote in quotes],
                [quote.ask for quote in quotes],
                [quote.bid_size for quote in quotes],
                [quote.ask_size for quote in quotes],
                self.marks2,
                held,
            ],
            dtype=np.int64,
        )

    def print_rows(self) -> np.ndarray:
        return table([trade for trades in self.prints for trade in trades], columns.PRINT_WIDTH)

    def contract_row(self) -> np.ndarray:
        contract = self.contract
        cells = [contract.value, contract.figures, contract.whole, contract.tick]
        cells += [contract.value_min, contract.open, contract.end, contract.orders]
        return np.array(cells, dtype=np.int64)


def table(rows: list[tuple[int, ...]], width: int) -> np.ndarray:
    return np.array(rows, dtype=np.int64).reshape(-1, width)


def market(chance: Random, frames: int) -> Market:
    """Return one stream of so many frames."""
    contract, price = contract_and_price(chance)
    pace = chance.choice([SECOND_NS, SECOND_NS // 10, 20 * SECOND_NS])
    ts = times(chance, frames, pace)
    end = chance.choice([INT64_MAX, ts[-1], ts[-1], ts[-1], ts[-(frames // 4) - 1], ts[-1] - 1])
    contract = replace(contract, open=ts[0] - chance.choice([0, 1, pace]), end=end)
    quotes = book(chance, contract, price, frames)
    unit = price * contract.value
    return Market(
        contract=contract,
        tiers=tiers(chance, unit),
        ts=ts,
        arrival=arrivals(chance, ts, pace),
        quotes=quotes,
        marks2=marks(chance, quotes, price),
        prints=[trades(chance, contract, quote, price) for quote in [quotes[0], *quotes[:-1]]],
        fundings=fundings(chance, ts, price, pace),
        price=price,
        pace=pace,
    )


def contract_and_price(chance: Random) -> tuple[Contract, int]:
    """HyperLiquid grids of several sizes near and off a change of tick, and fixed ticks."""
    orders = chance.choice([ROWS, ROWS, ROWS, 3])
    if chance.random() < 0.65:
        whole = 10 ** (6 - chance.randint(0, 5))
        price = chance.choice([99_950, 100_020, 998_000, 650_000, 12_340, 9_998, 730, 1_234_000])
        value, figures, step = 1, 5, 1
    else:
        step, value = chance.choice([(1, 100), (5, 1), (10, 10_000), (50, 3)])
        price, figures, whole = step * chance.choice([40, 900, 13_000]), 0, 1
    value_min = price * value * chance.choice([0, 0, 0, 2, 4])
    return Contract(value, figures, whole, step, value_min, 0, 0, orders), price


def times(chance: Random, frames: int, pace: int) -> list[int]:
    now, ts = OPEN_TS, []
    for _ in range(frames):
        ts.append(now)
        now += chance.choice([pace, pace, pace // 4, 2 * pace, chance.randint(1, 3 * pace)])
    return ts


def arrivals(chance: Random, ts: list[int], pace: int) -> list[int]:
    """Mostly as recorded (no delay), sometimes late, in stretches."""
    if chance.random() < 0.5:
        return list(ts)
    late, found = 0, []
    for at in ts:
        if chance.random() < 0.3:
            late = chance.choice([0, 0, pace // 3, pace, 5 * pace])
        found.append(at + late)
    return found


def book(chance: Random, contract: Contract, price: int, frames: int) -> list[Quote]:
    """A walk of quotes: mostly small steps, now and then a crash, a hole or a crossed book."""
    wildness = chance.choice([0.0, 0.03, 0.12])
    crashes = chance.choice([0.0, 0.02, 0.06])
    calm = chance.choice([0.5, 0.7, 0.9, 0.95])
    level, quotes = price, []
    quote = displayed(chance, contract, level)
    regular = quote
    for _ in range(frames):
        way = chance.random()
        if way < 0.3:
            quote = regular
        elif way < calm:
            quote = replace(regular, bid_size=size(chance), ask_size=size(chance))
        else:
            step = tick(level, contract)
            level += chance.choice([-3, -1, -1, 1, 1, 3]) * step
            if chance.random() < crashes:
                jump = level * chance.choice([1, 2, 3, 4, 8, 30, 200]) // 1_000
                level += chance.choice([-1, 1]) * jump
            level = max(4 * step, level)
            quote = displayed(chance, contract, level)
        regular = quote
        if chance.random() < wildness:
            quote = wild(chance, quote)
        quotes.append(quote)
    return quotes


def displayed(chance: Random, contract: Contract, level: int) -> Quote:
    step = tick(level, contract)
    bid = level // step * step
    ask = bid + step * chance.choice([1, 1, 1, 2, 3])
    return Quote(bid, min(ask, PRICE_MAX), size(chance), size(chance))


def size(chance: Random) -> int:
    return chance.choice([0, 1, 2, 5, 5, 10, 10, 20, 40, 100])


def wild(chance: Random, quote: Quote) -> Quote:
    """A side missing, both missing, locked or crossed."""
    way = chance.randint(0, 4)
    if way == 0:
        return replace(quote, bid=MISSING, bid_size=0)
    if way == 1:
        return replace(quote, ask=MISSING, ask_size=0)
    if way == 2:
        return Quote(MISSING, MISSING, 0, 0)
    if way == 3:
        return replace(quote, bid=quote.ask)
    return replace(quote, bid=quote.ask + quote.ask - quote.bid)


def marks(chance: Random, quotes: list[Quote], price: int) -> list[int]:
    """Twice the mid of the last regular quote, or a venue's mark with a mind of its own."""
    is_venue = chance.random() < 0.4
    hidden = chance.randint(0, 4) if is_venue else 0
    noise = max(1, price // chance.choice([2_000, 400, 30]))
    last, found = MISSING, []
    for t, quote in enumerate(quotes):
        is_regular = MISSING not in (quote.bid, quote.ask) and quote.bid <= quote.ask
        if is_regular and (not is_venue or chance.random() < 0.6):
            last = quote.bid + quote.ask
            if is_venue:
                last = max(2, last + chance.randint(-noise, noise))
        found.append(MISSING if t < hidden else last)
    return found


def trades(chance: Random, contract: Contract, quote: Quote, price: int):
    """The prints that hit a standing quote: none mostly, several sometimes."""
    sides = [side for side in (quote.bid, quote.ask) if side != MISSING] or [price]
    found = []
    for _ in range(chance.choice([0, 0, 0, 1, 1, 2, 4])):
        at = chance.choice(sides)
        step = tick(at, contract)
        at += chance.choice([0, 0, 0, 0, 0, 0, -1, 1, -4, 4]) * step
        aggressor = chance.choice([-1, 1, 0])
        if chance.random() < 0.7:
            aggressor = -1 if at <= sides[0] else 1
        lots = chance.choice([0, 1, 3, 5, 10, 10, 30, 80])
        found.append((min(PRICE_MAX, max(1, at)), lots, aggressor))
    return found


def tiers(chance: Random, unit: int) -> list[tuple[int, int]]:
    """One to three tiers with edges that small positions cross."""
    found = [(0, chance.choice([50, 40, 20, 10, 3]))]
    for lots in sorted(chance.sample([5, 12, 40], chance.choice([0, 1, 2]))):
        found.append((lots * unit + chance.randint(0, 5), max(1, found[-1][1] // 2)))
    return found


def fundings(chance: Random, ts: list[int], price: int, pace: int):
    """Rows before the open, on stamps, between them and after the end."""
    found = []
    for _ in range(chance.choice([0, 0, 1, 2, 4, 8])):
        at = chance.choice(ts) + chance.choice([0, 0, 1, -1, -3 * pace, pace // 2])
        rate = chance.choice([125_000, -125_000, 7, -7, 0, 400_000_000, -400_000_000])
        found.append((at, rate, price + chance.randint(-price // 50, price // 50)))
    return sorted(found)
