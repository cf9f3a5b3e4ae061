"""The option day, bot after bot: many strategies over the frames of a day, or of some days."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forven.engine.session import SessionResult, SessionRun
from forven.kernels import schema
from forven.market.catalog import Catalog
from forven.market.day import MarketDay
from forven.primitives.errors import ForvenError
from forven.primitives.identifiers import bytes_hash
from forven.research.workloads.inputs import (
    condor_plans,
    condors,
    journals_digest,
    opening_cash,
    option_day,
    plans_of,
    targets_of,
)
from forven.research.workloads.outcomes import outcomes_digest
from forven.research.workloads.sizes import BenchmarkFailed
from forven.research.workloads.taken import Taken, timed


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBots:
    """A day in memory and the plans of the bots that run on it."""

    day: MarketDay
    plans: NDArray[np.int64]

    @property
    def cash(self) -> NDArray[np.int64]:
        """(B,) micros each bot opens with."""
        return opening_cash(len(self.plans))


def synthetic_bots(settings: dict[str, Any]) -> list[DayBots]:
    """Return the synthetic day with condors that all differ.

    settings  frame_seconds, counts, fills
    """
    plans = condor_plans(tuple(settings["counts"]), settings["fills"])
    return [DayBots(day=option_day(settings["frame_seconds"]), plans=plans)]


def own_bots(settings: dict[str, Any]) -> list[DayBots]:
    """Return days of a dataset of the user's with condors, or variants of a strategy of his.

    settings  counts, fills, data, home (None: the usual), days (as texts), strategy (None: condors)
    """
    home = settings["home"]
    dataset = Catalog(None if home is None else Path(home)).open(settings["data"])
    counts, document = tuple(settings["counts"]), settings["strategy"]
    documents = condors(counts) if document is None else targets_of(document, int(np.prod(counts)))
    wanted = set(settings["days"])
    days = [dataset.load(day) for day in dataset.days() if day.isoformat() in wanted]
    return [
        DayBots(day=day, plans=plans_of(documents, day.bounds, settings["fills"])) for day in days
    ]


def day_bots(settings: dict[str, Any]) -> list[DayBots]:
    """Return what the settings name: days of `data`, or the synthetic day."""
    return own_bots(settings) if settings.get("data") else synthetic_bots(settings)


def run_bots(bots: DayBots, threads: int) -> list[SessionResult]:
    """Run every bot over its whole day on some threads."""
    run = SessionRun(bots.day, bots.plans, bots.cash, threads=threads)
    run.advance(bots.day.frame_count)
    if run.is_short:
        raise ForvenError(f"{bots.day.day}: expected every session to end, found some that did not")
    return run.results()


def check_entries(results: list[SessionResult]) -> None:
    """Refuse synthetic bots that never traded: they would make the figure of an idle loop."""
    for bot, result in enumerate(results):
        if not result.state[schema.STATE_FILLS]:
            raise BenchmarkFailed(f"bot {bot}: expected an entry, found none")


class OptionDay:
    """All variants over each day, from plans to every bot's journal, the days in memory.

    settings  as in `day_bots`, and threads
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self.threads: int = settings["threads"]
        self.bots = day_bots(settings)
        self.is_own = bool(settings.get("data"))
        self.results: list[list[SessionResult]] = []

    def round(self) -> Taken:
        """Run every variant over every day once."""
        seconds = 0.0
        self.results = []
        for bots in self.bots:
            own, results = timed(partial(run_bots, bots, self.threads))
            seconds += own
            self.results.append(results)
        if not self.is_own:
            check_entries(self.results[0])
        journals = [result.rows for day in self.results for result in day]
        sample = self.bots[0].day
        return Taken(
            seconds=seconds,
            units=sum(len(bots.plans) for bots in self.bots),
            digest=bytes_hash(journals_digest(day).encode("ascii") for day in self.results),
            agreements={
                "trades": outcomes_digest(
                    (bots.day, results)
                    for bots, results in zip(self.bots, self.results, strict=True)
                )
            },
            details={
                "bots": sum(len(bots.plans) for bots in self.bots),
                "days": len(self.bots),
                "frames": sum(bots.day.frame_count for bots in self.bots),
                "contracts": len(sample.symbols),
                "journal_rows": sum(map(len, journals)),
                "bot_frames_with_events": sum(
                    len(np.unique(rows[:, schema.JOURNAL_TS])) for rows in journals
                ),
            },
        )
