"""Worked examples run on the oracle and on every kernel; one that is not installed is skipped."""

from collections.abc import Callable

import pytest

from tests.reference.bars.handmade import Example, Told
from tests.reference.bars.kernel_run import Kernel
from tests.reference.bars.runners import KERNELS, NAMES, runner_named


@pytest.fixture(params=["oracle", *NAMES])
def told(request: pytest.FixtureRequest) -> Callable[[Example], Told]:
    """Return what runs an example and returns what came of its one run over its one segment."""
    runner = runner_named(request.param)
    return lambda example: Told(runner(example.scenario()))


@pytest.fixture(scope="session", params=NAMES)
def kernel(request: pytest.FixtureRequest) -> Kernel:
    """Return a kernel that the oracle judges."""
    runner_named(request.param)
    return KERNELS[request.param]
