"""Chunks of a sweep spread over machines by Dask: the plan goes out once, tables come back.

The only file that needs the extra `distributed`; it is loaded where a cluster is asked for.
"""

import contextlib
import io
import pickle
import tempfile
from collections.abc import Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from distributed import Client, as_completed
from distributed.comm.core import CommClosedError
from distributed.scheduler import KilledWorker

from forven.market.bars.bars import Bars
from forven.primitives.errors import ForvenError, InvalidInput
from forven.primitives.version import __version__
from forven.research.sweeps.chunk import run_chunk, warmup_of_chunk
from forven.research.sweeps.combinations import Combinations
from forven.research.sweeps.plan import SweepPlan, SweepSettings
from forven.strategies.bars.files import strategy_of
from forven.strategies.bars.registry import strategy_named
from forven.strategies.bars.strategy import BarStrategy

SCHEME = "dask://"
CONNECT_SECONDS = 15
Chunk = tuple[int, int]


class NoCluster(ForvenError):
    """The cluster cannot be reached, or cannot run this sweep."""


class Cluster:
    """Runs chunks on the workers of a Dask scheduler, `dask://HOST:PORT`.

    The workers need this version of forven. Results are the same as here, bit for bit.
    """

    def __init__(self, address: str, threads: int = 1) -> None:
        if not address.startswith(SCHEME) or ":" not in address.removeprefix(SCHEME):
            raise InvalidInput(f"--on: expected {SCHEME}HOST:PORT, found {address!r}")
        self.address = "tcp://" + address.removeprefix(SCHEME)
        self.threads = threads
        self._client: Any = None
        self._sent: Any = None

    def warmup(self, plan: SweepPlan, chunks: list[Chunk]) -> int:
        """Return the longest warm-up of all runs, bars."""
        client = self._connected(plan)
        futures = [client.submit(_warmup, self._sent, *chunk) for chunk in chunks]
        with self._kept():
            return max(client.gather(futures))

    def tables(
        self, plan: SweepPlan, todo: list[tuple[int, Chunk]], segments: npt.NDArray[np.int64]
    ) -> Iterator[tuple[int, pa.Table]]:
        """Yield each chunk's rows as they come back."""
        client = self._connected(plan)
        listed = segments.tolist()
        futures = {
            client.submit(_table, self._sent, chunk, listed, self.threads): number
            for number, chunk in todo
        }
        try:
            with self._kept():
                for future in as_completed(futures):
                    yield futures[future], pa.ipc.open_stream(future.result()).read_all()
                    future.release()
        finally:
            client.close()
            self._client = None

    @contextlib.contextmanager
    def _kept(self) -> Iterator[None]:
        """Tell of a cluster that is lost on the way: of all its workers, or the scheduler."""
        try:
            yield
        except (CancelledError, CommClosedError, KilledWorker) as error:
            raise NoCluster(
                f"{self.address}: expected workers until the end, found them lost ({error}); what "
                "is done stays in the folder: start workers and run the same command again"
            ) from error

    def _connected(self, plan: SweepPlan) -> Any:
        """Connect once, check the workers, and send them the plan."""
        if self._client is not None:
            return self._client
        try:
            self._client = Client(self.address, timeout=CONNECT_SECONDS)
            versions = self._client.run(_version)
        except (OSError, TimeoutError) as error:
            raise NoCluster(f"{self.address}: expected a Dask scheduler, found none") from error
        if not versions:
            raise NoCluster(f"{self.address}: expected workers, found none; start `dask worker`")
        for worker, version in versions.items():
            if version != __version__:
                raise NoCluster(f"{worker}: expected forven {__version__}, found {version}")
        self._sent = self._client.scatter(pickle.dumps(_Sent.of(plan)), broadcast=True)
        return self._client


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """A plan as it travels: a strategy goes by name or as the text of its file."""

    strategy: str
    bars: dict[str, Any]
    combinations: Combinations
    settings: SweepSettings

    @classmethod
    def of(cls, plan: SweepPlan) -> "_Sent":
        names = ("symbol", "timeframe", "calendar", "decimals", "ends_ns", "prices", "volume")
        bars = {name: getattr(plan.bars, name) for name in (*names, "bars_per_year")}
        return cls(
            strategy=plan.strategy.name,
            bars={**bars, "columns": dict(plan.bars.columns)},
            combinations=plan.combinations,
            settings=plan.settings,
        )

    def plan(self) -> SweepPlan:
        return SweepPlan(
            strategy=_written(self.settings.source, self.strategy),
            combinations=self.combinations,
            bars=Bars(**self.bars),
            settings=self.settings,
        )


def _written(source: str, name: str) -> BarStrategy:
    """Return a built-in strategy, or that of a text as it is in a file."""
    if not source:
        return strategy_named(name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "strategy.py"
        path.write_text(source)
        return strategy_of(path, name)


_unpacked: dict[bytes, SweepPlan] = {}


def _plan(sent: bytes) -> SweepPlan:
    """Return a plan that was sent, unpacked once a worker."""
    if sent not in _unpacked:
        _unpacked.clear()
        _unpacked[sent] = pickle.loads(sent).plan()  # our own bytes, of the client
    return _unpacked[sent]


def _version() -> str:
    return __version__


def _warmup(sent: bytes, begin: int, end: int) -> int:
    return warmup_of_chunk(_plan(sent), begin, end)[0]


def _table(sent: bytes, chunk: Chunk, segments: list[list[int]], threads: int) -> bytes:
    table = run_chunk(_plan(sent), *chunk, np.array(segments, np.int64), threads)
    stream = io.BytesIO()
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table)
    return stream.getvalue()
