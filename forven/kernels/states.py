"""The state rows of sessions that have not begun, and the capacities that given plans need."""

import numpy as np
import numpy.typing as npt

from forven.kernels.schema import (
    PLAN_COMMAND_COUNT,
    PLAN_ENTRY_COUNT,
    PLAN_LEG_COUNT,
    PLAN_MAX_ENTRIES,
    PLAN_MAX_ORDERS,
    PLAN_MAX_POSITIONS,
    STATE_CASH,
    STATE_NEXT_ORDER,
    STATE_NLV,
    STATE_OPENING_CASH,
    STATE_PEAK_NLV,
    StateShape,
)


def shape_for(plans: npt.NDArray[np.int64]) -> StateShape:
    """Return the least capacities with which no plan of int64 [B, PLAN_WIDTH] runs out of room.

    A structure is needed per entry that may be open at once: windows need one, times one each. A
    bot without commands holds and orders no more than its entries can bring. A flatten order per
    instrument held may be pending, whatever the plan's most orders.
    """
    entries = np.minimum(plans[:, PLAN_MAX_ENTRIES], plans[:, PLAN_ENTRY_COUNT])
    commanded = plans[:, PLAN_COMMAND_COUNT] > 0
    positions, orders = plans[:, PLAN_MAX_POSITIONS], plans[:, PLAN_MAX_ORDERS]
    own_legs = entries * plans[:, PLAN_LEG_COUNT]
    holdings = np.where(commanded, positions, np.minimum(positions, own_legs))
    pending = np.where(commanded, orders, np.minimum(orders, entries))
    most = max(1, int(holdings.max(initial=1)))
    return StateShape(
        holdings=most,
        structures=max(1, int(entries.max(initial=1))),
        orders=max(most, int(pending.max(initial=1))),
    )


def new_states(shape: StateShape, opening_cash: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return int64 [B, shape.width]: running sessions before their first frame.

    opening_cash   int64 [B] micros: the cash each bot begins the day with
    """
    state = np.zeros((opening_cash.size, shape.width), np.int64)
    for column in (STATE_CASH, STATE_OPENING_CASH, STATE_NLV, STATE_PEAK_NLV):
        state[:, column] = opening_cash
    state[:, STATE_NEXT_ORDER] = 1
    return state
