"""Profiles: phases that exclude one another, exact with a clock of one's own, and no effect."""

import json
import threading

import pytest

import forven
from forven.primitives.timer import Reading
from forven.research.profile import PHASES, Profile, profile_of
from forven.research.services import BacktestRequest, prepare
from tests.research.conftest import DAYS, SPREAD

STEP_NS = 1_000
FRAMES_A_DAY = 391
PHASES_OF_A_DAY = 3


class Clock:
    """Moves on by `STEP_NS` each time it is looked at, whichever thread looks."""

    def __init__(self) -> None:
        self.looks = 0
        self._lock = threading.Lock()

    def __call__(self) -> int:
        with self._lock:
            self.looks += 1
            return self.looks * STEP_NS


def profiled(catalog, **asked):
    request = BacktestRequest(strategy=SPREAD, data="coarse", profile=True, **asked)
    return prepare(request, catalog, Clock()).run()


def test_a_clock_of_ones_own_gives_exact_figures(catalog):
    """A day looks 8 times: around itself, and around each of read, frames and kernel."""
    found = profiled(catalog).profile
    run_ns = (8 * DAYS + 1) * STEP_NS
    report_ns = STEP_NS
    wall_ns = (8 * DAYS + 5) * STEP_NS
    named_ns = DAYS * STEP_NS
    assert found == Profile(
        jobs=1,
        days=DAYS,
        frames=sum_of_frames(catalog),
        wall_ns=wall_ns,
        sessions_ns=run_ns,
        phases={
            "read": named_ns,
            "frames": named_ns,
            "kernel": named_ns,
            "report": report_ns,
            "other": wall_ns - PHASES_OF_A_DAY * named_ns - report_ns,
        },
    )
    assert found.work_ns == found.wall_ns
    assert found.days_per_second == DAYS * 1e9 / run_ns


def sum_of_frames(catalog):
    dataset = catalog.open("coarse")
    return sum(dataset.load(day).frame_count for day in dataset.days())


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_a_profile_changes_nothing_else_in_the_result(catalog, spread, jobs):
    document = profiled(catalog, jobs=jobs).as_document()
    profile = document.pop("profile")
    assert document == spread.as_document()
    assert (profile["jobs"], profile["summed_over_workers"]) == (jobs, jobs > 1)
    assert json.loads(json.dumps(profile, allow_nan=False)) == profile


@pytest.mark.parametrize("jobs", [1, 3])
def test_phases_sum_to_the_work_and_none_is_less_than_nothing(catalog, jobs):
    found = profiled(catalog, jobs=jobs).profile
    assert list(found.phases) == list(PHASES[1:])
    assert all(duration_ns >= 0 for duration_ns in found.phases.values())
    assert sum(found.phases.values()) == found.work_ns
    assert sum(found.share(name) for name in found.phases) == pytest.approx(1.0)
    assert found.sessions_ns < found.wall_ns


def test_nobody_looks_at_the_clock_unless_a_profile_was_asked_for(catalog):
    clock = Clock()
    result = prepare(BacktestRequest(strategy=SPREAD, data="coarse"), catalog, clock).run()
    assert clock.looks == 0
    assert result.profile is None
    assert "profile" not in result.as_document()


def test_python_asks_for_it_as_the_command_line_does(data_home):
    found = forven.backtest(SPREAD, data="coarse", profile=True).profile
    assert (found.days, found.jobs) == (DAYS, 1)
    assert 0 < sum(found.phases[name] for name in ("read", "frames", "kernel")) < found.wall_ns
    assert found.phases["kernel"] > 0


def test_workers_are_summed_and_the_wall_is_not():
    """Two workers, 40 each, run beside one another in 50 of 100; the rest is the caller's."""
    spent_ns = {"run": 50, "session": 80, "read": 30, "frames": 20, "kernel": 10, "report": 15}
    reading = Reading(elapsed_ns=100, spent_ns=spent_ns, counts={"frames": 8})
    found = profile_of(reading, days=2, jobs=2, start_up_ns=7)
    assert found.phases == {
        "start_up": 7,
        "read": 30,
        "frames": 20,
        "kernel": 10,
        "report": 15,
        "other": 35 + 20,
    }
    assert (found.wall_ns, found.work_ns, found.sessions_ns) == (107, 137, 50)
    assert found.frames_per_second == 8e9 / 50


def test_the_start_up_counts_where_it_is_known():
    reading = Reading(elapsed_ns=100, spent_ns={"run": 60, "read": 25}, counts={})
    found = profile_of(reading, days=1, jobs=1, start_up_ns=300)
    assert (found.wall_ns, found.work_ns) == (400, 400)
    assert (found.share("start_up"), found.share("other")) == (0.75, 75 / 400)


def test_what_is_not_defined_is_none():
    found = profile_of(Reading(elapsed_ns=0, spent_ns={}, counts={}), days=1, jobs=1)
    assert (found.days_per_second, found.frames_per_second) == (None, None)
    assert found.share("read") is None
