"""Runs a script over a market day, frame by frame as live, and proves the run by its replay."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forven.engine.commands import command_rows
from forven.engine.live import LiveRun
from forven.engine.session import SessionResult, run_day
from forven.kernels import schema
from forven.market.day import MarketDay
from forven.market.feeds.book import Window
from forven.primitives.errors import ForvenError, InvalidInput
from forven.strategies.script.driver import ScriptSession
from forven.strategies.script.frames import (
    Decision,
    ScriptFrame,
    ScriptOutcome,
    TakenCommand,
)
from forven.strategies.script.limits import ScriptLimits
from forven.strategies.script.seen import SeenDay, script_day
from forven.strategies.script.source import ScriptStrategy

_FRAMES_AHEAD = 64
_TURNS_MAX = 200  # each works the day out anew, which costs as much as some fifty single frames


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScriptResult:
    """What a script did on a day.

    session    as `run_day` returns it for a bot that is given the same commands
    plan       (PLAN_WIDTH,) the plan, with its columns of commands
    commands   (n, COMMAND_WIDTH) what the script decided     decisions  its log
    """

    session: SessionResult
    plan: NDArray[np.int64]
    commands: NDArray[np.int64]
    decisions: tuple[Decision, ...]
    is_given_up: bool


def run_script(
    strategy: ScriptStrategy,
    day: MarketDay,
    plan_row: NDArray[np.int64],
    opening_cash: int,
    seed: int = 0,
    script_limits: ScriptLimits | None = None,
) -> ScriptResult:
    """Run a script over a whole day and return its journal, commands and log.

    plan_row  (PLAN_WIDTH,) as `SessionPolicy.plan_row` returns it: the policy, no structured
              strategy
    errors    InvalidInput for a plan that the kernel refuses; ScriptsUnavailable
    """
    if plan_row[schema.PLAN_LEG_COUNT]:
        raise InvalidInput("plan: expected one without a structured strategy, found its legs")
    told = script_day(day, plan_row, opening_cash, seed)
    for runs_ahead in (True, False):
        script = ScriptSession(strategy, told, script_limits)
        try:
            script.start()
            run = _Run(script, day, plan_row, opening_cash)
            if run.ahead() if runs_ahead else run.step_from(0):
                break
        finally:
            script.close()
    return run.proved()


class _Run:
    """A script on its way through a day: what it decided, and what it was told."""

    def __init__(
        self,
        script: ScriptSession,
        day: MarketDay,
        plan_row: NDArray[np.int64],
        opening_cash: int,
    ) -> None:
        self._script = script
        self._day = day
        self._plan = plan_row.copy()
        self._opening_cash = opening_cash
        self._commands: list[list[int]] = []
        self._decisions: list[Decision] = []
        self._told: list[NDArray[np.int64]] = []
        self._told_ts = 0

    def ahead(self) -> bool:
        """Run many frames at a time, as they come about without a command, back to each command.

        Return whether it came through: not where the script's process died, as nobody knows in
        which frame. With many commands the rest is taken frame by frame.
        """
        first, turns = 0, 0
        while first < self._day.frame_count:
            turns += 1
            if turns > _TURNS_MAX:
                return self.step_from(first)
            commands = [TakenCommand(row=row, is_own=True) for row in self._commands]
            seen = SeenDay(self._day, self._plan, self._opening_cash, commands)
            is_turned = False
            while first < self._day.frame_count and not is_turned:
                last = min(first + _FRAMES_AHEAD, self._day.frame_count)
                frames = [seen.frame(number) for number in range(first, last)]
                self._script.send_many(frames, is_ahead=True)
                outcomes = self._script.collect_many()
                if self._script.counts.crashes:
                    return False
                for frame, outcome in zip(frames, outcomes, strict=False):
                    self._keep(frame, outcome)
                if not outcomes:
                    return True  # the session has left RUNNING, or the script is given up
                is_turned = bool(outcomes[-1].commands)
                first += len(outcomes)
        return True

    def step_from(self, first: int) -> bool:
        """Run frame by frame from one on, as live."""
        steps = _Steps(self._day, self._plan, self._opening_cash, self._commands, first)
        for number in range(first, self._day.frame_count):
            frame = steps.take(number)
            outcome = self._script.frame(frame)
            self._keep(frame, outcome)
            steps.command(outcome.commands)
            if steps.is_over:
                break
        return True

    def proved(self) -> ScriptResult:
        """Return the day's plain run with the commands, which must be what the script was told."""
        commands = command_rows(self._commands)
        plan = self._plan
        plan[schema.PLAN_COMMAND_FROM], plan[schema.PLAN_COMMAND_COUNT] = 0, len(commands)
        (result,) = run_day(self._day, plan[None], [self._opening_cash], commands, financials=True)
        told = np.concatenate(self._told)
        until = np.searchsorted(result.rows[:, schema.JOURNAL_TS], self._told_ts, side="right")
        if not np.array_equal(told[:, 1:], result.rows[:until, 1:]):
            raise ForvenError(
                f"{self._day.day}: expected the journal of the frames to be that of the whole "
                "day, found another; this is a defect of forven: report it with the script"
            )
        return ScriptResult(
            session=result,
            plan=plan,
            commands=commands,
            decisions=tuple(self._decisions),
            is_given_up=self._script.is_given_up,
        )

    def _keep(self, frame: ScriptFrame, outcome: ScriptOutcome) -> None:
        """Keep what the script was told in a frame and what it decided."""
        self._told.append(frame.rows)
        self._told_ts = frame.ts
        self._commands.extend(outcome.commands)
        self._decisions.extend(outcome.decisions)


class _Steps:
    """A live run of one bot over a recorded day, a frame at a time from `first` on."""

    def __init__(
        self,
        day: MarketDay,
        plan_row: NDArray[np.int64],
        opening_cash: int,
        commands: list[list[int]],
        first: int,
    ) -> None:
        self.is_over = False
        self._day = day
        self._commands = list(commands)
        self._settlement = schema.MISSING if day.settlement is None else day.settlement
        self._run = LiveRun(day.multiplier, day.bounds, day.instruments)
        self._bot = self._run.add(plan_row, opening_cash, commands)
        self._taken = 0
        self._check()
        if first:
            self._advance(0, first)
            self._taken = int(self._run.state(self._bot)[schema.STATE_COMMAND_CURSOR])

    def take(self, number: int) -> ScriptFrame:
        """Take the kernel over a frame; return it as the script sees it."""
        day = self._day
        rows = self._advance(number, number + 1)
        state = self._run.state(self._bot)
        status = int(state[schema.STATE_STATUS])
        self.is_over = status >= schema.STATUS_ENDED
        first, self._taken = self._taken, int(state[schema.STATE_COMMAND_CURSOR])
        taken = [TakenCommand(row=row, is_own=True) for row in self._commands[first : self._taken]]
        return ScriptFrame(
            ts=int(day.ts[number]),
            arrival=int(day.clock[schema.CLOCK_ARRIVAL, number]),
            spot=int(day.clock[schema.CLOCK_SPOT, number]),
            quotes=day.quotes,
            column=number,
            rows=rows,
            taken=tuple(taken),
            status=status,
            cash=int(state[schema.STATE_CASH]),
            net_liquidation_value=int(state[schema.STATE_NLV]),
        )

    def command(self, rows: list[list[int]]) -> None:
        """Give the kernel commands for the next frame."""
        for row in rows:
            self._run.command(self._bot, row)
        self._commands.extend(rows)

    def _advance(self, first: int, last: int) -> NDArray[np.int64]:
        """Take the kernel over frames; return their journal rows."""
        window = Window(
            quotes=np.ascontiguousarray(self._day.quotes[:, :, first:last]),
            clock=np.ascontiguousarray(self._day.clock[:, first:last]),
        )
        rows = self._run.advance(window, self._settlement)
        self._check()
        return rows

    def _check(self) -> None:
        """Pass on why the kernel refused the plan, if it did."""
        if self._bot in self._run.refused:
            raise InvalidInput(self._run.refused[self._bot])
