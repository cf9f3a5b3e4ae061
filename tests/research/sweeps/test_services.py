"""A sweep as Python asks for it."""

import forven
from tests.research.sweeps.plans import GRID, some_bars


def test_python_sweeps_bars_in_memory_or_into_a_folder(tmp_path) -> None:
    asked = {"policy": {"sizing_mode": "full"}, "train_pct": 50}
    found = forven.sweep("dema_cross", some_bars(), GRID, **asked)
    kept = forven.sweep("dema_cross", some_bars(), GRID, folder=tmp_path / "kept", **asked)
    assert found.digest == kept.digest
    assert found.document["train_pct"] == 50
    assert found.leaders("sharpe", 3).num_rows == 3
