"""The history of a session's account: one row a frame, thinned to an interval, read in parts."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forven.bots.errors import InvalidField
from forven.bots.services.fields import given_fields, limit_of, moment_of
from forven.bots.services.spelling import Document
from forven.engine.documents import shown
from forven.kernels import schema
from forven.primitives.money import money_text
from forven.primitives.time import NANOSECONDS_PER_SECOND, rfc3339

HISTORY_LIMIT_MAX = 25_000
"""Rows of one answer: a whole session of one-second frames."""
INTERVAL_SECONDS_MAX = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryQuery:
    """Which rows are wanted: one an interval, later than `after_ns`, at most `limit`."""

    interval_seconds: int = 1
    limit: int = HISTORY_LIMIT_MAX
    after_ns: int = schema.MISSING

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "HistoryQuery":
        """Return the query of a URL; errors: InvalidField."""
        given_fields(dict(query), ("interval", "limit", "after"))
        after = query.get("after")
        return cls(
            interval_seconds=_interval_of(query.get("interval")),
            limit=limit_of(query.get("limit"), HISTORY_LIMIT_MAX, HISTORY_LIMIT_MAX),
            after_ns=schema.MISSING if after is None else moment_of(after, "after"),
        )


def history_of(
    rows: NDArray[np.int64], opening_cash: int, query: HistoryQuery
) -> tuple[list[Document], str | None]:
    """Return the history's documents and the cursor of the next part, None at the end.

    rows  (m, FINANCIAL_WIDTH) int64 in the order of their frames
    Of the frames of one interval the last one stands for it.
    """
    ts = rows[:, schema.FINANCIAL_TS]
    interval_ns = query.interval_seconds * NANOSECONDS_PER_SECOND
    buckets = ts // interval_ns
    is_last = np.ones(len(rows), dtype=bool)
    is_last[:-1] = buckets[1:] != buckets[:-1]
    chosen = rows[is_last & (ts > query.after_ns)]
    part = chosen[: query.limit]
    next_after = None if len(part) == len(chosen) else rfc3339(int(part[-1, schema.FINANCIAL_TS]))
    return [_document(row, opening_cash) for row in part.tolist()], next_after


def _document(row: list[int], opening_cash: int) -> Document:
    """Return one row of the history."""
    worth = row[schema.FINANCIAL_NLV]
    return {
        "datetime": rfc3339(row[schema.FINANCIAL_TS]),
        "cash": money_text(row[schema.FINANCIAL_CASH]),
        "net_liquidation_value": money_text(worth),
        "profit_loss": money_text(worth - opening_cash),
        "drawdown": money_text(row[schema.FINANCIAL_DRAWDOWN]),
        "open_orders": row[schema.FINANCIAL_ORDERS],
    }


def _interval_of(text: str | None) -> int:
    """Return the interval in seconds, 1 if left out."""
    if text is None:
        return 1
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(INTERVAL_SECONDS_MAX))
    seconds = int(text) if is_number else 0
    if not 1 <= seconds <= INTERVAL_SECONDS_MAX:
        raise InvalidField(
            f"interval: expected whole seconds from 1 to {INTERVAL_SECONDS_MAX}, "
            f"found {shown(text)}"
        )
    return seconds
