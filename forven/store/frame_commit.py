"""What a host commits at once: everything that one frame, or one batch of commands, brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forven.market.feeds.frame import FeedEvent
from forven.store.decisions import DecisionRow
from forven.store.journals import CommandRow
from forven.store.ledger_documents import Document
from forven.store.sessions import SessionOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameCommit:
    """One transaction of a host.

    journal      new rows by session, (n, JOURNAL_WIDTH), bot column of no account
    commands     in arrival order              decisions  in emission order
    states       new states by session         results    of the sessions that are over now
    feed_events  of `feed` on `day`
    """

    journal: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    commands: Sequence[CommandRow] = ()
    decisions: Sequence[DecisionRow] = ()
    states: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, SessionOutcome] = field(default_factory=dict)
    feed: str | None = None
    day: date | None = None
    feed_events: Sequence[FeedEvent] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to commit."""
        return not (
            any(len(rows) for rows in self.journal.values())
            or self.commands
            or self.decisions
            or self.states
            or self.results
            or self.feed_events
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameCommitted:
    """What the committed rows brought, by session: changed orders, further transactions."""

    orders: dict[str, list[Document]] = field(default_factory=dict)
    transactions: dict[str, list[Document]] = field(default_factory=dict)
