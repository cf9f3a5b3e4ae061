"""What a benchmark says: rows of one figure each, with its samples, its ratio and its digest."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

COLD, WARM = "cold", "warm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table.

    measure   the benchmark: option_day, fleet, pipeline, start
    state     `cold`: without compiled kernels    `warm`: with them, loaded or on disk
    value     the figure, in `unit`               samples   seconds of each round
    ratio     median over the rounds of the time over that of `ratio_to` just before; None: of none
    digest    SHA-256 of what was computed: faster but different shows
    """

    measure: str
    label: str
    state: str
    value: float
    unit: str
    samples: list[float]
    digest: str
    ratio: float | None = None
    ratio_to: str | None = None
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


def paired_ratio(samples: Sequence[float], others: Sequence[float]) -> float:
    """Return the median ratio of samples to others taken in the same rounds."""
    return median([sample / other for sample, other in zip(samples, others, strict=True)])


def figure_text(row: dict[str, Any]) -> str:
    """Return a row's figure with its unit: `12,345 bot-days/s`."""
    value = float(row["value"])
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 0.1 else 4
    return f"{value:,.{digits}f} {row['unit']}"


def ratio_text(row: dict[str, Any]) -> str:
    """Return a row's ratio and what it is to; empty where there is none."""
    if row["ratio"] is None:
        return ""
    return f"{row['ratio']:.2f} x {row['ratio_to']}"


def seconds_text(row: dict[str, Any]) -> str:
    """Return the median of the samples and between what they lay."""
    middle, least, most = row["seconds_median"], row["seconds_min"], row["seconds_max"]
    if row["rounds"] == 1:
        return f"{middle:.4g} s"
    return f"{middle:.4g} s ({least:.4g} to {most:.4g}, {row['rounds']} rounds)"
