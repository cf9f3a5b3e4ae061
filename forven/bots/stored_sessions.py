"""What is stored of sessions that are not over: those of which something is damaged end alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from forven.bots.opening import strategy_of
from forven.bots.outcomes import failed
from forven.primitives.errors import InvalidInput
from forven.store.decisions import DecisionRow
from forven.store.errors import StoreDamaged
from forven.store.journals import CommandRow
from forven.store.sessions import SessionOutcome, SessionRow
from forven.store.store import Tables
from forven.strategies.saved import Strategy
from forven.strategies.script.source import ScriptStrategy

Integers = NDArray[np.int64]


@dataclass(slots=True, kw_only=True, eq=False)
class StoredSession:
    """What is stored of a session that is not over.

    plan           its plan row        command_rows  the kernel's rows of `commands`
    """

    row: SessionRow
    plan: Integers
    journal: Integers
    commands: Sequence[CommandRow]
    command_rows: list[list[int]]
    decisions: Sequence[DecisionRow]
    strategy: Strategy


@dataclass(slots=True, kw_only=True, eq=False)
class Stored:
    """The sessions of a day, and how those end that cannot be read."""

    sessions: list[StoredSession] = field(default_factory=list)
    damaged: dict[str, SessionOutcome] = field(default_factory=dict)


def stored_sessions(tables: Tables, rows: Sequence[SessionRow]) -> Stored:
    """Return what is stored of sessions: all at once, one by one if something is damaged."""
    try:
        return Stored(sessions=_read(tables, rows))
    except StoreDamaged:
        stored = Stored()
    for row in rows:
        try:
            stored.sessions += _read(tables, [row])
        except StoreDamaged as error:
            stored.damaged[row.id] = failed(str(error), row.opened_ns)
    return stored


def _read(tables: Tables, rows: Sequence[SessionRow]) -> list[StoredSession]:
    """Return what is stored of sessions, in few statements; errors: StoreDamaged."""
    names = [row.id for row in rows]
    journals, commands = tables.journals.read_many(names), tables.journals.commands_of(names)
    strategies = {digest: _strategy(tables, digest) for digest in {r.strategy_hash for r in rows}}
    found = []
    for row in rows:
        strategy = strategies[row.strategy_hash]
        is_script = isinstance(strategy, ScriptStrategy)
        found.append(
            StoredSession(
                row=row,
                plan=row.plan_row,
                journal=journals[row.id],
                commands=commands[row.id],
                command_rows=[command.values.tolist() for command in commands[row.id]],
                decisions=tables.decisions.read(row.id) if is_script else (),
                strategy=strategy,
            )
        )
    return found


def _strategy(tables: Tables, digest: str) -> Strategy:
    """Return a kept strategy; StoreDamaged if it is not there or not what was kept."""
    program = tables.strategies.program(digest)
    if program is None:
        raise StoreDamaged(f"strategy {digest}: expected it to be kept, found none")
    try:
        return strategy_of(program)
    except InvalidInput as error:
        raise StoreDamaged(f"strategy {digest}: expected it as it was kept, {error}") from error
