"""The start: `forven backtest` of one small day without and with compiled kernels, and the help."""

import tempfile
from pathlib import Path
from typing import Any

from forven.primitives.identifiers import bytes_hash
from forven.research.workloads.processes import (
    backtest,
    run_forven,
    standard_strategy,
    synthetic_dataset,
)
from forven.research.workloads.taken import Taken

BACKTEST, FIRST_BACKTEST, HELP = "backtest", "first_backtest", "help"


class Start:
    """Processes from nothing to their end.

    settings  home, frame_seconds, command: `backtest` with compiled kernels on disk,
              `first_backtest` without, as after an installation, or `help`
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self.home = Path(settings["home"])
        self.command: str = settings["command"]
        self.dataset = synthetic_dataset(1, settings["frame_seconds"], self.home)

    def round(self) -> Taken:
        """Start the command once and wait for its end."""
        if self.command == HELP:
            ran = run_forven("--help", home=self.home)
            digest = bytes_hash([ran.output.encode()])
        elif self.command == FIRST_BACKTEST:
            with tempfile.TemporaryDirectory(prefix="forven-bench-kernels-") as folder:
                own = (standard_strategy(), self.dataset, self.home)
                ran, digest = backtest(*own, kernels=Path(folder))
        else:
            ran, digest = backtest(standard_strategy(), self.dataset, self.home)
        details = {"command_rss_peak_bytes": float(ran.rss_bytes)}
        return Taken(seconds=ran.seconds, units=1, digest=digest, details=details)
