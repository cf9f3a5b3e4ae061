"""The kernel's order grid: the table around 3.00, and its Python twin."""

import numba
import numpy as np
import pytest

from forven.kernels.jit import grid as kernel
from forven.market.grids import OptionGrid, is_on_grid, snap_down, snap_up

# price, snapped down, snapped up, on grid: one leg, quanta of 0.01
ONE_LEG = [
    (0, 0, 0, True),
    (1, 0, 5, False),
    (-1, -5, 0, False),
    (5, 5, 5, True),
    (294, 290, 295, False),
    (295, 295, 295, True),
    (299, 295, 300, False),
    (300, 300, 300, True),
    (301, 300, 310, False),
    (305, 300, 310, False),
    (310, 310, 310, True),
    (-295, -295, -295, True),
    (-300, -300, -300, True),
    (-301, -310, -300, False),
    (-305, -310, -300, False),
    (-310, -310, -310, True),
]


@numba.njit
def snapped(prices, leg_count, out):
    for row in range(prices.size):
        out[row, 0] = kernel.snap_down(prices[row], leg_count)
        out[row, 1] = kernel.snap_up(prices[row], leg_count)
        out[row, 2] = kernel.is_on_grid(prices[row], leg_count)
        out[row, 3] = kernel.increment(leg_count, prices[row])
        out[row, 4] = kernel.grid_step(prices[row], leg_count)


def compiled(prices, leg_count):
    out = np.empty((len(prices), 5), np.int64)
    snapped(np.array(prices, np.int64), leg_count, out)
    return out.tolist()


@pytest.mark.parametrize(("price", "down", "up", "on_grid"), ONE_LEG)
def test_one_leg_snaps_to_five_up_to_three_hundred_and_to_ten_beyond(price, down, up, on_grid):
    assert compiled([price], 1)[0][:3] == [down, up, int(on_grid)]


@pytest.mark.parametrize(
    ("mid2", "increment"), [(0, 5), (599, 5), (600, 5), (601, 10), (-600, 5), (-601, 10)]
)
def test_the_increment_of_one_leg_turns_beyond_a_mid_of_three_hundred(mid2, increment):
    assert compiled([mid2], 1)[0][3] == increment
    assert compiled([mid2], 2)[0][3] == 5


@pytest.mark.parametrize("leg_count", [1, 2, 8])
def test_compiled_grid_and_python_grid_are_the_same(leg_count):
    grid = OptionGrid(leg_count)
    prices = list(range(-1_250, 1_250))
    assert compiled(prices, leg_count) == [
        [
            snap_down(grid, price),
            snap_up(grid, price),
            int(is_on_grid(grid, price)),
            grid.increment(price),
            grid.step(price),
        ]
        for price in prices
    ]


@pytest.mark.parametrize("leg_count", [1, 4])
def test_snapping_finds_the_nearest_grid_price_on_each_side(leg_count):
    allowed = [
        price
        for price in range(-1_500, 1_501)
        if price % 5 == 0 and (leg_count > 1 or abs(price) <= 300 or price % 10 == 0)
    ]
    prices = range(-1_200, 1_201)
    for price, row in zip(prices, compiled(list(prices), leg_count), strict=True):
        assert row[0] == max(other for other in allowed if other <= price)
        assert row[1] == min(other for other in allowed if other >= price)
