"""Prices of an order in a frame: docs/ENGINE.md section 2, sentence by sentence."""

from dataclasses import dataclass
from math import gcd

from forven.kernels import schema
from tests.reference.world import Quote


@dataclass(frozen=True)
class Leg:
    """One leg of an order: + ratio sells, - ratio buys."""

    instrument: int
    ratio: int
    effect: int

    @property
    def sells(self) -> bool:
        return self.ratio > 0


@dataclass(frozen=True)
class Measure:
    """What an order is worth in one frame; `quotes` are those of the 0/0 rule."""

    quotes: tuple[Quote, ...]
    mid2: int
    natural: int
    increment: int
    mid: int
    fair: int
    executable: int


def reduced(legs: list[Leg]) -> tuple[list[Leg], int]:
    """Return the legs divided by their common divisor, and the divisor."""
    divisor = gcd(*(abs(leg.ratio) for leg in legs))
    return [Leg(leg.instrument, leg.ratio // divisor, leg.effect) for leg in legs], divisor


def is_on_grid(price: int, leg_count: int) -> bool:
    """Order grid: multiples of 5; for one leg multiples of 10 above 300."""
    if leg_count > 1 or abs(price) <= 300:
        return price % 5 == 0
    return price % 10 == 0


def snap_down(price: int, leg_count: int) -> int:
    """The largest grid price <= price, found by walking down."""
    while not is_on_grid(price, leg_count):
        price -= 1
    return price


def snap_up(price: int, leg_count: int) -> int:
    """The smallest grid price >= price, found by walking up."""
    while not is_on_grid(price, leg_count):
        price += 1
    return price


def quotes_as_priced(legs: list[Leg], quotes: list[Quote], block: int) -> list[Quote]:
    """In a multi-leg closing order a leg sold at zero bid counts 0/0."""
    gives_away = len(legs) > 1 and block == schema.BLOCK_CLOSING
    return [
        Quote(0, 0) if gives_away and leg.sells and quote.bid == 0 else quote
        for leg, quote in zip(legs, quotes, strict=True)
    ]


def measure(legs: list[Leg], quotes: list[Quote], block: int, plan) -> Measure | None:
    """Return the order's prices, or None while a leg is blocked."""
    if any(quote.is_blocked for quote in quotes):
        return None
    priced = quotes_as_priced(legs, quotes, block)
    mid2 = natural = 0
    for leg, quote in zip(legs, priced, strict=True):
        mid2 += leg.ratio * (quote.bid + quote.ask)
        natural += leg.ratio * quote.bid if leg.sells else -abs(leg.ratio) * quote.ask
    increment = 5 if len(legs) > 1 or abs(mid2) <= 600 else 10
    mid = mid2 // (2 * increment) * increment
    fair = natural + plan.lambda_bps * (mid - natural) // (10_000 * increment) * increment
    executable = max(natural, fair - plan.conceded_ticks * increment)
    return Measure(tuple(priced), mid2, natural, increment, mid, fair, executable)


def leg_values(legs: list[Leg], quotes: tuple[Quote, ...], net: int) -> list[int]:
    """Share a net price over the legs: natural first, then the improvement by quoted width."""
    values, best, widths = [], [], []
    for leg, quote in zip(legs, quotes, strict=True):
        values.append(leg.ratio * (quote.bid if leg.sells else quote.ask))
        best.append(leg.ratio * (quote.ask if leg.sells else quote.bid))
        widths.append(abs(leg.ratio) * (quote.ask - quote.bid))
    improvement = net - sum(values)
    if improvement:
        whole = sum(widths)
        values = [v + improvement * w // whole for v, w in zip(values, widths, strict=True)]
    while sum(values) < net:
        roomy = next(i for i in range(len(legs)) if values[i] < best[i])
        values[roomy] += 1
    return values
