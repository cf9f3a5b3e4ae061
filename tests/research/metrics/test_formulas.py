"""The formulas beside those of empyrical, where the definitions coincide, and where they differ."""

import empyrical
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forven.research.metrics import formulas

YEAR = 252
RETURNS = st.lists(
    st.floats(-0.2, 0.25, allow_nan=False).filter(lambda r: r == 0.0 or abs(r) > 1e-6),
    min_size=3,
    max_size=80,
).map(lambda values: np.array(values, dtype=np.float64))


def sums(returns):
    below = np.minimum(returns, 0.0)
    return returns.sum(), np.square(returns).sum(), np.square(below).sum(), returns.size


@given(RETURNS.filter(lambda returns: returns.std() > 1e-6))
def test_sharpe_is_empyricals(returns) -> None:
    total, squares, _, count = sums(returns)
    risk = formulas.deviation(total, squares, count)
    ours = formulas.risk_ratio(total / count, risk, YEAR)
    assert ours == pytest.approx(empyrical.sharpe_ratio(returns, annualization=YEAR), rel=1e-9)


@given(RETURNS.filter(lambda returns: returns.min() < 0.0))
def test_sortino_over_all_observations_is_empyricals(returns) -> None:
    total, _, below, count = sums(returns)
    risk = formulas.downside_deviation(below, count)
    ours = formulas.risk_ratio(total / count, risk, YEAR)
    theirs = empyrical.sortino_ratio(returns, annualization=YEAR)
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)


@given(RETURNS.filter(lambda returns: returns.min() < 0.0 < returns.max()))
def test_sortino_over_losers_alone_is_smaller_by_the_root_of_their_share(returns) -> None:
    """The convention of sessions, which empyrical does not have."""
    _, _, below, count = sums(returns)
    losers = int(np.count_nonzero(returns < 0.0))
    ratio = formulas.downside_deviation(below, count) / formulas.downside_deviation(below, losers)
    assert ratio == pytest.approx((losers / count) ** 0.5)


@given(RETURNS)
def test_growth_drawdown_and_calmar_are_empyricals(returns) -> None:
    values = np.concatenate([[1.0], np.cumprod(1.0 + returns)])
    growth = formulas.total_return(1.0, values[-1])
    yearly = formulas.compound_growth(growth, returns.size / YEAR)
    drawdown = formulas.max_drawdown(values)
    assert growth == pytest.approx(empyrical.cum_returns_final(returns), abs=1e-12)
    assert yearly == pytest.approx(empyrical.annual_return(returns, annualization=YEAR), rel=1e-9)
    assert drawdown == pytest.approx(-empyrical.max_drawdown(returns), abs=1e-12)
    if drawdown > 1e-9:
        theirs = empyrical.calmar_ratio(returns, annualization=YEAR)
        assert formulas.calmar_ratio(yearly, drawdown) == pytest.approx(theirs, rel=1e-6)


@given(RETURNS)
def test_simple_returns_undo_compounding(returns) -> None:
    values = np.concatenate([[1.0], np.cumprod(1.0 + returns)])
    assert formulas.simple_returns(values) == pytest.approx(returns, abs=1e-12)


def test_a_constant_return_has_no_variance_whatever_rounding_says() -> None:
    returns = np.full(1_000, 0.1)
    total, squares, _, count = sums(returns)
    assert formulas.deviation(total, squares, count) == 0.0
    assert np.isnan(formulas.risk_ratio(0.1, 0.0, YEAR))


def test_figures_without_a_meaning_are_not_numbers() -> None:
    assert np.isnan(formulas.compound_growth(-1.0, 2.0))
    assert np.isnan(formulas.deviation(0.1, 0.01, 1))
    assert np.isnan(formulas.downside_deviation(0.0, 5))
    assert np.isnan(formulas.profit_factor(10.0, 0.0))
    assert np.isnan(formulas.share(0, 0))


def test_arrays_are_taken_at_once() -> None:
    factors = formulas.profit_factor(np.array([[2.0, 3.0]]), np.array([[1.0, 0.0]]))
    assert factors[0, 0] == 2.0 and np.isnan(factors[0, 1])
