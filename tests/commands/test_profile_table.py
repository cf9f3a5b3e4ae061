"""The profile on the terminal: phases, shares and rates, and what is summed said to be so."""

from forven.commands.profile_table import print_profile
from forven.research.profile import Profile

MILLISECOND = 1_000_000
PHASES = {
    "start_up": 300 * MILLISECOND,
    "read": 40 * MILLISECOND,
    "frames": 20 * MILLISECOND,
    "kernel": 30 * MILLISECOND,
    "report": 60 * MILLISECOND,
    "other": 50 * MILLISECOND,
}


def profile(**changed):
    figures = {"jobs": 1, "days": 2, "frames": 46_802, "wall_ns": 500 * MILLISECOND}
    figures |= {"sessions_ns": 100 * MILLISECOND, "phases": PHASES} | changed
    return Profile(**figures)


def rows(text):
    """Return the cells of each row by its first."""
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines()]
    return {row[0]: row[1:] for row in cells if row}


def test_each_phase_has_its_seconds_its_share_and_its_part_of_a_day(capsys):
    print_profile(profile())
    out = capsys.readouterr().out
    assert rows(out) == {
        "start-up": ["0.300", "60.0 %", "150.00"],
        "read": ["0.040", "8.0 %", "20.00"],
        "frames": ["0.020", "4.0 %", "10.00"],
        "kernel": ["0.030", "6.0 %", "15.00"],
        "report": ["0.060", "12.0 %", "30.00"],
        "other": ["0.050", "10.0 %", "25.00"],
        "total": ["0.500", "100.0 %", "250.00"],
    }
    assert "2 days, 46,802 frames in 0.100 s: 20.0 days/s, 468,020 frames/s" in out
    assert "workers" not in out


def test_sums_over_workers_say_so(capsys):
    print_profile(profile(jobs=2, wall_ns=440 * MILLISECOND))
    out = capsys.readouterr().out
    assert rows(out)["all workers"] == ["0.500", "100.0 %", "250.00"]
    assert "sums over 2 workers: 0.500 s of work in 0.440 s on the wall" in out
    assert max(len(line) for line in out.splitlines()) <= 100


def test_without_time_there_are_no_shares_and_no_rates(capsys):
    print_profile(profile(days=1, sessions_ns=0, phases=dict.fromkeys(PHASES, 0)))
    out = capsys.readouterr().out
    assert rows(out)["read"] == ["0.000", "-", "0.00"]
    assert out.splitlines()[-1] == "1 day, 46,802 frames in 0.000 s"
