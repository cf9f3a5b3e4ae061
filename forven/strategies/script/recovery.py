"""Runs a script again over the frames it has seen, and tells where it decides otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from forven.kernels import schema
from forven.strategies.script.counts import Counts
from forven.strategies.script.driver import ScriptSession
from forven.strategies.script.frames import Decision, ScriptFrame, ScriptOutcome

_FRAMES_AT_ONCE = 64
_NOTHING = ScriptOutcome()
_DIVERGED = "run again from its record, the script decides otherwise and is started anew; "


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptRecord:
    """What is written down of a script in a session, each in the order in which it came.

    commands   the command rows that the script gave     decisions  its log
    """

    commands: list[list[int]] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)


def recover(
    session: ScriptSession, frames: Sequence[ScriptFrame], record: ScriptRecord
) -> ScriptOutcome:
    """Bring a new session's script to where it was after `frames`; return what is still to be kept.

    frames  all of the session so far, from its first one on
    The script runs again from its start, or from where its process was last replaced. Where it
    decides as recorded nothing is returned. What it decides in the last frame without a record is
    returned as new: the host ended before it could keep it. Where it decides otherwise its state
    is not to be trusted: that is told as a strategy error, and a new process goes on from here.
    """
    # A script is told of a dropped order in the next frame: the frames cannot be written ahead.
    has_dropped = any(_has(decision, "dropped") for decision in record.decisions)
    outcome = _run_again(session, frames, record, 1 if has_dropped else _FRAMES_AT_ONCE)
    if outcome is None:
        outcome = _run_again(session, frames, record, 1)
    return outcome or ScriptOutcome()


def _run_again(
    session: ScriptSession, frames: Sequence[ScriptFrame], record: ScriptRecord, at_once: int
) -> ScriptOutcome | None:
    """Do what `recover` does with so many frames at once; None: the process died in several."""
    first, rest = _restart(session, frames, record)
    if session.is_given_up:
        return ScriptOutcome()
    whole = (frames, record.commands, record.decisions)
    kept, crashes = _by_ts(rest), session.counts.crashes
    for start in range(first, len(frames), at_once):
        batch = list(frames[start : start + at_once])
        session.send_many(batch)
        outcomes = session.collect_many()
        if session.counts.crashes > crashes and at_once > 1:
            return None
        for frame, outcome in zip(batch, outcomes, strict=False):
            expected = kept.pop(frame.ts, _NOTHING)
            if _same(outcome, expected):
                continue
            if frame is frames[-1] and expected is _NOTHING:
                return outcome
            _set_to(session, *whole)
            reason = f"at {frame.ts}: expected {_words(expected)}, found {_words(outcome)}"
            return session.crashed(_DIVERGED + reason, frames[-1].ts)
    if kept:
        _set_to(session, *whole)
        reason = f"at {min(kept)}: expected {_words(kept[min(kept)])}, found it not called"
        return session.crashed(_DIVERGED + reason, frames[-1].ts)
    return ScriptOutcome()


def _restart(
    session: ScriptSession, frames: Sequence[ScriptFrame], record: ScriptRecord
) -> tuple[int, ScriptRecord]:
    """Set a session to where its present process began; return the frame and the record from there.

    A process that died was replaced after the frame in which the log says so.
    """
    kept, moment = 0, schema.MISSING
    for number, decision in enumerate(record.decisions):
        if _has(decision, "given_up"):
            kept, moment = number + 1, decision.ts
    given = sum(row[schema.COMMAND_DUE] <= moment + 1 for row in record.commands)
    first = sum(frame.ts <= moment for frame in frames)
    _set_to(session, frames[:first], record.commands[:given], record.decisions[:kept])
    return first, ScriptRecord(commands=record.commands[given:], decisions=record.decisions[kept:])


def _set_to(
    session: ScriptSession,
    frames: Sequence[ScriptFrame],
    commands: list[list[int]],
    decisions: list[Decision],
) -> None:
    """Set a session to where it was after these frames, commands and entries of the log."""
    counts = Counts()
    for decision in decisions:
        counts.write(decision)
        if _has(decision, "given_up"):
            counts.is_given_up = _has(decision, "given_up", is_true=True)
            counts.crashes += _has(decision, "crash")
    counts.count_commands(commands)
    counts.arrived = sum(
        taken.is_own and taken.row[schema.COMMAND_KIND] == schema.COMMAND_PLACE
        for frame in frames
        for taken in frame.taken
    )
    counts.first_tag = counts.placed
    others = [taken.row for frame in frames for taken in frame.taken if not taken.is_own]
    session.resume(counts, _journal(frames), [*others, *commands])


def _has(decision: Decision, name: str, *, is_true: bool = False) -> bool:
    """Return whether an entry is an error that the session, not its script, marked with a name."""
    data = decision.data or {}
    return decision.kind == "error" and name in data and (not is_true or bool(data[name]))


def _journal(frames: Sequence[ScriptFrame]) -> NDArray[np.int64]:
    """Return the journal rows of frames as one array."""
    empty = np.zeros((0, schema.JOURNAL_WIDTH), np.int64)
    return np.concatenate([empty, *(frame.rows for frame in frames)])


def _by_ts(record: ScriptRecord) -> dict[int, ScriptOutcome]:
    """Return a record by the moments of its frames."""
    found: dict[int, ScriptOutcome] = {}
    for row in record.commands:
        found.setdefault(row[schema.COMMAND_DUE] - 1, ScriptOutcome()).commands.append(row)
    for decision in record.decisions:
        found.setdefault(decision.ts, ScriptOutcome()).decisions.append(decision)
    return found


def _same(outcome: ScriptOutcome, expected: ScriptOutcome) -> bool:
    """Return whether two outcomes are equal."""
    return outcome.commands == expected.commands and outcome.decisions == expected.decisions


def _words(outcome: ScriptOutcome) -> str:
    """Return an outcome in a few words."""
    texts = [f"{decision.kind} {decision.text[:60]!r}" for decision in outcome.decisions]
    counted = f"{len(outcome.commands)} commands"
    return ", ".join([counted, *texts[:3]])
