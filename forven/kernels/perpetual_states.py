"""The state rows of perpetual sessions that have not begun."""

import numpy as np
import numpy.typing as npt

from forven.kernels.perpetual_schema import (
    ORDER_WIDTH,
    STATE_CASH,
    STATE_COST,
    STATE_EQUITY,
    STATE_HEADER_WIDTH,
    STATE_LIQUIDATED_TS,
    STATE_NEXT_ORDER,
    STATE_OPENING_EQUITY,
    STATE_PEAK_EQUITY,
    STATE_POSITION,
)
from forven.kernels.schema import MISSING

Integers = npt.NDArray[np.int64]


def new_states(
    orders: int,
    opening_cash: Integers,
    position: Integers | None = None,
    cost: Integers | None = None,
    equity: Integers | None = None,
) -> Integers:
    """Return int64 [B, STATE_HEADER_WIDTH + orders x ORDER_WIDTH]: sessions before a first frame.

    orders         orders a bot may have at once, those in flight included
    opening_cash   [B] micros: with a position carried in, the cash left after buying it
    position       [B] lots carried in, + long; none: flat
    cost           [B] micros paid (+) or received (-) for it; none: nothing
    equity         [B] micros: what each bot opens with; none: cash + cost, the position at cost
    """
    state = np.zeros((opening_cash.size, STATE_HEADER_WIDTH + orders * ORDER_WIDTH), np.int64)
    state[:, STATE_CASH] = opening_cash
    state[:, STATE_POSITION] = 0 if position is None else position
    state[:, STATE_COST] = 0 if cost is None else cost
    opening_equity = state[:, STATE_CASH] + state[:, STATE_COST] if equity is None else equity
    for column in (STATE_OPENING_EQUITY, STATE_EQUITY, STATE_PEAK_EQUITY):
        state[:, column] = opening_equity
    state[:, STATE_NEXT_ORDER] = 1
    state[:, STATE_LIQUIDATED_TS] = MISSING
    return state
