"""What tests of the work over bars share: the tiny size, its settings and combinations."""

from typing import Any

import pytest

from benchmarks.bars.inputs import Crossings, crossings, sweep_bars
from benchmarks.bars.sizes import BAR_SIZES, BarSize


@pytest.fixture(scope="session")
def size() -> BarSize:
    """Return the tiny size."""
    return BAR_SIZES["tiny"]


@pytest.fixture
def settings(size: BarSize) -> dict[str, Any]:
    """Return the settings of a tiny sweep."""
    axes = {"fast": size.fast, "slow": size.slow}
    return {"bars": size.bars, **axes, "detail": False, "threads": 1}


@pytest.fixture(scope="session")
def crossed(size: BarSize) -> Crossings:
    """Return the combinations of the tiny sweep."""
    return crossings(sweep_bars(size.bars), size.fast, size.slow)
