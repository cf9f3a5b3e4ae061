"""A backtest's profile: how much of its time went into which phase."""

from dataclasses import dataclass

from forven.primitives.time import NANOSECONDS_PER_SECOND
from forven.primitives.timer import FRAMES, KERNEL, READ, REPORT, RUN, SESSION, Reading

START_UP = "start_up"
OTHER = "other"
PHASES = (START_UP, READ, FRAMES, KERNEL, REPORT, OTHER)
"""In the order in which they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Durations in nanoseconds of wall-clock time.

    frames       of all days; each is taken with the chosen and with natural fills
    wall_ns      from the first moment that is counted to the last
    sessions_ns  of it, from the first session's start to the last one's end
    phases       exclude one another; in order of `PHASES`, the start-up only where it is known.
                 With several jobs, what workers do at once is summed over them.
    """

    jobs: int
    days: int
    frames: int
    wall_ns: int
    sessions_ns: int
    phases: dict[str, int]

    @property
    def work_ns(self) -> int:
        """Sum of the phases: `wall_ns` with one job, workers' time added up with several."""
        return sum(self.phases.values())

    @property
    def is_summed(self) -> bool:
        """Whether phases are summed over workers, and may exceed the time on the wall."""
        return self.jobs > 1

    @property
    def days_per_second(self) -> float | None:
        """Sessions run a second of `sessions_ns`; None if that is no time."""
        return self._rate(self.days)

    @property
    def frames_per_second(self) -> float | None:
        """Frames run a second of `sessions_ns`; None if that is no time."""
        return self._rate(self.frames)

    def share(self, phase: str) -> float | None:
        """Return a phase as a fraction of `work_ns`; None if that is no time."""
        return self.phases[phase] / self.work_ns if self.work_ns else None

    def as_document(self) -> dict[str, object]:
        """Return the profile as JSON values, field by field in docs/RESULTS.md."""
        return {
            "jobs": self.jobs,
            "summed_over_workers": self.is_summed,
            "days": self.days,
            "frames": self.frames,
            "wall_ns": self.wall_ns,
            "work_ns": self.work_ns,
            "sessions_ns": self.sessions_ns,
            "phases": {
                name: {"duration_ns": duration_ns, "share": self.share(name)}
                for name, duration_ns in self.phases.items()
            },
            "days_per_second": self.days_per_second,
            "frames_per_second": self.frames_per_second,
        }

    def _rate(self, count: int) -> float | None:
        """Return a count a second of the sessions' time."""
        return count * NANOSECONDS_PER_SECOND / self.sessions_ns if self.sessions_ns else None


def profile_of(reading: Reading, days: int, jobs: int, start_up_ns: int | None = None) -> Profile:
    """Return the profile of what a timer has added up.

    start_up_ns  what passed before the timer was made, None if that is not known
    """
    spent_ns = reading.spent_ns
    run_ns, report_ns = spent_ns.get(RUN, 0), spent_ns.get(REPORT, 0)
    named = {name: spent_ns.get(name, 0) for name in (READ, FRAMES, KERNEL)}
    sessions_ns = spent_ns.get(SESSION, 0) if jobs > 1 else run_ns
    outside_ns = reading.elapsed_ns - run_ns - report_ns
    phases = named | {
        REPORT: report_ns,
        OTHER: outside_ns + sessions_ns - sum(named.values()),
    }
    if start_up_ns is not None:
        phases = {START_UP: start_up_ns} | phases
    return Profile(
        jobs=jobs,
        days=days,
        frames=reading.counts.get(FRAMES, 0),
        wall_ns=reading.elapsed_ns + (start_up_ns or 0),
        sessions_ns=run_ns,
        phases=phases,
    )
