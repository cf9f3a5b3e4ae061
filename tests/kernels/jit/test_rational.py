"""The rational cubic meets its end points, slopes and curvature, and stays monotone."""

import numpy as np
import pytest

from forven.kernels.jit.rational import (
    rational_cubic,
    shape_for_left_curvature,
    shape_for_right_curvature,
)


def test_the_interpolant_meets_values_and_slopes_at_both_ends():
    at = [rational_cubic(x, 0.0, 2.0, 1.0, 5.0, 0.5, 3.0, 4.0) for x in (0.0, 1e-7, 2 - 1e-7, 2.0)]
    assert (at[0], at[3]) == (1.0, 5.0)
    assert (at[1] - at[0]) / 1e-7 == pytest.approx(0.5, rel=1e-5)
    assert (at[3] - at[2]) / 1e-7 == pytest.approx(3.0, rel=1e-5)


@pytest.mark.parametrize(
    ("at", "shape_of", "curvature"),
    [(0.0, shape_for_left_curvature, 2.5), (2.0, shape_for_right_curvature, 14.0)],
)
def test_a_shape_gives_the_curvature_that_was_asked_for(at, shape_of, curvature):
    shape = shape_of(2.0, 4.0, 0.5, 6.0, curvature, False)
    inward = 1e-4 if at == 0.0 else -1e-4
    y = [rational_cubic(at + k * inward, 0.0, 2.0, 1.0, 5.0, 0.5, 6.0, shape) for k in range(4)]
    assert (2 * y[0] - 5 * y[1] + 4 * y[2] - y[3]) / 1e-8 == pytest.approx(curvature, rel=1e-3)


def test_a_shape_keeps_monotone_data_monotone_whatever_the_curvature():
    shape = shape_for_right_curvature(1.0, 1.0, 0.1, 40.0, -1e6, True)
    y = [rational_cubic(x, 0.0, 1.0, 0.0, 1.0, 0.1, 40.0, shape) for x in np.linspace(0, 1, 500)]
    assert (np.diff(y) >= 0.0).all()


def test_the_largest_shape_is_the_straight_line():
    assert rational_cubic(0.25, 0.0, 1.0, 2.0, 6.0, 9.0, 9.0, 1e40) == 3.0
