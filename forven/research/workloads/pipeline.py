"""The whole way: from Parquet on disk to figures, for one strategy and for a hundred of them."""

from pathlib import Path
from typing import Any

from forven.research.workloads.processes import (
    backtest,
    run_python,
    standard_strategy,
    synthetic_dataset,
)
from forven.research.workloads.sizes import BenchmarkFailed
from forven.research.workloads.taken import Taken

_MANY = "forven.research.workloads.many"


class Pipeline:
    """A dataset's days by commands in processes of their own.

    settings  home, data (None: the synthetic days), days, frame_seconds, variants, rss_bytes_max,
              strategy (a path; None: the standard one)

    One variant runs `forven backtest --json`; more run through the engine, each day read once.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self.home = Path(settings["home"])
        self.variants: int = settings["variants"]
        self.days: int = settings["days"]
        self.rss_bytes_max: int = settings["rss_bytes_max"]
        self.strategy = settings["strategy"] or standard_strategy()
        self.dataset = settings["data"] or synthetic_dataset(
            self.days, settings["frame_seconds"], self.home
        )

    def round(self) -> Taken:
        """Run the command once; it must keep to its memory."""
        if self.variants == 1:
            ran, digest = backtest(self.strategy, self.dataset, self.home)
        else:
            words = (self.strategy, self.dataset, str(self.variants))
            ran = run_python("-m", _MANY, *words, home=self.home)
            digest = ran.output.split()[-1]
        if ran.rss_bytes >= self.rss_bytes_max:
            raise BenchmarkFailed(
                f"expected a peak below {self.rss_bytes_max / 1e6:.0f} MB, "
                f"found {ran.rss_bytes / 1e6:.0f} MB"
            )
        return Taken(
            seconds=ran.seconds,
            units=self.days * self.variants,
            digest=digest,
            details={
                "days": self.days,
                "variants": self.variants,
                "days_per_second": self.days / ran.seconds,
                "command_rss_peak_bytes": ran.rss_bytes,
            },
        )
