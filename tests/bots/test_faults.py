"""Faults end a process where they are told to, and nowhere else."""

import os
import signal

import pytest

from forven.bots.faults import POINTS, Faults
from forven.primitives.errors import InvalidInput


def test_without_the_variable_nothing_happens():
    faults = Faults.of({})
    for point in POINTS:
        faults.reach(point)


def test_the_nth_time_at_the_point_is_the_last(monkeypatch):
    killed = []
    monkeypatch.setattr(os, "kill", lambda number, what: killed.append((number, what)))
    faults = Faults.of({"FORVEN_FAULT": "after_tape:3"})
    for point in ("before_tape", "after_tape", "after_tape", "before_commit"):
        faults.reach(point)
    assert not killed
    faults.reach("after_tape")
    assert killed == [(os.getpid(), signal.SIGKILL)]
    faults.reach("after_tape")
    assert len(killed) == 1


@pytest.mark.parametrize("text", ["tape", "after_tape:0", "after_tape:x", "after_tape:-1", ":2"])
def test_a_fault_that_is_none_is_refused(text):
    with pytest.raises(InvalidInput, match="FORVEN_FAULT: expected one of before_tape"):
        Faults.of({"FORVEN_FAULT": text})
