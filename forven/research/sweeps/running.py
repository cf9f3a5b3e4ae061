"""Runs a sweep: warm-ups first, then chunk after chunk, here or on a cluster; kept as it goes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from forven.kernels import backend
from forven.primitives.version import __version__
from forven.research.sweeps.chunk import run_chunk, warmup_of_chunk
from forven.research.sweeps.combinations import Combinations
from forven.research.sweeps.digest import table_digest
from forven.research.sweeps.folder import SweepFolder
from forven.research.sweeps.plan import SweepPlan
from forven.research.sweeps.results import SweepResults
from forven.strategies.bars.compilation import Layout

LAYOUTS_KEPT = 32
"""Chunks whose layouts stay from the first pass; of longer sweeps they are made twice."""

Chunk = tuple[int, int]
Segments = npt.NDArray[np.int64]
Observer = Callable[[int, pa.Table], None]
"""Told of each chunk that is done: its number and its rows."""


class Plan(Protocol):
    """What is run, of whichever kind: `SweepPlan` over bars, `SessionsPlan` over sessions."""

    @property
    def name(self) -> str:
        """The strategy's name."""

    @property
    def subject(self) -> str:
        """What is run over, in words."""

    @property
    def combinations(self) -> Combinations:
        """The parameter sets, in the order they are run."""

    @property
    def left_out_text(self) -> str:
        """How many combinations were left out and why, or missing in a sample; "" for none."""

    @property
    def is_split(self) -> bool:
        """Whether there are a train and a test segment."""

    @property
    def hash(self) -> str:
        """Sweeps of one hash have the same results."""

    def document(self) -> dict[str, object]:
        """Return everything that decides the results."""

    def chunks(self) -> list[Chunk]:
        """Return the first run and the one after the last of each chunk."""

    def segments(self, warmup: int) -> Segments:
        """Return where each segment begins and ends, after the longest warm-up."""


AnyPlan = TypeVar("AnyPlan", bound=Plan)
PlanTaken = TypeVar("PlanTaken", bound=Plan, contravariant=True)


class Workers(Protocol[PlanTaken]):
    """Where chunks are run."""

    def tables(
        self, plan: PlanTaken, todo: list[tuple[int, Chunk]], segments: Segments
    ) -> Iterator[tuple[int, pa.Table]]:
        """Yield the number and the rows of each chunk, in any order."""

    def warmup(self, plan: PlanTaken, chunks: list[Chunk]) -> int:
        """Return the longest warm-up of all runs, bars."""


class Here:
    """Runs chunks in this process, one after another, each shared out among threads."""

    def __init__(self, threads: int = 1) -> None:
        self.threads = threads
        self._layouts: dict[Chunk, Layout | None] = {}

    def warmup(self, plan: SweepPlan, chunks: list[Chunk]) -> int:
        """Return the longest warm-up of all runs, bars."""
        longest = 0
        for chunk in chunks:
            warmup, layout = warmup_of_chunk(plan, *chunk)
            longest = max(longest, warmup)
            if len(self._layouts) < LAYOUTS_KEPT:
                self._layouts[chunk] = layout
        return longest

    def tables(
        self, plan: SweepPlan, todo: list[tuple[int, Chunk]], segments: Segments
    ) -> Iterator[tuple[int, pa.Table]]:
        """Yield each chunk's rows, in order."""
        for number, chunk in todo:
            layout = self._layouts.pop(chunk, None)
            yield number, run_chunk(plan, *chunk, segments, self.threads, layout)


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRun(Generic[AnyPlan]):
    """How a sweep is run.

    workers   where                   folder    kept there and resumed; None: in memory alone
    observer  told of each chunk
    """

    workers: Workers[AnyPlan]
    folder: Path | None = None
    observer: Observer | None = None


def run_sweep(plan: AnyPlan, run: SweepRun[AnyPlan]) -> SweepResults:
    """Run what is not done yet; return the results of all combinations, in their order.

    errors  TooLittleHistory, MissingColumns, OtherSweep, FolderInUse, UnsoundSweep, CannotWrite
    """
    if run.folder is None:
        return _in_memory(plan, run)
    folder = SweepFolder(run.folder, plan.hash)
    segments = None if folder.is_finished() else _segments(plan, run)  # refused: nothing is made
    with folder.taken(plan.document()):
        if segments is not None and not folder.is_finished():
            _compute(plan, run, folder, segments)
            _seal(plan, folder, segments)
        results = SweepResults.read(run.folder)
        folder.clear_parts()
    return results


def _segments(plan: AnyPlan, run: SweepRun[AnyPlan]) -> Segments:
    """Return the segments, after the longest warm-up of all runs."""
    return plan.segments(run.workers.warmup(plan, plan.chunks()))


def _compute(
    plan: AnyPlan, run: SweepRun[AnyPlan], folder: SweepFolder, segments: Segments
) -> None:
    """Run the chunks that are not there, and join all; where the results are there, do nothing."""
    chunks = plan.chunks()
    if folder.has_results(chunks):
        return
    todo = []
    for number, (begin, end) in enumerate(chunks):
        table = folder.part(number, end - begin)
        if table is None:
            todo.append((number, (begin, end)))
        elif run.observer is not None:
            run.observer(number, table)
    for number, table in run.workers.tables(plan, todo, segments):
        folder.write_part(number, table)
        if run.observer is not None:
            run.observer(number, table)
    folder.join_parts(chunks)


def _seal(plan: Plan, folder: SweepFolder, segments: Segments) -> None:
    """Write the digest of the results into the manifest: from then on the sweep is finished."""
    folder.write_manifest(
        {
            "plan_hash": plan.hash,
            "plan": plan.document(),
            "segments": segments.tolist(),
            "digest": table_digest(_batches(folder.results())),
            "backend": backend.DESCRIPTION,
            "version": __version__,
        }
    )


def _in_memory(plan: AnyPlan, run: SweepRun[AnyPlan]) -> SweepResults:
    """Run all chunks and keep nothing on disk."""
    chunks = plan.chunks()
    segments = _segments(plan, run)
    tables: dict[int, pa.Table] = {}
    for number, table in run.workers.tables(plan, list(enumerate(chunks)), segments):
        tables[number] = table
        if run.observer is not None:
            run.observer(number, table)
    whole = pa.concat_tables([tables[number] for number in sorted(tables)])
    return SweepResults(
        table=whole,
        document=plan.document(),
        digest=table_digest(whole.to_batches()),
        backend=backend.DESCRIPTION,
    )


def _batches(path: Path) -> Iterable[pa.RecordBatch]:
    """Yield the batches of a Parquet file."""
    return pq.ParquetFile(path).iter_batches()
