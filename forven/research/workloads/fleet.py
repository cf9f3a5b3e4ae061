"""A fleet, frame after frame: thousands of bots in one pass per frame, as a live host runs them."""

from time import perf_counter_ns
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forven.engine.session import SessionResult, SessionRun
from forven.kernels import schema
from forven.market.day import MarketDay
from forven.research.workloads.inputs import held_frames, journals_digest
from forven.research.workloads.option_day import day_bots, run_bots
from forven.research.workloads.sizes import BenchmarkFailed
from forven.research.workloads.taken import Taken

_FILLED_SHARE = 0.9
"""The stretch of holding bots begins when this share of the entries is filled."""


class Fleet:
    """Bots that are taken through the day a frame at a time.

    settings  as in `day_bots` (of several days the last), threads, share (one of so many blocks is
              stepped through), block_frames, stretch_frames
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self.bots = day_bots(settings)[-1]
        self.day, self.plans, self.cash = self.bots.day, self.bots.plans, self.bots.cash
        self.threads: int = settings["threads"]
        self.stretch: int = settings["stretch_frames"]
        frames = np.arange(self.day.frame_count)
        self.frames = frames[frames // settings["block_frames"] % settings["share"] == 0]
        self.whole = run_bots(self.bots, 1)
        self.digest = journals_digest(self.whole)
        self.held = held_frames(self.day, self.whole)
        self.signals = exit_signals(self.day, self.whole)

    def round(self) -> Taken:
        """Take the day frame by frame where it is stepped through, the rest in between at once.

        The journals must be those of bot after bot.
        """
        run = SessionRun(self.day, self.plans, self.cash, threads=self.threads)
        taken_ns = stepped(run, self.frames)
        run.advance(self.day.frame_count)
        found = journals_digest(run.results())
        if found != self.digest:
            raise BenchmarkFailed(
                f"frame-major: expected the bot-major digest {self.digest}, found {found}"
            )
        bots = len(self.plans)
        entry = self.day.frame_at(int(self.plans[0, schema.PLAN_ENTRIES + schema.ENTRY_FROM]))
        waits = (self.frames > 0) & (self.frames < entry)
        details = {
            "bots": bots,
            "frames_stepped": len(self.frames),
            "frame_ns_p50": float(np.percentile(taken_ns, 50)),
            "frame_ns_p99": float(np.percentile(taken_ns, 99)),
            "frame_ns_max": float(taken_ns.max()),
            "state_bytes": run.states.nbytes,
            "state_bytes_per_bot": run.states.nbytes / bots,
        }
        if waits.any():
            details["waiting_ns_per_bot_frame"] = float(taken_ns[waits].mean()) / bots
        return Taken(
            seconds=float(taken_ns.sum()) / 1e9,
            units=bots * len(self.frames),
            digest=self.digest,
            details={**details, **self.holding()},
        )

    def holding(self) -> dict[str, float]:
        """Return what a bot costs a frame in a stretch in which every bot holds.

        The fleet's bots that hold all through the stretch, repeated to the size of the fleet; none
        if no bot does.
        """
        entered = self.held[:, 1] > 0
        if not entered.any():
            return {}
        first = int(np.quantile(self.held[entered, 0], _FILLED_SHARE)) + 1
        last = first + self.stretch
        holders = np.flatnonzero(entered & (self.held[:, 0] < first) & (self.signals >= last))
        if not holders.size or last > self.day.frame_count:
            return {}
        chosen = np.resize(holders, len(self.plans))
        run = SessionRun(self.day, self.plans[chosen], self.cash, threads=self.threads)
        run.advance(first)
        taken_ns = stepped(run, np.arange(first, last))
        return {
            "holding_ns_per_bot_frame": float(taken_ns.mean()) / len(self.plans),
            "holding_distinct_bots": int(holders.size),
        }


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
    """Take bots through each of these rising frames alone; return the nanoseconds of each."""
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
