"""Idempotency keys: claimed with the request's hash, then kept with its response."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from forven.store.errors import KeyIsUsed, NoSuchRow
from forven.store.schema import idempotency


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptResponse:
    """What is known of a key; `status` and `body` are None while the request is at work."""

    scope: str
    key: str
    request_hash: str
    status: int | None
    body: bytes | None
    created_ns: int


class Idempotency:
    """The rows of `idempotency`.

    A key is claimed in a transaction before the effect and its response stored in one after it: a
    claim without a response says that the effect may or may not have been made.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, scope: str, key: str) -> KeptResponse | None:
        """Return what is known of a key, None if it is new."""
        query = select(idempotency).where(idempotency.c.scope == scope, idempotency.c.key == key)
        row = self._connection.execute(query).mappings().first()
        return None if row is None else KeptResponse(**row)

    def claim(self, scope: str, key: str, request_hash: str, now_ns: int) -> None:
        """Claim a new key for a request; KeyIsUsed if it is claimed already."""
        if self.find(scope, key) is not None:
            raise KeyIsUsed(f"idempotency key {key!r}: expected a new one, found it in use")
        values = {"scope": scope, "key": key, "request_hash": request_hash, "created_ns": now_ns}
        self._connection.execute(insert(idempotency), [values])

    def store(self, scope: str, key: str, status: int, body: bytes) -> None:
        """Keep the response of the request that claimed a key; NoSuchRow if none did."""
        done = self._connection.execute(
            update(idempotency)
            .where(idempotency.c.scope == scope, idempotency.c.key == key)
            .values(status=status, body=body)
        )
        if done.rowcount != 1:
            raise NoSuchRow(f"idempotency key {key!r}: expected it claimed, found it is not")

    def release(self, scope: str, key: str) -> None:
        """Give a claimed key back: its request failed without effect. A kept response stays."""
        self._connection.execute(
            delete(idempotency).where(
                idempotency.c.scope == scope,
                idempotency.c.key == key,
                idempotency.c.status.is_(None),
            )
        )

    def purge(self, before_ns: int) -> int:
        """Forget the keys claimed before a moment; return how many."""
        return self._connection.execute(
            delete(idempotency).where(idempotency.c.created_ns < before_ns)
        ).rowcount
