"""How large the work over bars is: `tiny` proves that it works, `real` counts."""

from dataclasses import dataclass, replace

SEED = 7
Axis = tuple[int, int, int]
"""The first value, the last and the step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BarSize:
    """The amounts of work of one size.

    bars, fast, slow   of the sweep: every fast average with every slow one
    event_bars         of the beginning, for who goes bar by bar in Python
    event_runs         how many of the combinations those take
    threads            on how many threads ours and the bare loop run, one number after the other
    scan_bars          of the scan of the library
    rounds, heavy_rounds   how often each is taken; the heavy: peers and whole commands
    has_first_run      also without compiled kernels: that takes a minute
    """

    bars: int
    fast: Axis
    slow: Axis
    event_bars: int
    event_runs: int
    threads: tuple[int, ...]
    scan_bars: int
    rounds: int
    heavy_rounds: int
    has_first_run: bool

    @property
    def runs(self) -> int:
        """How many combinations there are."""
        return len(values_of(self.fast)) * len(values_of(self.slow))


def values_of(axis: Axis) -> range:
    """Return the values of an axis, its last one included."""
    first, last, step = axis
    return range(first, last + 1, step)


_REAL = BarSize(
    bars=100_000,
    fast=(5, 100, 5),
    slow=(110, 600, 10),
    event_bars=20_000,
    event_runs=4,
    threads=(1, 2),
    scan_bars=50_000,
    rounds=9,
    heavy_rounds=3,
    has_first_run=True,
)
BAR_SIZES = {
    "tiny": BarSize(
        bars=3_000,
        fast=(5, 20, 5),
        slow=(30, 60, 10),
        event_bars=1_000,
        event_runs=2,
        threads=(1, 2),
        scan_bars=3_000,
        rounds=2,
        heavy_rounds=1,
        has_first_run=False,
    ),
    "small": replace(_REAL, rounds=5, heavy_rounds=2, has_first_run=False),
    "real": _REAL,
}
