"""Bots of one day dealt out to threads, each a run of its own: the kernel lets go of the GIL."""

from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from forven.engine.session import SessionResult, SessionRun
from forven.market.day import MarketDay


class Crew:
    """A `SessionRun` on some threads; a bot's journal is the same on any number of them."""

    def __init__(
        self,
        day: MarketDay,
        plans: NDArray[np.int64],
        opening_cash: NDArray[np.int64],
        threads: int = 1,
    ) -> None:
        dealt = zip(
            np.array_split(plans, threads), np.array_split(opening_cash, threads), strict=True
        )
        self._runs = [SessionRun(day, own, cash) for own, cash in dealt]
        self._pool = ThreadPoolExecutor(max_workers=threads) if threads > 1 else None

    def __enter__(self) -> "Crew":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown()

    def advance(self, frame_to: int) -> None:
        """Take every bot up to, not including, a frame."""
        if self._pool is None:
            self._runs[0].advance(frame_to)
            return
        for done in [self._pool.submit(run.advance, frame_to) for run in self._runs]:
            done.result()

    def results(self) -> list[SessionResult]:
        """Return what each bot has done so far, in the order of the plans."""
        return [result for run in self._runs for result in run.results()]

    @property
    def state_bytes(self) -> int:
        """Bytes of all bots' states."""
        return sum(run.states.nbytes for run in self._runs)
