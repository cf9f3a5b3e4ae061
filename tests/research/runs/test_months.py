"""Returns by month: by hand, over a cut, and after everything is lost."""

import numpy as np
import pytest

from forven.research.runs.months import month_rows

DAY_NS = 86_400 * 10**9
JANUARY_2021 = 18_628 * DAY_NS


def ends(*days):
    return JANUARY_2021 + np.array(days) * DAY_NS


def test_a_bar_that_ends_at_midnight_belongs_to_the_month_before() -> None:
    moments = ends(30, 31, 32, 59)  # 31 January, 1 February 00:00, 2 February, 1 March 00:00
    values = np.array([110.0, 121.0, 133.1, 99.825])
    (row,) = month_rows(moments, [(0, values)], 100.0)
    assert row[0] == 2021
    assert row[1] == pytest.approx(0.21) and row[2] == pytest.approx(-0.175)
    assert row[3:13] == [None] * 10
    assert row[13] == pytest.approx(99.825 / 100 - 1)


def test_a_month_of_two_segments_is_the_product_of_both() -> None:
    moments = ends(10, 11, 12, 13)
    curves = [(0, np.array([100.0, 110.0])), (2, np.array([90.0, 100.0]))]
    (row,) = month_rows(moments, curves, 100.0)
    assert row[1] == pytest.approx(1.1 * 1.0 - 1.0)


def test_years_without_bars_are_empty_rows() -> None:
    rows = month_rows(ends(10, 800), [(0, np.array([101.0, 102.0]))], 100.0)
    assert [row[0] for row in rows] == [2021, 2022, 2023]
    assert rows[1][1:] == [None] * 13


def test_all_lost_stays_lost() -> None:
    (row,) = month_rows(ends(10, 11, 12), [(0, np.array([50.0, 0.0, 0.0]))], 100.0)
    assert row[1] == row[13] == -1.0
