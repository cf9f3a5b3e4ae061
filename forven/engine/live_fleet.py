"""The arrays of live bots that run: plans, states and the commands that they have yet to take."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forven.kernels import schema
from forven.kernels.schema import StateShape
from forven.kernels.states import new_states

Integers = NDArray[np.int64]
_BOTS_MIN = 16
NO_COMMANDS: Integers = np.zeros((0, schema.COMMAND_WIDTH), np.int64)


@dataclass(slots=True)
class Orders:
    """The commands of one bot: all that came, and how many of them it has taken."""

    rows: Integers
    taken: int = 0

    @property
    def waiting(self) -> Integers:
        """The rows that it has yet to take."""
        return self.rows[self.taken :]


class Fleet:
    """Bots in the order in which they came, each with a row of `plans` and of `states`.

    The kernel is given only the commands that wait, so STATE_COMMAND_CURSOR counts from them.
    State rows are no wider than what the bots may come to need before the next call of `prepare`.
    """

    def __init__(self) -> None:
        self.count = 0
        self.shape = StateShape(holdings=1, structures=1, orders=1)
        self._bots = np.zeros(_BOTS_MIN, np.int64)
        self._plans = np.zeros((_BOTS_MIN, schema.PLAN_WIDTH), np.int64)
        self._states = np.zeros((_BOTS_MIN, self.shape.width), np.int64)
        self._commands: dict[int, Orders] = {}
        self._waiting = NO_COMMANDS
        self._is_changed = False

    @property
    def bots(self) -> Integers:
        """(B,) the bots' numbers, rising."""
        return self._bots[: self.count]

    @property
    def plans(self) -> Integers:
        """(B, PLAN_WIDTH)."""
        return self._plans[: self.count]

    @property
    def states(self) -> Integers:
        """(B, shape.width)."""
        return self._states[: self.count]

    @property
    def commands(self) -> Integers:
        """The commands that wait, as `prepare` laid them out."""
        return self._waiting

    def orders_of(self, bot: int) -> Orders:
        """Return the commands of a bot."""
        return self._commands[bot]

    def row_of(self, bot: int) -> int:
        """Return the row of a bot, -1 if it is not here."""
        row = int(np.searchsorted(self.bots, bot))
        return row if row < self.count and self.bots[row] == bot else -1

    def add(self, bot: int, plan: Integers, opening_cash: int, commands: Integers) -> None:
        """Take in a bot whose number is above all others."""
        if self.count == len(self._bots):
            more = self.count
            self._bots = np.concatenate([self._bots, np.zeros(more, np.int64)])
            self._plans = np.concatenate([self._plans, np.zeros_like(self._plans)])
            self._states = np.concatenate([self._states, np.zeros_like(self._states)])
        row = self.count
        self._bots[row], self._plans[row] = bot, plan
        self._states[row] = new_states(self.shape, np.array([opening_cash], np.int64))[0]
        self._commands[bot] = Orders(commands)
        self.count += 1
        self._is_changed = True

    def command(self, bot: int, row: Integers) -> None:
        """Put a command behind those of a bot."""
        orders = self._commands[bot]
        orders.rows = np.concatenate([orders.rows, row[None]])
        self._is_changed = True

    def prepare(self) -> None:
        """Lay the waiting commands out, and widen the states to what the bots may need."""
        if self._is_changed:
            self._lay_out_commands()
            self._is_changed = False
        needed = self._needed_shape()
        if self.shape.width < needed.width:
            room = np.zeros((len(self._bots), needed.width), np.int64)
            room[: self.count] = relaid(self.states, self.shape, needed)
            self._states, self.shape = room, needed

    def settle_commands(self) -> None:
        """Drop the commands that were taken; to be called after the kernel was."""
        cursors = self.states[:, schema.STATE_COMMAND_CURSOR]
        for row in np.flatnonzero(cursors).tolist():
            self._commands[int(self.bots[row])].taken += int(cursors[row])
            self._is_changed = True
        cursors[:] = 0

    def drop(self, is_dropped: NDArray[np.bool_]) -> None:
        """Let bots go, told by row."""
        kept = ~is_dropped
        for bot in self.bots[is_dropped].tolist():
            del self._commands[bot]
        count = int(kept.sum())
        for array in (self._bots, self._plans, self._states):
            array[:count] = array[: self.count][kept]
        self.count = count
        self._is_changed = True

    def _lay_out_commands(self) -> None:
        parts, start = [NO_COMMANDS], 0
        for row, bot in enumerate(self.bots.tolist()):
            waiting = self._commands[bot].waiting
            self._plans[row, schema.PLAN_COMMAND_FROM] = start
            self._plans[row, schema.PLAN_COMMAND_COUNT] = len(waiting)
            if len(waiting):
                parts.append(waiting)
                start += len(waiting)
        self._waiting = np.concatenate(parts)

    def _needed_shape(self) -> StateShape:
        """Return capacities, no less than the present ones, with which no bot runs out of room.

        A bot may come to hold what it holds, what its pending and waiting orders may open, and what
        the entries left may. Pending are what is pending, the orders that wait and one order of
        each structure; or, once all those are cancelled, one flatten order of each holding.
        """
        plans, states = self.plans, self.states
        most = plans[:, schema.PLAN_MAX_POSITIONS]
        entries = plans[:, schema.PLAN_MAX_ENTRIES]
        left = np.clip(entries - states[:, schema.STATE_ENTRIES_USED], 0, schema.MAX_ENTRIES)
        structures = np.minimum(entries, plans[:, schema.PLAN_ENTRY_COUNT])
        orders = states[:, schema.STATE_ORDER_COUNT] + plans[:, schema.PLAN_COMMAND_COUNT]
        holdings = states[:, schema.STATE_HOLDING_COUNT] + schema.MAX_LEGS * orders
        holdings += left * plans[:, schema.PLAN_LEG_COUNT]
        held = int(np.minimum(most, holdings).max(initial=1))
        pending = np.minimum(plans[:, schema.PLAN_MAX_ORDERS], orders + structures)
        return StateShape(
            holdings=_roomy(held, self.shape.holdings),
            structures=max(self.shape.structures, int(structures.max(initial=1))),
            orders=_roomy(max(held, int(pending.max(initial=1))), self.shape.orders),
        )


def _roomy(needed: int, present: int) -> int:
    """Return the present capacity if it suffices, else the next power of two that does."""
    return present if needed <= present else 1 << (needed - 1).bit_length()


def relaid(states: Integers, old: StateShape, new: StateShape) -> Integers:
    """Return state rows [B, new.width] with the sections of rows [B, old.width] moved."""
    wider = np.zeros((len(states), new.width), np.int64)
    sections = (
        (0, 0, old.holdings_at, new.holdings_at),
        (old.holdings_at, new.holdings_at, old.structures_at, new.structures_at),
        (old.structures_at, new.structures_at, old.orders_at, new.orders_at),
        (old.orders_at, new.orders_at, old.width, new.width),
    )
    for start, to_start, end, to_end in sections:
        length = min(end - start, to_end - to_start)
        wider[:, to_start : to_start + length] = states[:, start : start + length]
    return wider
