"""One option day, bot after bot: many iron condors over the frames of one day on one core."""

from collections.abc import Callable
from time import perf_counter

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.floor import floor_bytes, floor_sums
from benchmarks.inputs import (
    chosen_legs,
    condor_plans,
    held_frames,
    journals_digest,
    opening_cash,
    option_day,
)
from benchmarks.rows import WARM, Row, median, paired_ratio
from benchmarks.sizes import BenchmarkFailed, Size
from forven.engine.session import SessionResult, SessionRun, run_day
from forven.kernels import schema

MEASURE = "option_day"
FILLS = ("backtest", "live")


class OptionDay:
    """The variants over the day with one preset of fills, and the two floors beside them."""

    def __init__(self, size: Size, fills: str) -> None:
        self.fills = fills
        self.day = option_day(size.frame_seconds)
        self.plans = condor_plans(size.variants, fills)
        self.cash = opening_cash(len(self.plans))
        start = perf_counter()
        self.results = self._run()
        self.seconds_first = perf_counter() - start
        self.digest = journals_digest(self.results)
        self.legs = chosen_legs(self.results)
        self.held = held_frames(self.day, self.results)
        self.whole = np.tile([0, self.day.frame_count - 1], (len(self.plans), 1)).astype(np.int64)
        self.samples: list[float] = []
        self.floor_samples: list[float] = []
        self.held_samples: list[float] = []

    def scan_floors(self) -> None:
        """Take both floors once, just before the sessions, so that they meet the same machine."""
        quotes = self.day.quotes
        self._timed(self.floor_samples, lambda: floor_sums(quotes, self.legs, self.whole))
        self._timed(self.held_samples, lambda: floor_sums(quotes, self.legs, self.held))

    def run(self) -> None:
        """Run every variant over the day once; its journals must be those of the first time."""
        results = self._timed(self.samples, self._run)
        if journals_digest(results) != self.digest:
            raise BenchmarkFailed(f"{self.fills}: expected digest {self.digest} in every round")

    def row(self) -> Row:
        """Return what was measured."""
        seconds = median(self.samples)
        bots, floor, held = len(self.plans), median(self.floor_samples), median(self.held_samples)
        return Row(
            measure=MEASURE,
            label=f"{bots:,} variants over one day, {self.fills} fills, one core",
            state=WARM,
            value=bots / seconds,
            unit="bot-days/s",
            samples=self.samples,
            digest=self.digest,
            ratio=paired_ratio(self.samples, self.floor_samples),
            ratio_to="day floor",
            details={
                "bots": bots,
                "frames": self.day.frame_count,
                "contracts": len(self.day.symbols),
                "seconds_first": self.seconds_first,
                "floor_seconds": floor,
                "floor_gigabytes_per_second": floor_bytes(self.legs, self.whole) / floor / 1e9,
                "held_floor_seconds": held,
                "ratio_to_held_floor": paired_ratio(self.samples, self.held_samples),
                "held_frames_mean": float((self.held[:, 1] - self.held[:, 0]).mean()),
                "leg_sets": len(np.unique(self.legs, axis=0)),
                "instruments_read": len(np.unique(self.legs)),
                "entered": int((self.held[:, 1] > 0).sum()),
                **self.phases(),
            },
        )

    def phases(self) -> dict[str, float]:
        """Return the seconds of each phase of one more run, cut at 09:35, and the frames' kinds.

        A frame with events is one in which a bot wrote its journal; the others were quiet, or
        taken in full for an order that stayed pending.
        """
        run = SessionRun(self.day, self.plans, self.cash)
        last = self.day.frame_count
        entry = self.day.frame_at(int(self.plans[0, schema.PLAN_ENTRIES + schema.ENTRY_FROM]))
        cuts = {"waiting": entry, "entry": entry + 1, "after_entry": last - 1, "close": last}
        seconds = {}
        for name, frame in cuts.items():
            start = perf_counter()
            run.advance(frame)
            seconds[f"seconds_{name}"] = perf_counter() - start
        start = perf_counter()
        results = run.results()
        seconds["seconds_results"] = perf_counter() - start
        rows = np.concatenate([result.rows for result in results])
        keys = rows[:, [schema.JOURNAL_BOT, schema.JOURNAL_TS]]
        return {
            **seconds,
            "journal_rows": len(rows),
            "bot_frames": len(self.plans) * last,
            "bot_frames_with_events": len(np.unique(keys, axis=0)),
        }

    def _run(self) -> list[SessionResult]:
        """Run every variant over the whole day."""
        return run_day(self.day, self.plans, self.cash)

    @staticmethod
    def _timed(samples: list[float], work: Callable[[], object]) -> object:
        """Return what `work` returns, its seconds added to the samples."""
        start = perf_counter()
        result = work()
        samples.append(perf_counter() - start)
        return result


@pytest.mark.parametrize("fills", FILLS)
def bench_option_day(benchmark: BenchmarkFixture, size: Size, fills: str) -> None:
    workload = OptionDay(size, fills)
    benchmark.pedantic(workload.run, setup=workload.scan_floors, rounds=size.rounds)
    benchmark.extra_info["rows"] = [workload.row().as_dict()]
