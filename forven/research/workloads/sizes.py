"""How large the workloads are: `tiny` proves that they work, `small` is quick, `real` counts."""

from dataclasses import asdict, dataclass, replace

from forven.primitives.errors import ForvenError

SEED = 7
Counts = tuple[int, int, int, int]
"""Iron condors as deltas x profit targets x stops x exit times."""


class BenchmarkFailed(ForvenError):
    """A workload cannot be measured, or its result is not what it must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The amounts of work of one size.

    frame_seconds        of the option day
    variants, fleets     how many condors, or bots, each time
    threads              on how many threads those run, one number after the other
    fleet_shares         one of so many blocks of the day is stepped through frame by frame
    block_frames         of such a block; the blocks between are taken in one call
    stretch_frames       of the stretch in which a fleet holds
    quote_updates        of the quote stream
    short_updates        of its beginning, for whoever needs minutes for the whole
    pipeline_days, pipeline_frame_seconds   of the dataset of the pipeline
    pipeline_variants    of the strategy, in the second run over it
    pipeline_rss_bytes_max   what a whole command may hold at most
    start_frame_seconds  of the one day of a start
    has_cold_start       start also without compiled kernels: that takes a minute or more
    own_days             of a dataset of the user's own, at most
    rounds, heavy_rounds   how often each is taken; the heavy: a fleet, the pipeline, a peer
    """

    name: str
    frame_seconds: int
    variants: tuple[Counts, ...]
    fleets: tuple[Counts, ...]
    threads: tuple[int, ...]
    fleet_shares: tuple[int, ...]
    block_frames: int
    stretch_frames: int
    quote_updates: int
    short_updates: int
    pipeline_days: int
    pipeline_frame_seconds: int
    pipeline_variants: int
    pipeline_rss_bytes_max: int
    start_frame_seconds: int
    has_cold_start: bool
    own_days: int
    rounds: int
    heavy_rounds: int

    def as_dict(self) -> dict[str, object]:
        """Return the size as plain values."""
        return asdict(self)


_REAL = Size(
    name="real",
    frame_seconds=1,
    variants=((25, 5, 4, 2), (25, 10, 10, 4)),
    fleets=((25, 5, 4, 2), (25, 10, 10, 4)),
    threads=(1, 2),
    fleet_shares=(1, 10),
    block_frames=30,
    stretch_frames=600,
    quote_updates=5_000_000,
    short_updates=200_000,
    pipeline_days=250,
    pipeline_frame_seconds=1,
    pipeline_variants=100,
    pipeline_rss_bytes_max=600_000_000,
    start_frame_seconds=60,
    has_cold_start=True,
    own_days=5,
    rounds=9,
    heavy_rounds=2,
)

SIZES = {
    "tiny": Size(
        name="tiny",
        frame_seconds=60,
        variants=((4, 2, 2, 2), (5, 3, 2, 2)),
        fleets=((4, 2, 2, 2), (5, 3, 2, 2)),
        threads=(1, 2),
        fleet_shares=(1, 2),
        block_frames=5,
        stretch_frames=20,
        quote_updates=20_000,
        short_updates=5_000,
        pipeline_days=3,
        pipeline_frame_seconds=300,
        pipeline_variants=8,
        pipeline_rss_bytes_max=600_000_000,
        start_frame_seconds=300,
        has_cold_start=False,
        own_days=2,
        rounds=2,
        heavy_rounds=1,
    ),
    "small": replace(
        _REAL,
        name="small",
        variants=((25, 5, 4, 2),),
        fleets=((25, 5, 4, 2),),
        fleet_shares=(10,),
        quote_updates=500_000,
        short_updates=50_000,
        pipeline_days=20,
        pipeline_frame_seconds=5,
        has_cold_start=False,
        rounds=5,
    ),
    "real": _REAL,
}
