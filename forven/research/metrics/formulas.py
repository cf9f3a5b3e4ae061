"""The formulas, one a metric; every other file of this room only fills them in.

Arguments are floats or arrays that broadcast; results are arrays of their shape. Ratios are
fractions (0.01 is 1 %), money is in account currency. Where a figure is not defined, it is NaN.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = float | NDArray[np.float64] | NDArray[np.int64]
"""A figure of one account, or of many at once."""


def quotient(above: Numbers, below: Numbers) -> Floats:
    """Return above / below; NaN where below is 0."""
    below = np.asarray(below, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below == 0.0, np.nan, np.asarray(above, dtype=np.float64) / below)


def total_return(capital: Numbers, ending_value: Numbers) -> Floats:
    """Return ending value / capital - 1, a fraction."""
    return np.asarray(ending_value, dtype=np.float64) / capital - 1.0


def compound_growth(growth: Numbers, periods: Numbers) -> Floats:
    """Return (1 + growth)^(1 / periods) - 1: a fraction a period, say a year; NaN if all is lost.

    periods  years (CAGR) or months that the growth took, > 0
    """
    kept = 1.0 + np.asarray(growth, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(kept > 0.0, np.power(kept, quotient(1.0, periods)) - 1.0, np.nan)


def deviation(total: Numbers, squares: Numbers, count: Numbers) -> Floats:
    """Return the sample standard deviation (n - 1) from a sum, a sum of squares and a count.

    NaN below two values. A variance within rounding of 0 (1e-14 of the mean square) is 0.
    """
    count = np.asarray(count, dtype=np.float64)
    squares = np.asarray(squares, dtype=np.float64)
    spread = squares - quotient(np.square(total), count)
    spread = np.where(spread <= 1e-14 * squares, 0.0, spread)
    return np.where(count >= 2.0, np.sqrt(quotient(spread, count - 1.0)), np.nan)


def risk_ratio(mean: Numbers, risk: Numbers, periods_per_year: Numbers) -> Floats:
    """Return mean / risk x sqrt(periods a year), with a risk-free rate of 0.

    Sharpe with the sample standard deviation as the risk, Sortino with a downside deviation.
    """
    return quotient(mean, risk) * np.sqrt(periods_per_year)


def downside_deviation(squares: Numbers, count: Numbers) -> Floats:
    """Return the root of the squares of negative returns over a count; NaN without a loss.

    count  all observations (bars, trades), or the losing ones alone (sessions): see METRICS.md
    """
    squares = np.asarray(squares, dtype=np.float64)
    return np.where(squares > 0.0, np.sqrt(quotient(squares, count)), np.nan)


def calmar_ratio(growth_a_year: Numbers, drawdown: Numbers) -> Floats:
    """Return compound annual growth / |maximum drawdown|."""
    return quotient(growth_a_year, np.abs(drawdown))


def profit_factor(gains: Numbers, losses: Numbers) -> Floats:
    """Return the sum of gains / the sum of losses (positive); NaN without a loss."""
    return quotient(gains, losses)


def share(part: Numbers, whole: Numbers) -> Floats:
    """Return part / whole, as wins of all trades."""
    return quotient(part, whole)


def max_drawdown(values: Floats) -> float:
    """Return the greatest fall from an earlier peak, as a fraction of that peak.

    values  (n,) account values at the moments looked at, > 0 at their peaks, n >= 1
    """
    peaks = np.maximum.accumulate(values)
    return float(np.max((peaks - values) / peaks))


def simple_returns(values: Floats) -> Floats:
    """Return each value over the one before, less 1.

    values  (n + 1,) account values, > 0                  result  (n,) fractions
    """
    return np.diff(values) / values[:-1]
