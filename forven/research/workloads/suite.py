"""The standard workloads of a size on every backend there is, over synthetic or own days."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from forven.market.catalog import Catalog
from forven.research.workloads.backends import BACKEND_VARIABLE, available_backends
from forven.research.workloads.contests import Contest
from forven.research.workloads.entrants import FLOOR, FLOOR_SCRIPT, OURS, WORKER, Entrant
from forven.research.workloads.rows import NANOSECONDS, RATE, SECONDS
from forven.research.workloads.sizes import Counts, Size
from forven.research.workloads.start import BACKTEST, FIRST_BACKTEST, HELP
from forven.strategies.structured import parse_strategy

OPTION_DAY, FLEET, QUOTE_STREAM = "option_day", "fleet", "quote_stream"
PIPELINE, START = "pipeline", "start"
WORKLOADS = (OPTION_DAY, FLEET, QUOTE_STREAM, PIPELINE, START)
OWN_WORKLOADS = (OPTION_DAY, FLEET, PIPELINE)
"""Those that run over days of the user's own."""
QUOTING = (("touch", 0), ("queue", 1_000), ("probabilistic", 1_000))
"""Fill models of the quote stream, and the latency of an order in microseconds."""
FILLS = ("backtest", "live")
MEMORY_FLOOR = "memory floor"
FLOOR_NOTE = (
    "sums the bid and the ask of each bot's own legs over every frame from the open to before the "
    "close; no strike, no threshold, no account"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnData:
    """Days of a user's own to measure instead of the synthetic ones.

    days      the latest of the dataset, as texts, that the option day and the fleet run over
    all_days  how many the dataset has: the pipeline runs over all of them
    strategy  path of a strategy document; None: iron condors, and the standard one in the pipeline
    document  its canonical form
    """

    data: str
    days: tuple[str, ...]
    all_days: int
    strategy: Path | None
    document: dict[str, object] | None

    @classmethod
    def opened(cls, data: str, strategy: Path | None, size: Size) -> "OwnData":
        """Return a dataset of the catalog and a strategy, both checked.

        errors: UnknownDataset, InvalidStrategy
        """
        document = None if strategy is None else parse_strategy(strategy).to_json()
        days = Catalog().open(data).days()
        latest = tuple(day.isoformat() for day in days[-size.own_days :])
        return cls(data=data, days=latest, all_days=len(days), strategy=strategy, document=document)

    def settings(self) -> dict[str, Any]:
        """Return what `day_bots` needs to know of it."""
        return {"data": self.data, "days": self.days, "home": None, "strategy": self.document}


class Suite:
    """The contests of one size; `home` is the data root that synthetic days are made in."""

    def __init__(self, size: Size, home: Path, own: OwnData | None = None) -> None:
        self.size = size
        self.home = home
        self.own = own
        self.backends, self.missing = available_backends()

    def contests(self, workloads: Iterable[str] = WORKLOADS) -> list[Contest]:
        """Return the contests of some workloads, in the order of `WORKLOADS`."""
        makers = {
            OPTION_DAY: self.option_days,
            FLEET: self.fleets,
            QUOTE_STREAM: self.quote_streams,
            PIPELINE: self.pipelines,
            START: self.starts,
        }
        wanted = set(workloads)
        return [contest for name in WORKLOADS if name in wanted for contest in makers[name]()]

    def option_days(self) -> list[Contest]:
        """Return the option days: each number of variants on each number of threads, two fills."""
        contests = [
            self._contest(
                OPTION_DAY,
                f"{bots(counts):,} variants over {self._days_text()}, {fills} fills, "
                f"{threads_text(threads)}",
                ("bot-days/s", RATE),
                {**self._day_settings(counts, fills), "threads": threads},
            )
            for threads in self.size.threads
            for number, counts in enumerate(self.size.variants)
            for fills in (FILLS if number == 0 and threads == 1 else FILLS[:1])
        ]
        return [self._with_memory_floor(contest) for contest in contests]

    def fleets(self) -> list[Contest]:
        """Return the fleets: each number of bots on each number of threads, live fills."""
        return [
            self._contest(
                FLEET,
                f"{bots(counts):,} bots a frame at a time, {threads_text(threads)}",
                ("ns/bot-frame", NANOSECONDS),
                {
                    **self._day_settings(counts, "live"),
                    "threads": threads,
                    "share": share,
                    "block_frames": self.size.block_frames,
                    "stretch_frames": self.size.stretch_frames,
                },
                rounds=self.size.heavy_rounds,
            )
            for threads in self.size.threads
            for counts, share in zip(self.size.fleets, self.size.fleet_shares, strict=True)
        ]

    def quote_streams(self) -> list[Contest]:
        """Return the quote stream with each fill model."""
        updates = self.size.quote_updates
        return [
            self._contest(
                QUOTE_STREAM,
                f"{updates:,} updates, two pegged orders, {model} fills, {quoting_text(late)}",
                ("updates/s", RATE),
                {
                    "updates": updates,
                    "short_updates": self.size.short_updates,
                    "model": model,
                    "latency_us": late,
                },
                rounds=max(2, self.size.rounds // 2),
            )
            for model, late in QUOTING
        ]

    def pipelines(self) -> list[Contest]:
        """Return the pipeline with one variant and with many."""
        size, own = self.size, self.own
        days = own.all_days if own else size.pipeline_days
        frames = "" if own else f" of {size.pipeline_frame_seconds}-second frames"
        settings = {
            "home": str(Catalog().folder.parent if own else self.home),
            "data": own.data if own else None,
            "days": days,
            "frame_seconds": size.pipeline_frame_seconds,
            "rss_bytes_max": size.pipeline_rss_bytes_max,
            "strategy": str(own.strategy) if own and own.strategy else None,
        }
        return [
            self._contest(
                PIPELINE,
                f"Parquet to metrics, {days} days{frames}, "
                f"{variants} variant{'s' if variants > 1 else ''}",
                ("bot-days/s", RATE),
                {**settings, "variants": variants},
                rounds=size.heavy_rounds,
                has_own_processes=True,
            )
            for variants in (1, size.pipeline_variants)
        ]

    def starts(self) -> list[Contest]:
        """Return the starts of the command line; without compiled kernels only once, if at all."""
        labels = {
            BACKTEST: "forven backtest of one small day",
            FIRST_BACKTEST: "the same right after an installation, nothing compiled",
            HELP: "forven --help",
        }
        if not self.size.has_cold_start:
            del labels[FIRST_BACKTEST]
        return [
            self._contest(
                START,
                label,
                ("s", SECONDS),
                {
                    "home": str(self.home),
                    "frame_seconds": self.size.start_frame_seconds,
                    "command": command,
                },
                rounds=0 if command == FIRST_BACKTEST else self.size.heavy_rounds + 2,
                has_own_processes=True,
            )
            for command, label in labels.items()
        ]

    def _contest(
        self,
        workload: str,
        label: str,
        figure: tuple[str, str],
        settings: dict[str, Any],
        rounds: int | None = None,
        has_own_processes: bool = False,
    ) -> Contest:
        """Return a contest of every backend."""
        rounds = self.size.rounds if rounds is None else rounds
        entrants = (
            Entrant(
                name=name,
                kind=OURS,
                script=WORKER,
                settings={"workload": workload, **settings},
                environment={BACKEND_VARIABLE: name},
            )
            for name in self.backends
        )
        return Contest(
            workload=workload,
            label=label,
            unit=figure[0],
            form=figure[1],
            rounds=max(0, rounds - 1) if has_own_processes else rounds,
            entrants=tuple(entrants),
            is_first_counted=has_own_processes,
            missing=self.missing,
        )

    def _with_memory_floor(self, contest: Contest) -> Contest:
        """Return an option day on one thread with the memory floor beside it."""
        settings = contest.entrants[0].settings
        if settings["threads"] > 1:
            return contest
        if find_spec("numba") is None:
            reason = "expected numba, found it not installed"
            return replace(contest, missing={**contest.missing, MEMORY_FLOOR: reason})
        floor = Entrant(
            name=MEMORY_FLOOR, kind=FLOOR, script=FLOOR_SCRIPT, settings=settings, note=FLOOR_NOTE
        )
        return replace(contest, entrants=(*contest.entrants, floor))

    def _day_settings(self, counts: Counts, fills: str) -> dict[str, Any]:
        """Return the settings of `day_bots`."""
        own = self.own.settings() if self.own else {"frame_seconds": self.size.frame_seconds}
        return {**own, "counts": counts, "fills": fills}

    def _days_text(self) -> str:
        """Return in words which days the option day runs over."""
        if self.own is None:
            return f"a day of {self.size.frame_seconds}-second frames"
        return f"{len(self.own.days)} day{'s' * (len(self.own.days) > 1)} of {self.own.data}"


def bots(counts: Counts) -> int:
    """Return how many condors some counts make."""
    return int(np.prod(counts))


def quoting_text(latency_us: int) -> str:
    """Return a latency in words."""
    return f"{latency_us / 1000:g} ms late" if latency_us else "no latency"


def threads_text(threads: int) -> str:
    """Return a number of threads in words."""
    return "one thread" if threads == 1 else f"{threads} threads"
