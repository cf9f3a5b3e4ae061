"""A sweep as Python asks for it."""

from datetime import date

import pytest

import forven
from forven.primitives.errors import EmptyRange
from forven.research.sweeps.services import between
from tests.research.sweeps.plans import GRID, some_bars


def test_python_sweeps_bars_in_memory_or_into_a_folder(tmp_path) -> None:
    asked = {"policy": {"sizing_mode": "full"}, "train_pct": 50}
    found = forven.sweep("dema_cross", some_bars(), GRID, **asked)
    kept = forven.sweep("dema_cross", some_bars(), GRID, folder=tmp_path / "kept", **asked)
    assert found.digest == kept.digest
    assert found.document["train_pct"] == 50
    assert found.leaders("sharpe", 3).num_rows == 3


def test_days_cut_the_bars_both_included() -> None:
    bars = some_bars()
    day_ns = 86_400 * 10**9
    first = int(bars.ends_ns[0] // day_ns)
    found = between(bars, date(2020, 1, 3), date(2020, 1, 4))
    assert len(found) == 48
    assert found.ends_ns[0] == (first + 2) * day_ns + 3_600 * 10**9
    assert found.ends_ns[-1] == (first + 4) * day_ns
    assert between(bars, None, None) is bars


def test_days_without_bars_are_refused() -> None:
    with pytest.raises(EmptyRange, match="1999"):
        between(some_bars(), None, date(1999, 1, 1))
