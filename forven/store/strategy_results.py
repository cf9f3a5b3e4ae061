"""What a strategy did on the days of a dataset: computed once, shared by its hash."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select

from forven.store.schema import strategy_results
from forven.store.values import values_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """One strategy's day; money in micros, `document` what else is known of it.

    data_hash    of the day's content         policy_hash  of the policy it ran under
    """

    hash: str
    dataset: str
    data_hash: str
    policy_hash: str
    day: date
    net_pnl: int
    gross_pnl: int
    fees: int
    slippage: int
    status: str
    digest: str
    document: dict[str, Any]
    created_ns: int


class StrategyResults:
    """The rows of `strategy_results`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, row: ResultRow) -> None:
        """Write a day's result, in place of one with the same key."""
        c = strategy_results.c
        self._connection.execute(
            delete(strategy_results).where(
                c.hash == row.hash,
                c.dataset == row.dataset,
                c.data_hash == row.data_hash,
                c.policy_hash == row.policy_hash,
                c.day == row.day,
            )
        )
        self._connection.execute(insert(strategy_results), [values_of(row)])

    def read(self, digest: str, dataset: str, policy_hash: str) -> Sequence[ResultRow]:
        """Return a strategy's days on a dataset under a policy, in order, all data hashes."""
        query = _of(digest, dataset, policy_hash)
        order = (strategy_results.c.day, strategy_results.c.created_ns)
        rows = self._connection.execute(query.order_by(*order)).mappings()
        return [ResultRow(**row) for row in rows]

    def day(
        self, digest: str, dataset: str, policy_hash: str, data_hash: str, day: date
    ) -> ResultRow | None:
        """Return one day's result for exactly this data, None if there is none."""
        c = strategy_results.c
        query = _of(digest, dataset, policy_hash).where(c.data_hash == data_hash, c.day == day)
        row = self._connection.execute(query).mappings().first()
        return None if row is None else ResultRow(**row)


def _of(digest: str, dataset: str, policy_hash: str) -> Select[Any]:
    """Return the query of a strategy's results on a dataset under a policy."""
    c = strategy_results.c
    return select(strategy_results).where(
        c.hash == digest, c.dataset == dataset, c.policy_hash == policy_hash
    )
