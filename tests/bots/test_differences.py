"""Differences of journals, in words."""

import numpy as np

from forven.bots.differences import continues, first_difference


def test_equal_journals_have_none_whatever_the_bot(condor_sessions):
    rows = condor_sessions[0].rows
    other = rows.copy()
    other[:, 0] = 9
    assert first_difference(rows, other) is None
    assert continues(rows[:10], other) is None
    assert continues(rows[:0], other) is None


def test_the_first_row_that_differs_is_told_on_both_sides(condor_sessions):
    rows = condor_sessions[0].rows
    other = rows.copy()
    other[3, 5] += 1
    other[7, 5] += 1
    told = first_difference(rows, other)
    assert told.startswith("row 3: expected sequence 3, ts ")
    assert ", as stored; found sequence 3, ts " in told


def test_a_row_too_few_or_too_many_is_told(condor_sessions):
    rows = condor_sessions[0].rows
    count = len(rows)
    assert first_difference(rows, rows[:-1]).startswith(f"row {count - 1}: expected sequence")
    assert continues(rows, rows[:-1]).endswith("found no further row")
    assert "expected no further row" in first_difference(rows[:-1], rows)


def test_rows_of_no_known_kind_are_told_as_integers():
    one = np.arange(11)[None] + 100
    assert "the integers [101, 102" in first_difference(one, one + 1)
