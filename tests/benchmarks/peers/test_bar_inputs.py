"""The check that peers over bars hold their trades to: it refuses what is not the same."""

import numpy as np
import pytest

from benchmarks.bars.inputs import crossings, sweep_bars, write_inputs
from benchmarks.bars.sizes import BAR_SIZES
from benchmarks.peers.bar_inputs import check_growth, check_trades, read


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    size = BAR_SIZES["tiny"]
    crossed = crossings(sweep_bars(size.event_bars), size.fast, size.slow, size.event_runs)
    return read(write_inputs(tmp_path_factory.mktemp("inputs") / "bars.npz", crossed))


def test_the_trades_expected_are_taken_in_any_order(inputs) -> None:
    check_trades(inputs, inputs.trades[::-1, :3])


def test_a_trade_less_or_a_bar_late_is_refused(inputs) -> None:
    late = inputs.trades[:, :3].copy()
    late[3, 1] += 1
    for found in (inputs.trades[1:, :3], late):
        with pytest.raises(RuntimeError, match="expected"):
            check_trades(inputs, found)


def test_returns_may_differ_by_rounding_and_no_more(inputs) -> None:
    grown = inputs.growth()
    assert check_growth(inputs, grown * (1 + 1e-12)) < 1e-11
    for wrong in (grown * (1 + 1e-6), grown * np.nan):
        with pytest.raises(RuntimeError, match="expected returns"):
            check_growth(inputs, wrong)


def test_signals_give_the_trades_expected_and_none_in_the_last_bar(inputs) -> None:
    entries, exits = inputs.signals(0, len(inputs.pairs))
    assert not entries[-1].any()
    assert not exits[-1].any()
    assert not entries[: inputs.begin].any()
    for run, entry, leaving, is_open in inputs.trades:
        assert entries[entry - 1, run]
        assert is_open or exits[leaving - 1, run]
    assert entries.sum() == len(inputs.trades)
