"""The synthetic feed: made-up trading days without end, each told by seed and date alone."""

import json
import os
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

from forven.market.bounds import SessionBounds
from forven.market.calendar import LAST_DAY, TradingCalendar
from forven.market.feeds.day_files import read_ticks
from forven.market.feeds.feed import FeedOptions
from forven.market.feeds.played import PlayedFeed
from forven.market.synthetic.spec import SyntheticSpec
from forven.market.ticks import DayTicks
from forven.primitives.errors import EmptyRange, ForvenError, InvalidInput, UntrustedData
from forven.primitives.version import __version__

FIRST_DAY = date(2024, 1, 2)
"""The first day of every synthetic market."""
_MAKER = "forven.market.feeds.synthetic_maker"
_SOURCE = Path(__file__).resolve().parents[3]


class SyntheticDays:
    """Days of one synthetic market, made by a process beside ours and kept in a folder.

    A day's number in the market is that of its session since 2024-01-02, so that the same seed and
    date give the same day wherever a feed begins.
    """

    def __init__(self, spec: SyntheticSpec, calendar: TradingCalendar, folder: Path) -> None:
        self._spec = spec
        self._calendar = calendar
        self._folder = folder / __version__ / f"{spec.seed}-{spec.frame_seconds}s"
        self._maker: subprocess.Popen[bytes] | None = None
        self._is_closed = False
        self._lock = threading.Lock()

    def load(self, day: date) -> tuple[DayTicks, SessionBounds]:
        """Return a day's ticks, made if they are not kept or not as they were made."""
        bounds = self._calendar.bounds(day)
        path = self._folder / f"{day}.ticks"
        if path.is_file():
            try:
                return read_ticks(path), bounds
            except UntrustedData:
                path.unlink(missing_ok=True)  # it is made again: the same bytes
        self._make(bounds, path)
        return read_ticks(path), bounds

    def close(self) -> None:
        """End the process that makes a day, if there is one."""
        with self._lock:
            self._is_closed = True
            if self._maker is not None:
                self._maker.kill()

    def _make(self, bounds: SessionBounds, path: Path) -> None:
        index = len(self._calendar.days(FIRST_DAY, bounds.day)) - 1
        spec = (str(self._spec.seed), str(self._spec.frame_seconds), str(index))
        command = [sys.executable, "-m", _MAKER, *spec, json.dumps(bounds.as_dict()), str(path)]
        paths = [str(_SOURCE), *filter(None, [os.environ.get("PYTHONPATH")])]
        with self._lock:
            if self._is_closed:
                raise ForvenError(f"synthetic day {bounds.day}: the feed was closed")
            self._maker = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            )
        _, told = self._maker.communicate()
        if self._maker.returncode:
            lines = told.decode("utf-8", "replace").strip().splitlines()
            reason = lines[-1] if lines else f"its process ended with {self._maker.returncode}"
            raise ForvenError(f"synthetic day {bounds.day} cannot be made: {reason}")


def synthetic_feed(
    seed: int, calendar: TradingCalendar, folder: Path, options: FeedOptions
) -> PlayedFeed:
    """Return a feed of synthetic days; those that were made are kept in `folder`.

    errors  InvalidInput: days before 2024-01-02, a seed or frame length out of range; EmptyRange
    """
    spec = SyntheticSpec(seed=seed, frame_seconds=options.frame_seconds)
    first = options.first_day or FIRST_DAY
    if first < FIRST_DAY:
        raise InvalidInput(f"first_day: expected {FIRST_DAY} or later, found {first}")
    dates = calendar.days(first, options.last_day or LAST_DAY)
    if not dates:
        raise EmptyRange(
            f"synthetic:{seed}: expected a trading day from {first} to {options.last_day}, "
            "found none"
        )
    days = SyntheticDays(spec, calendar, folder)
    suffix = "" if options.frame_seconds == 1 else f"-{options.frame_seconds}s"
    return PlayedFeed(f"synthetic:{seed}{suffix}", dates, days.load, options, days.close)
