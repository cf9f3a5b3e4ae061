"""Runs scripts for the tests and ends their processes."""

import pytest

from forven.strategies.script.driver import ScriptSession
from tests.strategies.script.made_scripts import made_day


@pytest.fixture
def opened():
    """Return a function that opens a session of a script; each is closed after the test."""
    sessions = []

    def open_one(strategy, day=None, limits=None):
        sessions.append(ScriptSession(strategy, day or made_day(), limits))
        return sessions[-1]

    yield open_one
    for session in sessions:
        session.close()
