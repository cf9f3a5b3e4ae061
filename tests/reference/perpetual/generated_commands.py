"""Random commands of one bot: sensible orders mostly, every kind of nonsense sometimes."""

from random import Random

import numpy as np

from forven.kernels import perpetual_schema as columns
from forven.kernels import schema
from forven.kernels.schema import MISSING
from tests.reference.perpetual.generated_stream import Market
from tests.reference.perpetual.grid import tick
from tests.reference.perpetual.stream import BUY

Row = dict[str, int]


def commands(chance: Random, market: Market, count: int, is_patient: bool) -> list[np.ndarray]:
    """Return `count` command rows in order of their due times; a patient author only queues."""
    drawn = sorted(chance.randrange(1, len(market.ts)) for _ in range(count))
    rows, placed = [], 0
    for frame in drawn:
        kind = kind_of(chance, is_patient)
        placed += kind == schema.COMMAND_PLACE
        cells: Row = {"KIND": kind}
        if kind == schema.COMMAND_PLACE:
            cells |= (patient_order if is_patient else order)(chance, market, frame)
        elif kind in (schema.COMMAND_CANCEL, schema.COMMAND_REPLACE):
            cells["ORDER"] = max(0, placed - chance.choice([-2, -1, 0, 0, 0, 1, 1, 2, 4]))
            cells["PRICE"] = price_near(chance, market, frame, chance.choice([-1, 1]))
            if chance.random() < 0.12:
                cells["PRICE"] //= 2
        cells["DUE"] = market.ts[frame] + chance.choice([0, 0, 0, -1, 1, market.pace // 3])
        rows.append(cells)
    rows.sort(key=lambda cells: cells["DUE"])
    return [row_of(cells) for cells in rows]


def row_of(cells: Row) -> np.ndarray:
    row = np.zeros(columns.COMMAND_WIDTH, dtype=np.int64)
    for name, cell in cells.items():
        row[getattr(columns, f"COMMAND_{name}")] = cell
    return row


def kind_of(chance: Random, is_patient: bool) -> int:
    kinds = [schema.COMMAND_PLACE, schema.COMMAND_REPLACE, schema.COMMAND_CANCEL]
    kinds += [schema.COMMAND_CANCEL_ALL, schema.COMMAND_STOP]
    weights = [75, 15, 10, 0, 0] if is_patient else [66, 18, 8, 3, 0.8]
    if chance.random() < 0.02 and not is_patient:
        return chance.choice([schema.COMMAND_ERROR, -1, 99])
    return chance.choices(kinds, weights=weights)[0]


def price_near(chance: Random, market: Market, frame: int, side: int) -> int:
    """A price at, behind or through the best one of a side, rarely off the grid."""
    quote = market.quotes[frame]
    best = quote.bid if side == BUY else quote.ask
    if best == MISSING:
        best = market.price
    step = tick(best, market.contract)
    price = best + side * step * chance.choice([-3, -1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 5])
    step = tick(max(1, price), market.contract)
    price = price // step * step
    if chance.random() < 0.03:
        price += chance.choice([1, step // 2, -(10**9), 2 * 10**9, 2**61])
    return price


def patient_order(chance: Random, market: Market, frame: int) -> Row:
    """A plain limit at the best price of the book it lands on, mostly."""
    side = chance.choice([-1, 1])
    quote = market.quotes[frame - 1]
    best = quote.bid if side == BUY else quote.ask
    if best == MISSING:
        best = market.price
    price = best + side * chance.choice([0, 0, 0, 0, 1, -1]) * tick(best, market.contract)
    lots = chance.choice([2, 5, 5, 20, 40])
    return {"TYPE": schema.ORDER_LIMIT, "SIDE": side, "PRICE": price, "LOTS": lots}


def order(chance: Random, market: Market, frame: int) -> Row:
    """A new order, spoiled in one of many ways now and then."""
    side = chance.choice([-1, 1])
    kinds = [schema.ORDER_LIMIT, schema.ORDER_MARKET, schema.ORDER_STOP]
    kind = chance.choices(kinds, weights=[66, 20, 14])[0]
    cells = {
        "TYPE": kind,
        "SIDE": side,
        "PRICE": price_near(chance, market, frame, side),
        "LOTS": chance.choice([1, 2, 4, 5, 8, 10, 15, 30, 60]),
        "REDUCE_ONLY": int(chance.random() < 0.25),
        "OFFSET_TICKS": chance.choice([0, 0, 1, 2, 5]),
    }
    if kind == schema.ORDER_LIMIT:
        cells["PEGGED"] = int(chance.random() < 0.4)
        way = chance.random()
        cells["POST_ONLY"] = int(way < 0.3)
        cells["IMMEDIATE"] = int(0.3 <= way < 0.42)
    elif kind == schema.ORDER_STOP:
        # a buy stop lies above the market, a sell stop below: the other side's resting prices
        cells["PRICE"] = price_near(chance, market, frame, -side)
    else:
        cells["IMMEDIATE"] = int(chance.random() < 0.2)
    if chance.random() < 0.08:
        cells |= spoiled(chance, market)
    return cells


def spoiled(chance: Random, market: Market) -> Row:
    """One thing wrong, or merely odd."""
    most = columns.EXPOSURE_MAX // market.contract.value
    return chance.choice(
        [
            {"TYPE": chance.choice([3, -1, 2**40])},
            {"SIDE": chance.choice([0, 2, -3, 2**62])},
            {"POST_ONLY": 1, "IMMEDIATE": 1},
            {"POST_ONLY": 1, "TYPE": schema.ORDER_MARKET},
            {"PEGGED": 1, "TYPE": schema.ORDER_STOP},
            {"IMMEDIATE": 1, "TYPE": schema.ORDER_STOP},
            {"REDUCE_ONLY": chance.choice([2, -1, -(2**63)])},
            {"PEGGED": chance.choice([2, 2**62])},
            {"OFFSET_TICKS": chance.choice([-1, 1_001, 1_000, 2**62])},
            {"LOTS": chance.choice([0, -1, most, most + 1, 2**62, -(2**63), 2**63 - 1])},
            {"PRICE": chance.choice([0, -5, 10**9, 10**9 + 1, 2**63 - 1, -(2**63)])},
        ]
    )
