"""The decision log: what a session's strategy said, in the order it said it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, insert, select

from forven.primitives.time import rfc3339
from forven.store.schema import decisions
from forven.store.values import values_of


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """One entry; `kind` is `log`, `signal` or `error`, `number` counts from 1."""

    session_id: str
    number: int
    ts: int
    kind: str
    level: str
    text: str
    data: dict[str, Any] | None = None


class Said(Protocol):
    """What a strategy said, stored or not."""

    @property
    def ts(self) -> int:
        """Nanoseconds UTC."""

    @property
    def kind(self) -> str:
        """`log`, `signal` or `error`."""

    @property
    def level(self) -> str:
        """How much it matters."""

    @property
    def text(self) -> str:
        """What it said."""

    @property
    def data(self) -> dict[str, Any] | None:
        """What it said beside it."""


def decision_document(number: int, said: Said) -> dict[str, Any]:
    """Return an entry of a decision log as readers get it."""
    return {
        "sequence": number,
        "datetime": rfc3339(said.ts),
        "kind": said.kind,
        "level": said.level,
        "message": said.text,
        "data": said.data,
    }


class Decisions:
    """The rows of `decisions`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, rows: Sequence[DecisionRow]) -> None:
        """Add entries."""
        if rows:
            self._connection.execute(insert(decisions), [values_of(row) for row in rows])

    def read(
        self, session_id: str, after: int = 0, limit: int | None = None
    ) -> Sequence[DecisionRow]:
        """Return a session's entries numbered above `after`, in their order."""
        query = (
            select(decisions)
            .where(decisions.c.session_id == session_id, decisions.c.number > after)
            .order_by(decisions.c.number)
            .limit(limit)
        )
        return [DecisionRow(**row) for row in self._connection.execute(query).mappings()]

    def newest(self, session_ids: Sequence[str], limit: int) -> Sequence[DecisionRow]:
        """Return the newest entries of several sessions, newest first."""
        query = (
            select(decisions)
            .where(decisions.c.session_id.in_(session_ids))
            .order_by(decisions.c.ts.desc(), decisions.c.session_id, decisions.c.number.desc())
            .limit(limit)
        )
        return [DecisionRow(**row) for row in self._connection.execute(query).mappings()]
