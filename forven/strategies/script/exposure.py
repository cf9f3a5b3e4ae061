"""What the orders of a session may come to: whether the kernel takes one more of them."""

import numpy as np

from forven.engine.live_probe import Probe
from forven.kernels import schema
from forven.strategies.script.decoding import opens
from forven.strategies.script.frames import ScriptDay

_ROWS_MIN = 16


class Exposure:
    """The commands of a session that open, whoever gave them, as the kernel counts their money.

    It is asked before a command goes anywhere, so that live, in a backtest and after a restart the
    same orders go to the kernel.
    """

    def __init__(self, day: ScriptDay) -> None:
        self._day = day
        self._probe = Probe(day.bounds, day.multiplier, day.instruments)
        self._room = np.zeros((_ROWS_MIN, schema.COMMAND_WIDTH), np.int64)
        self._count = 0

    def add(self, row: list[int]) -> None:
        """Count a command that the session was given."""
        if opens(row):
            self._put(row)
            self._count += 1

    def refusal(self, row: list[int]) -> str | None:
        """Return why the kernel would not take a command after those counted; None if it would."""
        if not opens(row):
            return None
        self._put(row)
        given = self._room[: self._count + 1]
        return self._probe.refusal(self._day.plan_row, self._day.opening_cash, given)

    def _put(self, row: list[int]) -> None:
        """Write a command behind those counted; when it is due changes nothing in what it costs."""
        if self._count == len(self._room):
            self._room = np.concatenate([self._room, np.zeros_like(self._room)])
        self._room[self._count] = row
        self._room[self._count, schema.COMMAND_DUE] = 0
