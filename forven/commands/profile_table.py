"""A backtest's profile as a table on the terminal."""

from rich.console import Console
from rich.table import Table

from forven.primitives.time import NANOSECONDS_PER_SECOND
from forven.research.profile import Profile

_PIPED_WIDTH = 100
_NS_PER_MILLISECOND = 1_000_000


def print_profile(profile: Profile) -> None:
    """Print the phases with their shares, what was run a second, and how to read it."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    table = Table()
    table.add_column("time went into")
    for title in ("seconds", "share", "ms a day"):
        table.add_column(title, justify="right")
    for name, duration_ns in profile.phases.items():
        table.add_row(name.replace("_", "-"), *_cells(profile, duration_ns, profile.share(name)))
    table.add_section()
    table.add_row(
        "all workers" if profile.is_summed else "total", *_cells(profile, profile.work_ns)
    )
    console.print(table)
    console.print(_rates_text(profile))
    if profile.is_summed:
        console.print(
            f"read, frames, kernel and other are sums over {profile.jobs} workers: "
            f"{_seconds(profile.work_ns)} s of work in {_seconds(profile.wall_ns)} s on the wall"
        )


def _cells(profile: Profile, duration_ns: int, share: float | None = 1.0) -> list[str]:
    """Return a duration in seconds, as a share of all, and a day."""
    return [
        _seconds(duration_ns),
        "-" if share is None else f"{100 * share:.1f} %",
        f"{duration_ns / profile.days / _NS_PER_MILLISECOND:,.2f}",
    ]


def _rates_text(profile: Profile) -> str:
    """Return how much was run in which time, and what that is a second."""
    days = "1 day" if profile.days == 1 else f"{profile.days:,} days"
    text = f"{days}, {profile.frames:,} frames in {_seconds(profile.sessions_ns)} s"
    if profile.days_per_second is None or profile.frames_per_second is None:
        return text
    return (
        f"{text}: {profile.days_per_second:,.1f} days/s, {profile.frames_per_second:,.0f} frames/s"
    )


def _seconds(duration_ns: int) -> str:
    """Return a duration in seconds with milliseconds."""
    return f"{duration_ns / NANOSECONDS_PER_SECOND:,.3f}"
