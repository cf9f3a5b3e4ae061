"""The frames of a session as its script sees them, worked out again from its day and commands."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forven.engine.commands import command_rows
from forven.engine.session import SessionRun
from forven.kernels import schema
from forven.market.day import MarketDay
from forven.strategies.script.frames import ScriptDay, ScriptFrame, TakenCommand

_LEAVES_RUNNING = (schema.EVENT_HALT, schema.EVENT_STOPPED, schema.EVENT_SESSION_ENDED)


def script_day(
    day: MarketDay, plan_row: NDArray[np.int64], opening_cash: int, seed: int = 0
) -> ScriptDay:
    """Return what a script is told of a market day under a plan."""
    return ScriptDay(
        bounds=day.bounds,
        symbols=day.symbols,
        instruments=day.instruments,
        root=day.root,
        underlying=day.underlying,
        multiplier=day.multiplier,
        opening_cash=opening_cash,
        plan_row=plan_row,
        seed=seed,
    )


class SeenDay:
    """The frames of a session as its script sees them.

    day       the session's frames so far     plan_row  as frozen at its start
    commands  all that reached it, in order
    """

    def __init__(
        self,
        day: MarketDay,
        plan_row: NDArray[np.int64],
        opening_cash: int,
        commands: Sequence[TakenCommand],
    ) -> None:
        self._day = day
        self._commands = commands
        self._opening_cash = opening_cash
        rows = command_rows([command.row for command in commands])
        plan = plan_row.copy()
        plan[schema.PLAN_COMMAND_FROM], plan[schema.PLAN_COMMAND_COUNT] = 0, len(rows)
        run = SessionRun(day, plan[None], [opening_cash], rows, financials=True)
        run.advance(day.frame_count)
        (result,) = run.results()
        self._rows, self._money = result.rows, result.financials
        is_leaving = np.isin(self._rows[:, schema.JOURNAL_KIND], _LEAVES_RUNNING)
        left = self._rows[is_leaving, schema.JOURNAL_TS]
        self._left_ts = int(left.min()) if left.size else schema.INT64_MAX
        self._row_ends = _ends(self._rows[:, schema.JOURNAL_TS], day)
        self._money_ends = _ends(self._money[:, schema.FINANCIAL_TS], day)
        self._command_ends = _ends(rows[:, schema.COMMAND_DUE], day)

    def frame(self, number: int) -> ScriptFrame:
        """Return a frame of the day."""
        day = self._day
        ts = int(day.ts[number])
        cash = value = self._opening_cash
        if mark := int(self._money_ends[number]):
            money = self._money[mark - 1]
            cash = int(money[schema.FINANCIAL_CASH])
            value = int(money[schema.FINANCIAL_NLV])
        taken = slice(_start(self._command_ends, number), int(self._command_ends[number]))
        is_running = ts < self._left_ts
        return ScriptFrame(
            ts=ts,
            arrival=int(day.clock[schema.CLOCK_ARRIVAL, number]),
            spot=int(day.clock[schema.CLOCK_SPOT, number]),
            quotes=day.quotes,
            column=number,
            rows=self._rows[_start(self._row_ends, number) : int(self._row_ends[number])],
            taken=tuple(self._commands[taken]),
            status=schema.STATUS_RUNNING if is_running else schema.STATUS_STOPPING,
            cash=cash,
            net_liquidation_value=value,
        )


def seen_frames(
    day: MarketDay,
    plan_row: NDArray[np.int64],
    opening_cash: int,
    commands: Sequence[TakenCommand],
    opened_ns: int = schema.MISSING,
) -> list[ScriptFrame]:
    """Return the frames of a session so far as its script saw them, for `recover`.

    opened_ns  frames before it were not its own     the rest as in `SeenDay`
    """
    seen = SeenDay(day, plan_row, opening_cash, commands)
    return [seen.frame(number) for number in range(day.frame_at(opened_ns), day.frame_count)]


def _ends(moments: NDArray[np.int64], day: MarketDay) -> NDArray[np.int64]:
    """Return by frame how many of these moments lie at or before it."""
    return np.searchsorted(moments, day.ts, side="right")


def _start(ends: NDArray[np.int64], number: int) -> int:
    """Return where what belongs to a frame begins."""
    return int(ends[number - 1]) if number else 0
