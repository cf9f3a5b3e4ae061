"""Worked examples run on the oracle and on every kernel; one that is not installed is skipped."""

from collections.abc import Callable

import pytest

from tests.reference.perpetual.comparison import Outcome
from tests.reference.perpetual.handmade import Script
from tests.reference.perpetual.kernel_run import Kernel
from tests.reference.perpetual.runners import KERNELS, NAMES, RUNNERS, Runner


def runner_of(name: str) -> Runner:
    """Return what runs worlds by a name; without the extension Rust is skipped, saying so."""
    if name not in RUNNERS:
        pytest.skip("expected the Rust extension of forven's version, found none: `make rust`")
    return RUNNERS[name]


@pytest.fixture(params=["oracle", *NAMES])
def played(request: pytest.FixtureRequest) -> Callable[[Script], Outcome]:
    """Return what plays a script and returns its one bot's outcome."""
    runner = runner_of(request.param)

    def play(script: Script) -> Outcome:
        (outcome,) = runner(script.world())
        return outcome

    return play


@pytest.fixture(scope="session", params=NAMES)
def kernel(request: pytest.FixtureRequest) -> Kernel:
    """Return a kernel that the oracle judges."""
    runner_of(request.param)
    return KERNELS[request.param]
