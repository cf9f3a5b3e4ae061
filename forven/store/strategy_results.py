"""What a strategy did on the days of a dataset: computed once, shared by its hash."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, insert, select

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
        c = strategy_results.c
        is_asked = (c.hash == digest) & (c.dataset == dataset) & (c.policy_hash == policy_hash)
        query = select(strategy_results).where(is_asked).order_by(c.day, c.created_ns)
        rows = self._connection.execute(query).mappings()
        return [ResultRow(**row) for row in rows]
