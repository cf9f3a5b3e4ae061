"""The plan of a sweep of a structured strategy over recorded sessions, identified by a hash."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from forven.engine.policy import SessionPolicy
from forven.market.dataset import Dataset
from forven.primitives.errors import EmptyRange, InvalidInput, InvalidStrategy
from forven.primitives.identifiers import content_hash
from forven.primitives.money import money_text
from forven.primitives.version import __version__
from forven.research.sweeps.combinations import Combinations
from forven.research.sweeps.sessions_places import Document, document_with
from forven.strategies.structured import StructuredStrategy, parse_strategy

CHUNK_RUNS = 256
"""Fewer than over bars: each of them is run over every session, with two kinds of fills."""
COMBINATIONS_MAX = 100_000
SESSIONS_MIN = 2
"""Of a segment: the least that has a variance."""


@dataclass(frozen=True, kw_only=True)
class SessionsPlan:
    """A sweep: a strategy's canonical document, combinations of values in it, sessions, a policy.

    days       of the dataset, in order       capital    opening cash of every session, micros
    train_pct  percent of the days before the cut; None: one segment over all
    refused    why the compiler refused the first of those left out; "" where none was
    """

    strategy: Document
    combinations: Combinations
    dataset: Dataset
    days: tuple[date, ...]
    policy: SessionPolicy
    capital: int
    train_pct: int | None
    refused: str = ""

    @property
    def name(self) -> str:
        """The strategy's name; one that has none is known by its hash."""
        return str(self.strategy["name"]) or content_hash(self.strategy)[:12]

    @property
    def subject(self) -> str:
        """What is run over, in words."""
        return f"{len(self.days):,} sessions of {self.dataset.name}"

    @property
    def left_out_text(self) -> str:
        """How many combinations were left out and why, or missing in a sample; "" for none."""
        count = self.combinations.left_out
        refused = f"{count:,} refused, the first because of {self.refused}" if count else ""
        return ", ".join(filter(None, (self.combinations.asked_text, refused)))

    @property
    def is_split(self) -> bool:
        """Whether there are a train and a test segment."""
        return self.train_pct is not None

    def strategies(self, begin: int, end: int) -> list[StructuredStrategy]:
        """Return the strategies of the combinations from `begin` to `end - 1`."""
        sets = self.combinations.sets(begin, end)
        return [parse_strategy(document_with(self.strategy, values)) for values in sets]

    def chunks(self) -> list[tuple[int, int]]:
        """Return the first run and the one after the last of each chunk."""
        count = len(self.combinations)
        return [(begin, min(begin + CHUNK_RUNS, count)) for begin in range(0, count, CHUNK_RUNS)]

    def segments(self, warmup: int = 0) -> npt.NDArray[np.int64]:
        """Return the first session and the one after the last of each segment; EmptyRange."""
        count = len(self.days)
        if self.train_pct is None:
            return np.array([[warmup, count]], np.int64)
        cut = count * self.train_pct // 100
        if min(cut, count - cut) < SESSIONS_MIN:
            raise EmptyRange(
                f"{self.dataset.name}: expected {SESSIONS_MIN} sessions or more before and after "
                f"{self.train_pct} % of them, found {count}; give more days, or --train-pct 100"
            )
        return np.array([[warmup, cut], [cut, count]], np.int64)

    def document(self) -> dict[str, object]:
        """Return everything that decides the results."""
        return {
            "kind": "sessions",
            "version": __version__,
            "strategy": self.name,
            "strategy_document": self.strategy,
            "subject": self.subject,
            **self.combinations.document(),
            "refused": self.refused,
            "dataset": self.dataset.name,
            "sessions": len(self.days),
            "first_day": self.days[0].isoformat(),
            "last_day": self.days[-1].isoformat(),
            "data_hash": self.dataset.content_hash_of(self.days),
            "policy": self.policy.to_json(),
            "capital": money_text(self.capital),
            "train_pct": self.train_pct,
            "chunk_runs": CHUNK_RUNS,
        }

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the document: sweeps of one hash have the same results."""
        return content_hash(self.document())


def compiled_alone(strategy: Document, combinations: Combinations) -> tuple[Combinations, str]:
    """Return the combinations that compile, and why the first of the others was refused.

    errors  InvalidInput for too many, InvalidStrategy where none compiles
    """
    count = len(combinations)
    if count > COMBINATIONS_MAX:
        raise InvalidInput(
            f"grid: expected at most {COMBINATIONS_MAX:,} combinations over sessions, found "
            f"{count:,}; take larger steps, or a sample: --sobol 1024 or --random 1024"
        )
    keeps = np.ones(count, bool)
    refused = ""
    for at, values in enumerate(combinations.sets(0, count)):
        try:
            parse_strategy(document_with(strategy, values))
        except InvalidStrategy as error:
            keeps[at] = False
            said = ", ".join(f"{path}={value}" for path, value in values.items())
            refused = refused or f"{said}: {error}"
    if not keeps.any():
        raise InvalidStrategy(
            f"grid: expected a combination that is a strategy, found none among {count:,}; the "
            f"first, {refused}"
        )
    columns = {name: values[keeps] for name, values in combinations.columns.items()}
    left_out = combinations.left_out + int(count - keeps.sum())
    return replace(combinations, columns=columns, left_out=left_out), refused
