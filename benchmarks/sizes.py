"""How large the benchmarks are: `tiny` runs inside the tests, `real` is what is published."""

import os
from dataclasses import asdict, dataclass
from pathlib import Path

from forven.primitives.errors import ForvenError

ROOT = Path(__file__).resolve().parents[1]
"""The checkout."""
SIZE_VARIABLE = "FORVEN_BENCH_SIZE"
SEED = 7


class BenchmarkFailed(ForvenError):
    """A benchmark cannot be taken, or its result is not what it must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The amounts of work of one size.

    frame_seconds        of the option day
    variants, fleets     deltas x targets x stops x exit times, of a fleet each
    fleet_shares         one of so many blocks of the day is stepped through frame by frame
    block_frames         of such a block; the blocks between are taken in one call
    stretch_frames       of the stretch in which a fleet holds
    pipeline_days, pipeline_frame_seconds   of the dataset of the pipeline
    pipeline_rss_max     bytes that the whole command may hold at most
    start_frame_seconds  of the one day of a start
    cold_start           start also without compiled kernels: that takes a minute or more
    rounds, fleet_rounds, process_rounds    how often each is taken
    """

    name: str
    frame_seconds: int
    variants: tuple[int, int, int, int]
    fleets: tuple[tuple[int, int, int, int], ...]
    fleet_shares: tuple[int, ...]
    block_frames: int
    stretch_frames: int
    pipeline_days: int
    pipeline_frame_seconds: int
    pipeline_rss_max: int
    start_frame_seconds: int
    cold_start: bool
    rounds: int
    fleet_rounds: int
    process_rounds: int

    def as_dict(self) -> dict[str, object]:
        """Return the size as plain values."""
        return asdict(self)


SIZES = {
    "tiny": Size(
        name="tiny",
        frame_seconds=60,
        variants=(4, 2, 2, 2),
        fleets=((4, 2, 2, 2), (5, 3, 2, 2)),
        fleet_shares=(1, 2),
        block_frames=5,
        stretch_frames=20,
        pipeline_days=3,
        pipeline_frame_seconds=300,
        pipeline_rss_max=600_000_000,
        start_frame_seconds=300,
        cold_start=False,
        rounds=2,
        fleet_rounds=1,
        process_rounds=1,
    ),
    "real": Size(
        name="real",
        frame_seconds=1,
        variants=(25, 5, 4, 2),
        fleets=((25, 5, 4, 2), (25, 10, 10, 4)),
        fleet_shares=(1, 10),
        block_frames=30,
        stretch_frames=600,
        pipeline_days=250,
        pipeline_frame_seconds=1,
        pipeline_rss_max=600_000_000,
        start_frame_seconds=60,
        cold_start=True,
        rounds=25,
        fleet_rounds=1,
        process_rounds=2,
    ),
}


def chosen_size() -> Size:
    """Return the size that `FORVEN_BENCH_SIZE` names; `tiny` if it is not set."""
    name = os.environ.get(SIZE_VARIABLE, "tiny")
    if name not in SIZES:
        raise BenchmarkFailed(
            f"{SIZE_VARIABLE}: expected one of {', '.join(SIZES)}, found {name!r}"
        )
    return SIZES[name]
