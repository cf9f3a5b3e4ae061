"""The metrics: published figures recomputed, and hand-worked series."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forven.primitives.errors import InvalidInput
from forven.research.metrics import formulas
from forven.research.metrics import sessions as metrics


def test_compound_annual_growth_reproduces_the_published_figure() -> None:
    """1,036.60 on 100,000 over 1,012 sessions was published as 1.0366 % and 0.2571 % a year."""
    growth = 1036.60 / 100_000.0
    assert round(100 * growth, 4) == 1.0366
    annual = formulas.compound_growth(growth, 1012 / 252)
    assert round(100 * annual, 4) == 0.2571


def test_calmar_is_growth_a_year_over_the_drawdown() -> None:
    """Published: CAGR 0.2571 % with Calmar 0.0155, so the drawdown was 16.5-16.7 %."""
    published = 0.0155
    drawdown = 0.002571 / published
    assert 0.165 < drawdown < 0.167
    assert formulas.calmar_ratio(0.002571, drawdown) == pytest.approx(published, abs=5e-5)
    assert np.isnan(formulas.calmar_ratio(0.002571, 0.0))


def test_win_rate_counts_sessions_without_a_trade() -> None:
    """936 winners of 1,012 sessions were published as 92.4901 %."""
    profits = np.zeros(1012)
    profits[:936] = 1.0
    assert round(100 * metrics.measure(100_000.0, profits).win_rate, 4) == 92.4901


def test_expectancy_is_the_mean_over_all_sessions() -> None:
    """1,036.60 over 1,012 sessions was published as 1.02."""
    profits = np.zeros(1012)
    profits[0] = 1036.60
    assert round(metrics.measure(100_000.0, profits).expectancy, 2) == 1.02


def test_profit_factor_is_gains_over_losses() -> None:
    """With gains G and losses L, G - L = 1,036.60 and G / L = 1.0117 as published."""
    losses = 1036.60 / 0.0117
    profits = np.array([losses + 1036.60, -losses])
    factor = metrics.measure(100_000.0, profits).profit_factor
    assert factor is not None
    assert round(factor, 4) == 1.0117


def test_a_short_series_by_hand() -> None:
    """Capital 1,000; +100, -220, +44: equity 1,000, 1,100, 880, 924.

    Drawdown (1,100 - 880) / 1,100 = 0.2. Returns 0.1, -0.2, 0.05: mean -1/60; deviations
    7/60, -11/60, 4/60: squares sum 186/3600, over 2 = 0.0258333..., root 0.160727.
    """
    profits = np.array([100.0, -220.0, 44.0])
    measured = metrics.measure(1000.0, profits)
    assert measured.max_drawdown == pytest.approx(0.2)
    assert measured.sharpe == pytest.approx(-1 / 60 / (186 / 3600 / 2) ** 0.5 * 252**0.5)
    assert measured.sortino == pytest.approx(-1 / 60 / 0.2 * 252**0.5)
    assert measured.profit_factor == pytest.approx(144 / 220)
    assert measured.best_day == 100.0
    assert measured.worst_day == -220.0
    assert measured.ending_value == 924.0


def test_downside_is_the_mean_square_of_losing_sessions_alone() -> None:
    """Adding a winner changes the mean but not the downside deviation."""
    one = metrics.sortino_ratio(np.array([0.01, -0.02, -0.04]))
    two = metrics.sortino_ratio(np.array([0.01, 0.01, -0.02, -0.04]))
    assert one is not None and two is not None
    downside = (0.5 * (0.02**2 + 0.04**2)) ** 0.5
    assert one == pytest.approx((-0.05 / 3) / downside * 252**0.5)
    assert two == pytest.approx((-0.04 / 4) / downside * 252**0.5)


def test_figures_without_a_meaning_are_none() -> None:
    """No loss: no profit factor, Sortino or Calmar; one session: no Sharpe; ruin: no CAGR."""
    winner = metrics.measure(1000.0, np.array([10.0]))
    assert winner.profit_factor is None
    assert winner.sortino is None
    assert winner.calmar is None
    assert winner.sharpe is None
    assert metrics.measure(1000.0, np.array([-1000.0])).cagr is None


def test_no_session_is_an_error_that_says_so() -> None:
    with pytest.raises(InvalidInput, match="at least one session"):
        metrics.measure(1000.0, np.zeros(0))


@given(st.lists(st.integers(-500, 500), min_size=1, max_size=60))
def test_drawdown_is_the_worst_pair_of_peak_and_later_trough(profits: list[int]) -> None:
    """Against the definition itself: every earlier value with every later one."""
    equity = metrics.equity_curve(100_000.0, np.array(profits, dtype=np.float64))
    pairs = [
        (equity[i] - equity[j]) / equity[i]
        for i in range(equity.size)
        for j in range(i, equity.size)
    ]
    assert formulas.max_drawdown(equity) == pytest.approx(max(pairs), abs=1e-12)


def test_every_metric_is_judged_and_no_other() -> None:
    assert list(metrics.JUDGED) == [field.name for field in fields(metrics.Metrics)]
