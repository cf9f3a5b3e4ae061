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

    def __init__(self, size: Size, counts: Counts, share: int = 1) -> None:
        self.day = option_day(size.frame_seconds)
        self.plans = condor_plans(counts, FILLS)
        self.stretch = size.stretch_frames
        frames = np.arange(self.day.frame_count)
        self.frames = frames[frames // size.block_frames % share == 0]
        self.cash = opening_cash(len(self.plans))
        whole = run_day(self.day, self.plans, self.cash)
        self.digest = journals_digest(whole)
        self.held = held_frames(self.day, whole)
        self.signals = exit_signals(self.day, whole)
        self.frames_ns: list[NDArray[np.int64]] = []
        self.state_bytes = 0

    def step_through(self) -> None:
        """Take the day frame by frame where it is stepped through, the rest in between at once.

        The journals must be those of bot after bot.
        """
        run = SessionRun(self.day, self.plans, self.cash)
        self.state_bytes = run.states.nbytes
        self.frames_ns.append(stepped(run, self.frames))
        run.advance(self.day.frame_count)
        found = journals_digest(run.results())
        if found != self.digest:
            raise BenchmarkFailed(
                f"frame-major: expected the bot-major digest {self.digest}, found {found}"
            )

    def rows(self) -> list[Row]:
        """Return the whole day, then what bots cost that wait, and that hold."""
        bots = len(self.plans)
        every = np.concatenate(self.frames_ns)
        entry = self.day.frame_at(int(self.plans[0, schema.PLAN_ENTRIES + schema.ENTRY_FROM]))
        waits = (self.frames > 0) & (self.frames < entry)
        idle = np.concatenate([taken[waits] for taken in self.frames_ns])
        day_details = {
            "bots": bots,
            "frames": len(self.frames),
            "frame_ns_p50": float(np.percentile(every, 50)),
            "frame_ns_p99": float(np.percentile(every, 99)),
            "frame_ns_max": float(every.max()),
            "state_bytes": self.state_bytes,
            "state_bytes_per_bot": self.state_bytes / bots,
        }
        is_sample = len(self.frames) < self.day.frame_count
        text = "a sample of the day, mean" if is_sample else "whole day, mean"
        held_ns, holders = self.holding()
        return [
            self._row(text, every, day_details),
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
        return stepped(run, np.arange(first, last)), int(holders.size)

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


def stepped(run: SessionRun, frames: NDArray[np.int64]) -> NDArray[np.int64]:
    """Take a run through each of these rising frames alone; return the nanoseconds of each."""
    taken = np.empty(len(frames), np.int64)
    reached = 0
    for index, frame in enumerate(frames.tolist()):
        if frame > reached:
            run.advance(frame)
        start = perf_counter_ns()
        run.advance(frame + 1)
        taken[index] = perf_counter_ns() - start
        reached = frame + 1
    return taken


@pytest.mark.parametrize("number", range(len(SIZES["real"].fleets)))
def bench_fleet(benchmark: BenchmarkFixture, size: Size, number: int) -> None:
    workload = Fleet(size, size.fleets[number], size.fleet_shares[number])
    benchmark.pedantic(workload.step_through, rounds=size.fleet_rounds)
    benchmark.extra_info["rows"] = [row.as_dict() for row in workload.rows()]
