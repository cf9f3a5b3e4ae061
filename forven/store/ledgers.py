"""Orders and transactions as they stand: projections of the journal, kept to be read quickly."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Table, delete, insert, select, tuple_

from forven.store.ledger_documents import Document
from forven.store.projections import Projected, Projection
from forven.store.schema import orders, transactions
from forven.store.values import batched


class Ledgers:
    """The rows of `orders` and `transactions`; `rewrite` makes them anew from a projection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def orders(self, session_id: str, after: int = 0, limit: int | None = None) -> list[Document]:
        """Return a session's orders numbered above `after`, in the order of their placement."""
        return self._read(orders, session_id, after, limit)

    def transactions(
        self, session_id: str, after: int = 0, limit: int | None = None
    ) -> list[Document]:
        """Return a session's transactions numbered above `after`, in their order."""
        return self._read(transactions, session_id, after, limit)

    def of_many(
        self, session_ids: Sequence[str]
    ) -> dict[str, tuple[list[Document], list[Document]]]:
        """Return the orders and transactions of many sessions, in few statements."""
        found: dict[str, tuple[list[Document], list[Document]]] = {
            session_id: ([], []) for session_id in session_ids
        }
        for some in batched(session_ids):
            for place, table in enumerate((orders, transactions)):
                query = select(table.c.session_id, table.c.document)
                query = query.where(table.c.session_id.in_(some))
                ordered = query.order_by(table.c.session_id, table.c.number)
                for session_id, document in self._connection.execute(ordered):
                    found[session_id][place].append(document)
        return found

    def write(self, changes: Mapping[str, tuple[Projection, Projected]]) -> None:
        """Write what new journal rows brought, by session: one statement a table for all."""
        changed = [
            _values(session_id, order["number"], order)
            for session_id, (_, projected) in changes.items()
            for order in projected.orders
        ]
        if changed:
            keys = [(row["session_id"], row["number"]) for row in changed]
            key = tuple_(orders.c.session_id, orders.c.number)
            for some in batched(keys):
                self._connection.execute(delete(orders).where(key.in_(some)))
            self._connection.execute(insert(orders), changed)
        booked = [
            _values(session_id, number, document)
            for session_id, (projection, projected) in changes.items()
            for number, document in enumerate(
                projected.transactions,
                start=len(projection.transactions) - len(projected.transactions) + 1,
            )
        ]
        if booked:
            self._connection.execute(insert(transactions), booked)

    def rewrite(self, projection: Projection) -> bool:
        """Write a session's ledgers anew; return whether they were as written before."""
        session_id = projection.session_id
        was_equal = (
            self.orders(session_id) == projection.orders
            and self.transactions(session_id) == projection.transactions
        )
        for table, documents in (
            (orders, projection.orders),
            (transactions, projection.transactions),
        ):
            self._connection.execute(delete(table).where(table.c.session_id == session_id))
            values = [_values(session_id, n, each) for n, each in enumerate(documents, start=1)]
            if values:
                self._connection.execute(insert(table), values)
        return was_equal

    def _read(self, table: Table, session_id: str, after: int, limit: int | None) -> list[Document]:
        query = (
            select(table.c.document)
            .where(table.c.session_id == session_id, table.c.number > after)
            .order_by(table.c.number)
            .limit(limit)
        )
        return list(self._connection.execute(query).scalars())


def _values(session_id: str, number: int, document: Document) -> dict[str, object]:
    """Return the values of a row."""
    return {"session_id": session_id, "number": number, "document": document}
