"""Random commands of one bot: sensible orders mostly, every kind of nonsense sometimes."""

from dataclasses import dataclass, field
from random import Random

import numpy as np

from forven.kernels import schema
from tests.reference.generated_market import Market

OPEN, CLOSE = schema.EFFECT_OPEN, schema.EFFECT_CLOSE
_LEG = tuple[int, int, int]


@dataclass
class Desk:
    """What the author of the commands believes: orders placed so far, legs opened so far."""

    market: Market
    placed: int = 0
    opened: list[tuple[list[_LEG], int]] = field(default_factory=list)

    def bounds(self, legs: list[_LEG], frame: int) -> tuple[int, int]:
        """Return (natural, twice the mid) of legs in a frame; missing quotes count 100/110."""
        natural = mid2 = 0
        for instrument, ratio, _ in legs:
            bid, ask = self.market.quotes[instrument][frame]
            if ask == schema.MISSING:
                bid, ask = 100, 110
            natural += ratio * (bid if ratio > 0 else ask)
            mid2 += ratio * (bid + ask)
        return natural, mid2


def commands(chance: Random, market: Market, count: int) -> list[np.ndarray]:
    """Return `count` command rows in order of their due times."""
    desk = Desk(market)
    frames = sorted(chance.randrange(len(market.ts)) for _ in range(count))
    rows = []
    for frame in frames:
        row = command(chance, desk, frame)
        row[schema.COMMAND_DUE] = market.ts[frame]
        rows.append(row)
    if rows and chance.random() < 0.2:
        rows[-1][schema.COMMAND_DUE] -= 1
        rows.sort(key=lambda row: int(row[schema.COMMAND_DUE]))
    return rows


def command(chance: Random, desk: Desk, frame: int) -> np.ndarray:
    """Return one row without its due time."""
    row = np.zeros(schema.COMMAND_WIDTH, dtype=np.int64)
    kinds = [schema.COMMAND_PLACE, schema.COMMAND_REPLACE, schema.COMMAND_CANCEL]
    kinds += [schema.COMMAND_ERROR, schema.COMMAND_CANCEL_ALL, schema.COMMAND_STOP]
    kind = chance.choices(kinds, weights=[66, 14, 7, 6, 3, 1])[0]
    row[schema.COMMAND_KIND] = kind
    if kind == schema.COMMAND_PLACE:
        fill_order(chance, desk, frame, row)
    elif kind in (schema.COMMAND_REPLACE, schema.COMMAND_CANCEL):
        row[schema.COMMAND_ORDER] = max(1, desk.placed - chance.choice([0, 0, 0, 1, 2]))
        row[schema.COMMAND_PRICE] = replacement_price(chance, desk, frame)
    return row


def replacement_price(chance: Random, desk: Desk, frame: int) -> int:
    """A price near the last order's market."""
    legs = desk.opened[-1][0] if desk.opened else [(0, 1, OPEN)]
    natural, mid2 = desk.bounds(legs, frame)
    near = chance.choice([natural, mid2 // 2, mid2 // 2 + 10])
    return snapped(near, len(legs)) + chance.choice([0, 0, 0, 0, 3])


def snapped(price: int, legs: int) -> int:
    """A price on the grid, at or below."""
    step = 5 if legs > 1 or abs(price) <= 300 else 10
    return price // step * step


def fill_order(chance: Random, desk: Desk, frame: int, row: np.ndarray) -> None:
    """An order to open or to close, spoiled in one of many ways now and then."""
    desk.placed += 1
    closes = desk.opened and chance.random() < 0.45
    legs, quantity = closing(chance, desk) if closes else opening(chance, desk.market)
    kind = schema.ORDER_LIMIT
    if len(legs) == 1:
        kind = chance.choice([schema.ORDER_LIMIT, schema.ORDER_MARKET, schema.ORDER_STOP])
    natural, mid2 = desk.bounds(legs, frame)
    room = max(0, mid2 // 2 - natural)
    wish = [natural, natural - 50, *(natural + room * part // 4 for part in (2, 3, 4, 4, 5))]
    price = snapped(chance.choice(wish), len(legs))
    if kind == schema.ORDER_STOP:
        price = snapped(mid2 // 2 + chance.choice([-10, 10, 10, 30, 60]), 1)
    if not closes:
        desk.opened.append((legs, quantity))
    if chance.random() < 0.08:
        legs, quantity, price, kind = spoiled(chance, desk, (legs, quantity, price, kind))
    row[schema.COMMAND_TYPE] = kind
    row[schema.COMMAND_PRICE] = price
    row[schema.COMMAND_QUANTITY] = quantity
    row[schema.COMMAND_REPRICED] = int(chance.random() < 0.6)
    row[schema.COMMAND_LEG_COUNT] = len(legs)
    flat = [cell for leg in legs[: schema.MAX_LEGS] for cell in leg]
    row[schema.COMMAND_LEGS : schema.COMMAND_LEGS + len(flat)] = flat


def opening(chance: Random, market: Market) -> tuple[list[_LEG], int]:
    """One to four legs on different instruments: longs, verticals, condors, naked shorts."""
    quantity = chance.choice([1, 1, 1, 2, 3, 10])
    if chance.random() < 0.03:
        quantity = chance.choice([7_777, 1_000_000])
    count = len(market.instruments)
    shape = chance.choice(["long", "short", "vertical", "vertical", "condor", "any"])
    if shape in ("long", "short"):
        return [(chance.randrange(count), 1 if shape == "short" else -1, OPEN)], quantity
    rights = [schema.CALL, schema.PUT] if shape == "condor" else [chance.randint(0, 1)]
    legs = []
    for right in rights:
        row = [i for i, item in enumerate(market.instruments) if item[1] == right]
        if shape != "any" and len(row) > 1:
            short, long = chance.sample(row, 2)
            legs += [(short, 1, OPEN), (long, -1, OPEN)]
    if not legs:
        picked = chance.sample(range(count), min(count, chance.randint(2, 4)))
        legs = [(i, chance.choice([-2, -1, 1, 2]), OPEN) for i in picked]
    return legs, quantity


def closing(chance: Random, desk: Desk) -> tuple[list[_LEG], int]:
    """The opposite of something opened: all of it, a part, one leg, or with a new leg beside."""
    legs, quantity = chance.choice(desk.opened)
    against = [(i, -ratio, CLOSE) for i, ratio, _ in legs]
    way = chance.randint(0, 5)
    if way == 0:
        quantity = max(1, quantity // 2)
    elif way == 1:
        against = [chance.choice(against)]
    elif way == 2:
        other = chance.randrange(len(desk.market.instruments))
        if all(i != other for i, _, _ in against):
            against.append((other, chance.choice([-1, 1]), OPEN))
    return against, quantity


def spoiled(chance: Random, desk: Desk, order: tuple) -> tuple:
    """The same order with one thing wrong, or merely odd."""
    legs, quantity, price, kind = order
    first = legs[0]
    way = chance.randint(0, 9)
    if way <= 1:
        price += chance.choice([1, 2, 3, 10**12, -(10**12)])
    elif way == 2:
        legs = [*legs, first]
    elif way == 3:
        legs = [(first[0], 0, first[2]), *legs[1:]]
    elif way == 4:
        legs = [(chance.choice([-1, len(desk.market.instruments)]), *first[1:]), *legs[1:]]
    elif way == 5:
        legs = chance.choice([[], [first] * 9])
    elif way == 6:
        quantity = chance.choice([0, -1, 1_000_001])
    elif way == 7:
        legs = [(first[0], chance.choice([-1001, 1001, -1000, 1000, 999]), first[2]), *legs[1:]]
    elif way == 8:
        kind = chance.choice([schema.ORDER_MARKET, schema.ORDER_STOP])
    else:
        legs = [(i, -ratio, effect) for i, ratio, effect in legs]
    return legs, quantity, price, kind
