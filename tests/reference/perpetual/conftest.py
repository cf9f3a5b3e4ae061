"""Worked examples run on the oracle and on every kernel."""

from collections.abc import Callable

import pytest

from tests.reference.perpetual.comparison import Outcome
from tests.reference.perpetual.handmade import Script
from tests.reference.perpetual.runners import RUNNERS


@pytest.fixture(params=sorted(RUNNERS))
def played(request: pytest.FixtureRequest) -> Callable[[Script], Outcome]:
    """Return what plays a script and returns its one bot's outcome."""
    runner = RUNNERS[request.param]

    def play(script: Script) -> Outcome:
        (outcome,) = runner(script.world())
        return outcome

    return play
