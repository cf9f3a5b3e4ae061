"""Every metric is judged, and ranked by its better end."""

import numpy as np
import pytest

from forven.primitives.errors import InvalidInput
from forven.research.metrics import sessions
from forven.research.metrics.judgement import HIGH, LOW, NEITHER
from forven.research.sweeps.ranking import best_first, judgement_of

VALUES = np.array([0.2, np.nan, -np.inf, 0.1, np.inf, 0.2])
NONE = np.zeros(6)


@pytest.mark.parametrize("judgement", [HIGH, NEITHER])
def test_the_highest_come_first(judgement) -> None:
    assert best_first(VALUES, judgement, NONE).tolist() == [4, 0, 5, 3, 2, 1]


def test_of_what_is_better_low_the_lowest_come_first_and_undefined_ones_last() -> None:
    assert best_first(VALUES, LOW, NONE).tolist() == [2, 3, 0, 5, 4, 1]


def test_among_equals_the_higher_tie_comes_first_and_an_undefined_one_last() -> None:
    ties = np.array([1.0, np.nan, 3.0, 3.0, -1.0, 2.0])
    for judgement in (HIGH, LOW):
        assert best_first(NONE, judgement, ties).tolist() == [2, 3, 5, 0, 4, 1]


@pytest.mark.parametrize(
    ("metric", "told"),
    [
        ("sharp", "did you mean 'sharpe'"),
        ("train_sharpe", "say 'sharpe'"),
        ("test_max_drawdown", "say 'max_drawdown'"),
        ("fast", "expected a metric"),
    ],
)
def test_an_unknown_metric_is_told(metric, told) -> None:
    with pytest.raises(InvalidInput, match=told):
        judgement_of("bars", metric)


def test_a_metric_of_bars_is_no_metric_of_a_fast_sweep() -> None:
    with pytest.raises(InvalidInput, match="--fast"):
        judgement_of("bars", "max_drawdown", has_detail=False)
    assert judgement_of("bars", "closed_drawdown", has_detail=False).better is LOW.better


def test_metrics_of_sessions_are_judged_as_they_are_defined() -> None:
    assert judgement_of("sessions", "fees").better is LOW.better
    assert judgement_of("sessions", "max_drawdown") is sessions.JUDGED["max_drawdown"]
