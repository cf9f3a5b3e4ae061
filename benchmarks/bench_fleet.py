"""A fleet, frame after frame: thousands of bots in one pass per frame, as a live host runs them."""

from time import perf_counter_ns

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.inputs import (
    Counts,
    condor_plans,
    held_frames,
    journals_digest,
    opening_cash,
    option_day,
)
from benchmarks.rows import WARM, Row
from benchmarks.sizes import SIZES, BenchmarkFailed, Size
from forven.engine.session import SessionResult, SessionRun, run_day
from forven.kernels import schema
from forven.market.day import MarketDay

MEASURE = "fleet"
FILLS = "live"
_FILLED_SHARE = 0.9
"""The stretch of holding bots begins when this share of the entries is filled."""


class Fleet:
    """Bots with `live` fills that are taken through the day a frame at a time."""

    def __init__(self, size: Size, counts: Counts) -> None:
        self.day = option_day(size.frame_seconds)
        self.plans = condor_plans(counts, FILLS)
        self.stretch = size.stretch_frames
        self.cash = opening_cash(len(self.plans))
        whole = run_day(self.day, self.plans, self.cash)
        self.digest = journals_digest(whole)
        self.held = held_frames(self.day, whole)
        self.signals = exit_signals(self.day, whole)
        self.frames_ns: list[NDArray[np.int64]] = []
        self.state_bytes = 0

    def step_through(self) -> None:
        """Take the whole day frame by frame; the journals must be those of bot after bot."""
        run = SessionRun(self.day, self.plans, self.cash)
        self.state_bytes = run.states.nbytes
        self.frames_ns.append(stepped(run, 0, self.day.frame_count))
        found = journals_digest(run.results())
        if found != self.digest:
            raise BenchmarkFailed(
                f"frame-major: expected the bot-major digest {self.digest}, found {found}"
            )

    def rows(self) -> list[Row]:
        """Return the whole day, then what bots cost that wait, and that hold."""
        bots, frames = len(self.plans), self.day.frame_count
        every = np.concatenate(self.frames_ns)
        entry = self.day.frame_at(int(self.plans[0, schema.PLAN_ENTRIES + schema.ENTRY_FROM]))
        idle = np.concatenate([taken[1:entry] for taken in self.frames_ns])
        day_details = {
            "bots": bots,
            "frames": frames,
            "frame_ns_p50": float(np.percentile(every, 50)),
            "frame_ns_p99": float(np.percentile(every, 99)),
            "frame_ns_max": float(every.max()),
            "state_bytes": self.state_bytes,
            "state_bytes_per_bot": self.state_bytes / bots,
        }
        held_ns, holders = self.holding()
        return [
            self._row("whole day, mean", every, day_details),
            self._row("flat, waiting for 09:35", idle, {"bots": bots, "frames": idle.size}),
            self._row(
                "holding four legs",
                held_ns,
                {"bots": bots, "frames": held_ns.size, "distinct_bots": holders},
            ),
        ]

    def holding(self) -> tuple[NDArray[np.int64], int]:
        """Return the nanoseconds of each frame of a stretch in which every bot holds.

        The fleet's bots that hold all through the stretch, repeated to the size of the fleet.
        """
        entered = self.held[:, 1] > 0
        first = int(np.quantile(self.held[entered, 0], _FILLED_SHARE)) + 1
        last = first + self.stretch
        holders = np.flatnonzero(entered & (self.held[:, 0] < first) & (self.signals >= last))
        if holders.size == 0:
            raise BenchmarkFailed(f"expected bots that hold from frame {first} to {last}")
        chosen = np.resize(holders, len(self.plans))
        run = SessionRun(self.day, self.plans[chosen], self.cash)
        run.advance(first)
        return stepped(run, first, last), int(holders.size)

    def _row(self, label: str, taken: NDArray[np.int64], details: dict[str, float]) -> Row:
        """Return the row of some frames' nanoseconds."""
        bots = len(self.plans)
        return Row(
            measure=MEASURE,
            label=f"{bots:,} bots, {label}",
            state=WARM,
            value=float(taken.mean()) / bots,
            unit="ns/bot-frame",
            samples=[float(taken.sum()) / 1e9],
            digest=self.digest,
            details=details,
        )


def exit_signals(day: MarketDay, results: list[SessionResult]) -> NDArray[np.int64]:
    """Return (B,) the frame in which each bot first wanted to leave; the close if in none."""
    frames = np.full(len(results), day.frame_count - 1, np.int64)
    for bot, result in enumerate(results):
        rows = result.rows
        wished = rows[rows[:, schema.JOURNAL_KIND] == schema.EVENT_EXIT_SIGNAL]
        if len(wished):
            frames[bot] = day.frame_at(int(wished[0, schema.JOURNAL_TS]))
    return frames


def stepped(run: SessionRun, first: int, last: int) -> NDArray[np.int64]:
    """Take a run through the frames `first` to before `last`; return the nanoseconds of each."""
    taken = np.empty(last - first, np.int64)
    for frame in range(first, last):
        start = perf_counter_ns()
        run.advance(frame + 1)
        taken[frame - first] = perf_counter_ns() - start
    return taken


@pytest.mark.parametrize("number", range(len(SIZES["real"].fleets)))
def bench_fleet(benchmark: BenchmarkFixture, size: Size, number: int) -> None:
    workload = Fleet(size, size.fleets[number])
    benchmark.pedantic(workload.step_through, rounds=size.fleet_rounds)
    benchmark.extra_info["rows"] = [row.as_dict() for row in workload.rows()]
