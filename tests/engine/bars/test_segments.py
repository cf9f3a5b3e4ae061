"""Segments: where train ends, and how much history is enough."""

import numpy as np
import pytest

from forven.engine.bars.segments import (
    TooLittleHistory,
    check_segments,
    split_segments,
    whole_segment,
)
from forven.primitives.errors import InvalidInput


def test_the_cut_does_not_move_with_the_warmup():
    assert split_segments(1_000, 50).tolist() == [[50, 700], [700, 1_000]]
    assert split_segments(1_000, 200, 80).tolist() == [[200, 800], [800, 1_000]]
    assert whole_segment(1_000, 50).tolist() == [[50, 1_000]]


@pytest.mark.parametrize(("count", "warmup"), [(100, 68), (100, 200), (6, 0), (0, 0)])
def test_too_little_history_is_said_with_figures(count, warmup):
    with pytest.raises(
        TooLittleHistory, match=f"expected {warmup} bars of warm-up .* found {count} bars"
    ):
        split_segments(count, warmup)


def test_the_least_history_is_enough():
    assert split_segments(10, 4).tolist() == [[4, 7], [7, 10]]
    assert whole_segment(13, 10).tolist() == [[10, 13]]
    with pytest.raises(TooLittleHistory, match="found 12 bars"):
        whole_segment(12, 10)


@pytest.mark.parametrize("train_pct", [0, 100, 70.0, "70", True])
def test_other_shares_are_refused(train_pct):
    with pytest.raises(InvalidInput, match="train_pct must be a whole number from 1 to 99"):
        split_segments(1_000, 0, train_pct)


@pytest.mark.parametrize(
    ("segments", "error", "words"),
    [
        ([[9, 50]], TooLittleHistory, "a begin after the 10 bars of warm-up, found 9"),
        ([[10, 101]], InvalidInput, "begin < end <= 100, found 10 and 101"),
        ([[60, 60]], InvalidInput, "begin < end"),
        ([10, 50], InvalidInput, r"int64 \[S, 2\]"),
        ([[10.0, 50.0]], InvalidInput, "found float64"),
        (np.zeros((0, 2), np.int64), InvalidInput, "one or more, found none"),
    ],
)
def test_bad_segments_are_refused(segments, error, words):
    with pytest.raises(error, match=words):
        check_segments(np.asarray(segments), 100, 10)


def test_good_segments_pass():
    check_segments(np.array([[10, 100], [20, 30]]), 100, 10)
