import numpy as np

from benchmarks.bars.inputs import COST, crossings, sweep_bars, sweep_request, write_inputs
from forven.engine.bars.policy import BarPolicy


def test_the_combinations_are_those_of_the_grid_in_its_order(crossed, size) -> None:
    request = sweep_request(sweep_bars(size.bars), size.fast, size.slow, has_detail=False)
    wanted = request.plan().combinations.columns
    given = [vars(one) for one in crossed.compiled.layout.parameters]
    for name in ("fast", "slow"):
        assert [one[name] for one in given] == wanted[name].tolist()


def test_the_pairs_are_the_averages_of_each_combination(crossed) -> None:
    close = crossed.bars.floats("close")
    for (fast, slow), given in zip(crossed.pairs, crossed.compiled.layout.parameters, strict=True):
        for row, bars in ((fast, given.fast), (slow, given.slow)):
            column = crossed.compiled.columns[row]
            np.testing.assert_allclose(column[bars - 1], close[:bars].mean(), rtol=1e-12)


def test_the_cost_is_the_fee_of_the_policy() -> None:
    assert BarPolicy(fee_bps="4.5", slippage_bps=0).units("fee_bps") / 1e6 == COST


def test_some_combinations_are_spread_evenly_and_few_as_asked_for(size) -> None:
    some = crossings(sweep_bars(size.event_bars), size.fast, size.slow, 2)
    given = [(one.fast, one.slow) for one in some.compiled.layout.parameters]
    assert given == [(5, 30), (15, 30)]


def test_trades_enter_where_the_fast_average_has_crossed_above(crossed) -> None:
    trades = crossed.trades()
    assert len(trades) > 100
    for run, entry, _, _ in trades[:50]:
        fast, slow = crossed.compiled.columns[crossed.pairs[run]]
        assert fast[entry - 1] > slow[entry - 1]
        assert fast[entry - 2] <= slow[entry - 2]


def test_the_file_for_peers_is_written_once_with_the_trades(crossed, tmp_path) -> None:
    path = write_inputs(tmp_path / "inputs.npz", crossed)
    before = path.stat().st_mtime_ns
    assert write_inputs(path, crossed).stat().st_mtime_ns == before
    assert (np.load(path)["trades"] == crossed.trades()).all()
