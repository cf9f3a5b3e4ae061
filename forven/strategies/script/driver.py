"""Drives a script through a session: frames in, its commands and its log out, errors counted."""

from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from forven.engine import commands
from forven.kernels import schema
from forven.strategies.script import decoding, limits
from forven.strategies.script.counts import ERRORS_MAX, Counts
from forven.strategies.script.decoding import ScriptDied
from forven.strategies.script.encoding import FrameEncoder, session_body
from forven.strategies.script.exposure import Exposure
from forven.strategies.script.frames import (
    Decision,
    ScriptDay,
    ScriptFrame,
    ScriptOutcome,
    TakenCommand,
)
from forven.strategies.script.limits import ScriptLimits
from forven.strategies.script.platforms import sandbox_machine
from forven.strategies.script.process import ScriptProcess
from forven.strategies.script.source import ScriptStrategy

_NO_ROWS = np.zeros((0, schema.JOURNAL_WIDTH), np.int64)


class ScriptSession:
    """One script in one session, in a process of its own.

    What the script decides in a frame comes back as commands due one nanosecond later. What it
    does wrong comes back as a strategy error, in the log and as a command; a process that dies is
    replaced in the next frame, at the third death the script is given up and its error budget
    spent. Not thread-safe: one thread makes, asks and closes it.
    """

    def __init__(
        self, strategy: ScriptStrategy, day: ScriptDay, script_limits: ScriptLimits | None = None
    ) -> None:
        self._strategy = strategy
        self._day = day
        self._limits = script_limits or ScriptLimits()
        self._machine = sandbox_machine()
        self._encoder = FrameEncoder(day, strategy.uses_deltas)
        self._process: ScriptProcess | None = None
        self._journal: list[NDArray[np.int64]] = []
        self._asked: list[ScriptFrame] = []
        self._is_ahead = self._is_leaving = self._is_used = False
        self._trouble = ""
        self._is_paused = False
        self._is_over = False
        self._exposure = Exposure(day)
        self.counts = Counts()

    @property
    def is_given_up(self) -> bool:
        """Whether the script is not called any more, having died or failed too often."""
        return self.counts.is_given_up

    @property
    def pid(self) -> int | None:
        """The number of the script's process; None while there is none."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Begin to start the process, without waiting for it; the first frame waits.

        A process that cannot be started is tried again in the next frame, which tells it.
        """
        if not self._is_over and not self.is_given_up:
            with suppress(ScriptDied):
                self._begin()

    def frame(self, frame: ScriptFrame) -> ScriptOutcome:
        """Return what the script decides in a frame, after the kernel's step."""
        self.send(frame)
        return self.collect()

    def send(self, frame: ScriptFrame) -> None:
        """Hand a frame to the script, which goes to work on it; then `collect`."""
        self.send_many([frame])

    def send_many(self, frames: list[ScriptFrame], is_ahead: bool = False) -> None:
        """Hand frames to the script at once: frames whose commands are known already.

        is_ahead  the frames are those that come about if the script gives no command in them:
                  those after the first command or error do not count, and have no outcome
        All together have the time of one: where the process dies in several, nobody knows in which,
        and they are to be handed over again, to a session that is set back, one by one.
        """
        called = [frame for frame in frames if self._is_called(frame)]
        # A session that has left RUNNING does not come back; ahead, it may yet not leave it.
        self._is_leaving = len(called) < len(frames)
        self._is_over |= self._is_leaving and not called
        self._asked = called
        self._is_ahead = is_ahead
        self._trouble = ""
        records = [self._record(frame) for frame in called]
        if not called or self.is_given_up:
            if self._is_over:
                self.close()
            return
        try:
            process = self._begin()
            self._is_used = True
            process.send(records, is_ahead)
        except ScriptDied as cause:
            self._trouble = str(cause)

    def collect(self) -> ScriptOutcome:
        """Return what the script decided in the frame handed over."""
        outcomes = self.collect_many()
        return outcomes[0] if outcomes else ScriptOutcome()

    def collect_many(self) -> list[ScriptOutcome]:
        """Return what was decided in each frame handed over; fewer if the script died or is over.

        A death is told in the last of them. Ahead, those after a command are not among them.
        """
        frames, self._asked = self._asked, []
        if not frames or self.is_given_up:
            return []
        outcomes: list[ScriptOutcome] = []
        taken = 0
        try:
            if self._trouble or self._process is None:
                raise ScriptDied(self._trouble or "process: expected one, found none")
            decided = decoding.decided_frames(self._process.receive(), len(frames))
            for number, frame in enumerate(frames):
                self._keep_rows(frame)
                taken = number + 1
                outcomes.append(self._outcome(decided.get(number, []), frame))
                if self.is_given_up or (self._is_ahead and outcomes[-1].commands):
                    return outcomes
            self._is_over |= self._is_leaving
        except ScriptDied as cause:
            frame = frames[len(outcomes)]
            if taken == len(outcomes):
                self._keep_rows(frame)
            outcomes.append(self.crashed(str(cause), frame.ts))
        return outcomes

    def crashed(self, reason: str, ts: int) -> ScriptOutcome:
        """Count the end of the process in a frame: a strategy error; another one is started."""
        self._end_process()
        counts = self.counts
        counts.crashes += 1
        counts.is_given_up = counts.crashes >= limits.CRASHES_MAX
        data: dict[str, object] = {"crash": counts.crashes, "given_up": counts.is_given_up}
        text = decoding.kept_text(reason[: limits.TEXT_LENGTH_MAX])
        found = Decision(ts=ts, kind="error", level="error", text=text, data=data)
        outcome = ScriptOutcome(decisions=counts.write(found))
        self._report_errors(outcome, ts)
        counts.first_tag = counts.placed
        self.start()
        return outcome

    def resume(self, counts: Counts, journal: NDArray[np.int64], given: list[list[int]]) -> None:
        """Go on from a frame as `recovery` found it: with its counts, after its journal rows.

        given  the commands that the session had been given, whoever gave them
        A process that knows other rows, or has taken frames, is ended.
        """
        if self._is_used or len(journal):
            self._end_process()
        self._is_over = False
        self.counts = counts
        self._journal = [journal]
        self._exposure = Exposure(self._day)
        for row in given:
            self._exposure.add(row)
        self._is_paused = bool(
            np.any(journal[:, schema.JOURNAL_KIND] == schema.EVENT_ENTRIES_PAUSED)
        )

    def close(self) -> None:
        """End the process; nothing is called any more."""
        self._is_over = True
        if self._process is not None:
            self._process.close()
            self._process = None

    def _begin(self) -> ScriptProcess:
        """Return the process, started if there is none; errors: ScriptDied."""
        if self._process is None:
            rows = np.concatenate(self._journal) if self._journal else _NO_ROWS
            body = session_body(self._strategy, self._day, self._limits, self._machine, rows)
            self._process = ScriptProcess(self._strategy.modules, body, self._limits)
            self._is_used = False
        return self._process

    def _end_process(self) -> None:
        """Kill the process."""
        if self._process is not None:
            self._process.kill()
            self._process = None

    def _is_called(self, frame: ScriptFrame) -> bool:
        """Return whether the script acts in a frame."""
        is_running = frame.status == schema.STATUS_RUNNING
        return is_running and frame.ts < self._day.bounds.close_ns and not self._is_over

    def _record(self, frame: ScriptFrame) -> bytes:
        """Return a frame as the process reads it."""
        return self._encoder.record(frame, self._own_orders(frame))

    def _keep_rows(self, frame: ScriptFrame) -> None:
        """Keep a frame's journal rows, for a process that may have to take over; count commands."""
        for taken in frame.taken:
            if not taken.is_own:
                self._exposure.add(taken.row)
        if len(frame.rows):
            self._journal.append(frame.rows)
            kinds = frame.rows[:, schema.JOURNAL_KIND]
            self._is_paused |= bool(np.any(kinds == schema.EVENT_ENTRIES_PAUSED))

    def _own_orders(self, frame: ScriptFrame) -> list[tuple[int, int, int]]:
        """Return (tag, order id or MISSING, reason) of the script's orders the kernel just took.

        Orders that were placed or refused stand in the journal in the order of their commands; one
        that was dropped has not come so far.
        """
        dropped = self.counts.tell_dropped()
        own = [(tag, schema.MISSING, schema.REASON_BAD_QUANTITY) for tag in dropped]
        placed = [taken for taken in frame.taken if _places(taken)]
        if not any(taken.is_own for taken in placed):
            return own
        answers = iter([row for row in frame.rows.tolist() if _answers_place(row)])
        for taken in placed:
            row = next(answers, None)
            tag = self.counts.arrive() if taken.is_own else -1
            if row is None or tag < 0:
                continue
            is_placed = row[schema.JOURNAL_KIND] == schema.EVENT_ORDER_PLACED
            number = row[schema.JOURNAL_ORDER] if is_placed else schema.MISSING
            own.append((tag, number, 0 if is_placed else row[schema.JOURNAL_B]))
        return own

    def _outcome(self, entries: list[list[object]], frame: ScriptFrame) -> ScriptOutcome:
        """Return what entries come to; ScriptDied, and nothing counted, if one is malformed."""
        read = [self._read(entry, frame.ts) for entry in entries]
        rows = [entry for entry in read if not isinstance(entry, Decision)]
        if len(rows) > limits.COMMANDS_PER_FRAME_MAX:
            raise ScriptDied(
                f"commands: expected at most {limits.COMMANDS_PER_FRAME_MAX} a frame, "
                f"found {len(rows)}"
            )
        if self.counts.commands + len(rows) > limits.COMMANDS_PER_SESSION_MAX + ERRORS_MAX:
            raise ScriptDied("commands: expected fewer in a session, found more")
        outcome = ScriptOutcome()
        errors = 0
        for entry in read:
            decision = entry if isinstance(entry, Decision) else self._given(entry, outcome, frame)
            if decision is not None:
                outcome.decisions.extend(self.counts.write(decision))
                errors += decision.kind == "error"
        for _ in range(errors):
            self._report_errors(outcome, frame.ts)
        return outcome

    def _given(self, row: list[int], outcome: ScriptOutcome, frame: ScriptFrame) -> Decision | None:
        """Add a command to an outcome; one that the kernel cannot hold is an error."""
        refusal = self._exposure.refusal(row)
        if refusal is None:
            self._exposure.add(row)
            outcome.commands.append(row)
            self.counts.count_commands([row])
            return None
        self.counts.drop()
        text = f"order dropped: {refusal}"[: limits.TEXT_LENGTH_MAX]
        return Decision(ts=frame.ts, kind="error", level="error", text=text, data={"dropped": True})

    def _read(self, entry: list[object], ts: int) -> Decision | list[int]:
        """Return an entry as what it is; ScriptDied if it is malformed or not allowed now."""
        decision = decoding.decision_of(entry, ts)
        if decision is not None:
            return decision
        row = decoding.command_of(entry, ts + 1, self._day)
        if self._is_paused and decoding.opens(row):
            raise ScriptDied("order: expected none that opens while entries are paused")
        return row

    def _report_errors(self, outcome: ScriptOutcome, ts: int) -> None:
        """Add the command that reports an error; on giving up, as many as spend the budget."""
        counts = self.counts
        if counts.errors + 1 >= ERRORS_MAX and not counts.is_given_up:
            counts.is_given_up = True
            text = f"given up: expected fewer than {ERRORS_MAX} errors in a session, found them"
            data: dict[str, object] = {"given_up": True}
            found = Decision(ts=ts, kind="error", level="error", text=text, data=data)
            outcome.decisions.extend(counts.write(found))
            self._end_process()
        count = 1
        if counts.is_given_up:
            count = max(1, self._day.error_budget + 1 - counts.errors)
        rows = [commands.strategy_error(ts + 1) for _ in range(count)]
        outcome.commands.extend(rows)
        counts.count_commands(rows)


def _places(taken: TakenCommand) -> bool:
    """Return whether a command places an order."""
    return taken.row[schema.COMMAND_KIND] == schema.COMMAND_PLACE


def _answers_place(row: list[int]) -> bool:
    """Return whether a journal row answers a command to place an order."""
    kind = row[schema.JOURNAL_KIND]
    if kind == schema.EVENT_ORDER_PLACED:
        return bool(row[schema.JOURNAL_F] == schema.ORIGIN_COMMAND)
    is_refusal = kind == schema.EVENT_COMMAND_REFUSED
    return bool(is_refusal and row[schema.JOURNAL_A] == schema.COMMAND_PLACE)
