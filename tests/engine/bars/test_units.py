"""Numbers count as they are written, and only if they lie on their grid."""

from decimal import Decimal

import numpy as np
import pytest

from forven.engine.bars.units import PERCENT, Bounds, exact_units
from forven.primitives.errors import InvalidInput

BOUNDS = Bounds(PERCENT, 1, 100 * PERCENT)


@pytest.mark.parametrize(
    ("value", "units"),
    [
        (5, 50_000),
        (2.5, 25_000),
        (0.1, 1_000),
        ("0.0001", 1),
        (Decimal("33.3333"), 333_333),
        (100, 1_000_000),
        ("1e1", 100_000),
        (np.float64(0.3), 3_000),
    ],
)
def test_what_lies_on_the_grid_is_exact(value, units):
    assert exact_units("stop", value, BOUNDS) == units


@pytest.mark.parametrize(
    "value",
    [
        0, 0.00001, 2.00005, 100.0001, -1, True, None, "", "five", "nan", float("nan"),
        float("inf"), "1e999999", Decimal("Infinity"), [1], 0.1 + 0.2, "9" * 50, b"1",
    ],
)  # fmt: skip
def test_what_does_not_is_refused_with_what_was_found(value):
    with pytest.raises(InvalidInput, match=r"stop must be a number from 0.0001 to 100 in steps of"):
        exact_units("stop", value, BOUNDS)


def test_what_was_found_is_said():
    with pytest.raises(InvalidInput, match=r"was 2\.00005$"):
        exact_units("stop", 2.00005, BOUNDS)
