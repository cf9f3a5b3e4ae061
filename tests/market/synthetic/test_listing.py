import numpy as np
import pytest

from forven.kernels.jit.synthetic import SURFACE_DEVIATION, SURFACE_FORWARD, SURFACE_WIDTH
from forven.market.synthetic.listing import list_strikes, quoting_windows
from forven.primitives.seeds import generator


def test_strikes_are_five_points_apart_near_the_money_and_wider_outside():
    strikes = list_strikes(4_742.83, 35)
    assert strikes.size >= 100
    assert np.all(np.diff(strikes) > 0)
    near = strikes[np.abs(strikes - 474_500) <= 17_500]
    assert np.all(np.diff(near) == 500)
    assert np.diff(strikes)[[0, -1]].tolist() == [10_000, 10_000]
    assert set(np.diff(strikes)) >= {500, 1_000, 2_500, 10_000}


@pytest.mark.parametrize("opening", [500.0, 1_000.0, 2_733.0, 12_345.6, 50_000.0])
def test_strikes_surround_any_index_and_are_above_zero(opening):
    strikes = list_strikes(opening, 35)
    assert 0 < strikes[0] < 100 * opening < strikes[-1]
    assert np.all(strikes % 500 == 0)


def test_quotes_begin_late_and_a_few_contracts_are_withdrawn_before_the_close():
    strikes = list_strikes(5_000.0, 35)
    surface = np.zeros((23_400, SURFACE_WIDTH))
    surface[:, SURFACE_FORWARD], surface[:, SURFACE_DEVIATION] = 500_000.0, 0.008
    windows = quoting_windows(strikes, surface, 1, generator(5))
    assert windows.shape == (2 * strikes.size, 2)
    assert windows[:, 0].min() >= 1
    near = np.abs(np.tile(strikes, 2) - 500_000) < 2_000
    assert np.median(windows[near, 0]) < np.median(windows[~near, 0])
    withdrawn = windows[:, 1] < 23_400
    assert 0.05 < withdrawn.mean() < 0.22
    assert windows[:, 1].min() >= 23_400 - 90
