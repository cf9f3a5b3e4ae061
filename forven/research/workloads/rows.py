"""What a measurement says: a row per entrant, its rounds, its digest, its ratios to the others."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from forven.research.workloads.entrants import FLOOR

RATE, NANOSECONDS, SECONDS = "rate", "nanoseconds", "seconds"
"""How a figure is made of a round: units a second, nanoseconds a unit, seconds."""
TIME, SPEED = "time", "speed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How one stands beside another, round by round.

    kind   TIME: so many times the time of a floor; SPEED: so many times the speed of another
    """

    to: str
    kind: str
    ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table.

    workload, label   what was measured            entrant, kind  who did it, as in `Entrant`
    value, unit       the median of the rounds     samples        seconds of each round
    units             done in a round              cold_seconds   start of a fresh process, loading
                      and first call, None if it was not fresh; inputs are not counted
    digest            SHA-256 of what was computed: faster but different shows
    """

    workload: str
    label: str
    entrant: str
    kind: str
    value: float
    unit: str
    samples: list[float]
    units: float
    cold_seconds: float | None
    digest: str
    ratios: list[Ratio] = field(default_factory=list)
    details: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the row as a JSON document, with the median and the extremes of its samples."""
        return {
            **asdict(self),
            "seconds_median": median(self.samples),
            "seconds_min": min(self.samples),
            "seconds_max": max(self.samples),
            "rounds": len(self.samples),
        }


ROW_FIELDS = frozenset(Row.__dataclass_fields__) | {
    "seconds_median",
    "seconds_min",
    "seconds_max",
    "rounds",
}


def median(samples: Sequence[float]) -> float:
    """Return the median of seconds."""
    return float(statistics.median(samples))


def paired_ratio(row: Row, other: Row) -> Ratio:
    """Return the median, over the rounds both took, of one's time a unit beside the other's."""
    pairs = zip(row.samples, other.samples, strict=False)
    times = [(mine / row.units) / (theirs / other.units) for mine, theirs in pairs]
    if other.kind == FLOOR:
        return Ratio(to=other.entrant, kind=TIME, ratio=median(times))
    return Ratio(to=other.entrant, kind=SPEED, ratio=median([1 / time for time in times]))


def figure_of(form: str, samples: Sequence[float], units: float) -> float:
    """Return the figure of a row: RATE, NANOSECONDS or SECONDS of the median round."""
    seconds = median(samples)
    if form == RATE:
        return units / seconds
    return seconds * 1e9 / units if form == NANOSECONDS else seconds


def figure_text(row: dict[str, Any]) -> str:
    """Return a row's figure with its unit: `12,345 bot-days/s`."""
    return f"{number_text(float(row['value']))} {row['unit']}"


def number_text(value: float) -> str:
    """Return a number with as many digits as it is worth showing."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 0.1 else 4
    return f"{value:,.{digits}f}"


def ratios_text(row: dict[str, Any]) -> str:
    """Return a row's ratios: `1.93 x the time of day floor; 12.1 x the speed of hftbacktest`."""
    return "; ".join(
        f"{number_text(one['ratio'])} x the {one['kind']} of {one['to']}" for one in row["ratios"]
    )


def seconds_text(row: dict[str, Any]) -> str:
    """Return the median of the samples and between what they lay."""
    middle, least, most = row["seconds_median"], row["seconds_min"], row["seconds_max"]
    if row["rounds"] == 1:
        return f"{middle:.4g} s"
    return f"{middle:.4g} s ({least:.4g} to {most:.4g}, {row['rounds']} rounds)"


def cold_text(row: dict[str, Any]) -> str:
    """Return the cold seconds of a row; empty where there are none."""
    return "" if row["cold_seconds"] is None else f"{row['cold_seconds']:.3g} s"
