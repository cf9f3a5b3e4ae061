"""What a series of bars is worth: its gaps, leaps, silent bars and missing values, in counts."""

from dataclasses import asdict, dataclass

import numpy as np

from forven.kernels.bars_schema import BAR_CLOSE, BAR_HIGH, BAR_LOW
from forven.market.bars.bars import Bars
from forven.market.bars.calendars import expected_ends
from forven.market.bars.timeframes import timeframe_of
from forven.primitives.time import rfc3339

SPIKE_DEVIATIONS = 25.0
"""A return so many median absolute deviations from the median is a spike."""

_LONGEST = 5
_PICTURE_CELLS = 60
_BLOCKS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A time without bars: the ends of the bars around it, and how many bars are missing.

    missing  of `measured`, whose calendar does not say it: how many would fill the time
    """

    after: str
    before: str
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BarQuality:
    """Counts of a series.

    due, missing    bars of the calendar from the first to the last, and those not there; None
                    where the calendar does not say
    gaps            times without bars, and the longest of them
    zero_volume     bars in which nothing was traded      unknown_volume  bars without a volume
    unmoved         bars whose high is their low          repeated        runs of these: the longest
    spikes          returns of closes beyond 25 median absolute deviations, and the greatest one
    missing_values  share of each column that is missing
    """

    bars: int
    first: str
    last: str
    due: int | None
    missing: int | None
    gaps: int
    longest_gaps: tuple[Gap, ...]
    zero_volume: int
    unknown_volume: int
    unmoved: int
    unmoved_run_max: int
    spikes: int
    spike_return_max: float
    spike_at: str | None
    missing_values: dict[str, float]

    def as_dict(self) -> dict[str, object]:
        """Return the counts as plain values, in the order above."""
        return asdict(self)


def quality_of(bars: Bars) -> BarQuality:
    """Return what a series is worth."""
    ends = bars.ends_ns
    due = expected_ends(bars.timeframe, bars.calendar, int(ends[0]), int(ends[-1]))
    gaps = _gaps(bars, due)
    longest = sorted(gaps, key=lambda gap: (-gap.missing, gap.after))[:_LONGEST]
    unmoved = bars.prices[BAR_HIGH] == bars.prices[BAR_LOW]
    spikes, greatest, at = _spikes(bars)
    return BarQuality(
        bars=len(bars),
        first=rfc3339(int(ends[0])),
        last=rfc3339(int(ends[-1])),
        due=None if due is None else int(due.size),
        missing=None if due is None else int(due.size - np.isin(due, ends).sum()),
        gaps=len(gaps),
        longest_gaps=tuple(longest),
        zero_volume=int((bars.volume == 0).sum()),
        unknown_volume=int(np.isnan(bars.volume).sum()),
        unmoved=int(unmoved.sum()),
        unmoved_run_max=_longest_run(unmoved),
        spikes=spikes,
        spike_return_max=greatest,
        spike_at=at,
        missing_values={
            name: float(np.isnan(values).mean()) for name, values in bars.columns.items()
        },
    )


def picture(bars: Bars, cells: int = _PICTURE_CELLS) -> str:
    """Return the closes as a line of blocks: the mean of each part, from the least to the most."""
    closes = bars.floats("close")
    parts = [part for part in np.array_split(closes, cells) if part.size]
    means = np.array([part.mean() for part in parts])
    span = float(means.max() - means.min()) or 1.0
    levels = ((means - means.min()) / span * (len(_BLOCKS) - 1)).round().astype(int)
    return "".join(_BLOCKS[level] for level in levels)


def _gaps(bars: Bars, due: np.ndarray | None) -> list[Gap]:
    ends = bars.ends_ns
    if due is None:
        steps = np.diff(ends) // timeframe_of(bars.timeframe).duration_ns - 1
    else:
        places = np.searchsorted(due, ends)
        steps = np.diff(places) - 1
    return [
        Gap(
            after=rfc3339(int(ends[at])),
            before=rfc3339(int(ends[at + 1])),
            missing=int(steps[at]),
        )
        for at in np.flatnonzero(steps > 0)
    ]


def _spikes(bars: Bars) -> tuple[int, float, str | None]:
    """Return how many returns are spikes, the greatest return of one, and its bar's end."""
    closes = bars.prices[BAR_CLOSE].astype(np.float64)
    if closes.size < 3:
        return 0, 0.0, None
    returns = np.log(closes[1:] / closes[:-1])
    moved = returns[returns != 0.0]
    if not moved.size:
        return 0, 0.0, None
    middle = float(np.median(moved))
    deviation = float(np.median(np.abs(moved - middle)))
    distance = np.abs(returns - middle)
    is_spike = (distance > SPIKE_DEVIATIONS * deviation) & (returns != 0.0)
    if not is_spike.any() or deviation == 0.0:
        return 0, 0.0, None
    at = int(np.argmax(np.where(is_spike, distance, 0.0)))
    greatest = float(closes[at + 1] / closes[at] - 1.0)
    return int(is_spike.sum()), greatest, rfc3339(int(bars.ends_ns[at + 1]))


def _longest_run(flags: np.ndarray) -> int:
    """Return the length of the longest run of flags."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return int((edges[1::2] - edges[::2]).max()) if edges.size else 0
