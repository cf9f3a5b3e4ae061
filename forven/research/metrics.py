"""Performance metrics of daily results: each defined once, in one place, with its formula.

Definitions reproduce the published results of a comparable 0DTE simulator (reference section 6.5).
Every session counts, also those without a trade. Risk-free rate zero, 252 sessions a year.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forven.primitives.errors import InvalidInput

SESSIONS_PER_YEAR = 252
Series = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Metrics of one equity curve; None where a figure is not defined (no loss, no variance).

    Money in account currency, ratios as fractions (0.01 is 1 %), Sharpe and Sortino a year.
    """

    sessions: int
    ending_value: float
    net_profit: float
    total_return: float
    cagr: float | None
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    max_drawdown: float
    profit_factor: float | None
    expectancy: float
    win_rate: float
    best_day: float
    worst_day: float


def equity_curve(capital: float, profits: Series) -> Series:
    """Return the account value after each session, and before the first: capital + running sum.

    profits  (n,) net profit of each session, currency     result  (n + 1,) currency
    """
    return capital + np.concatenate([[0.0], np.cumsum(profits)])


def total_return(capital: float, profits: Series) -> float:
    """Return sum(profits) / capital."""
    return float(profits.sum()) / capital


def compound_annual_growth(growth: float, sessions: int) -> float | None:
    """Return (1 + growth)^(252 / sessions) - 1; None if all capital is lost."""
    if growth <= -1.0:
        return None
    return float((1.0 + growth) ** (SESSIONS_PER_YEAR / sessions) - 1.0)


def max_drawdown(equity: Series) -> float:
    """Return the greatest fall from a peak, as a fraction of that peak; session closes only.

    equity  (n,) currency, positive at its peaks
    """
    peaks = np.maximum.accumulate(equity)
    return float(np.max((peaks - equity) / peaks))


def calmar_ratio(growth_a_year: float | None, drawdown: float) -> float | None:
    """Return compound annual growth / |max drawdown|; None without a drawdown."""
    if growth_a_year is None or drawdown == 0.0:
        return None
    return growth_a_year / abs(drawdown)


def session_returns(equity: Series) -> Series:
    """Return simple returns on the running equity.

    equity  (n + 1,) currency                             result  (n,) fractions
    """
    return np.diff(equity) / equity[:-1]


def sharpe_ratio(returns: Series) -> float | None:
    """Return mean / sample standard deviation (n - 1) x sqrt(252); None without variance."""
    if returns.size < 2:
        return None
    deviation = float(returns.std(ddof=1))
    if deviation == 0.0:
        return None
    return float(returns.mean()) / deviation * SESSIONS_PER_YEAR**0.5


def sortino_ratio(returns: Series) -> float | None:
    """Return mean / root mean square of the negative returns alone x sqrt(252).

    The mean of squares is taken over the losing sessions, not over all: None without one.
    """
    losses = returns[returns < 0.0]
    if losses.size == 0:
        return None
    downside = float(np.sqrt(np.mean(losses**2)))
    return float(returns.mean()) / downside * SESSIONS_PER_YEAR**0.5


def profit_factor(profits: Series) -> float | None:
    """Return sum of winning sessions / |sum of losing sessions|; None without a loss."""
    lost = float(-profits[profits < 0.0].sum())
    if lost == 0.0:
        return None
    return float(profits[profits > 0.0].sum()) / lost


def win_rate(profits: Series) -> float:
    """Return sessions with a net profit above zero / all sessions."""
    return float(np.count_nonzero(profits > 0.0)) / profits.size


def measure(capital: float, profits: Series) -> Metrics:
    """Return all metrics of a series of sessions.

    capital  opening value, currency, > 0      profits  (n,) net, currency, n >= 1
    errors   InvalidInput if there is no session or no capital
    """
    if profits.size == 0 or capital <= 0.0:
        raise InvalidInput(
            f"expected at least one session and capital above 0, found {profits.size} "
            f"sessions and {capital}"
        )
    equity = equity_curve(capital, profits)
    growth = total_return(capital, profits)
    growth_a_year = compound_annual_growth(growth, profits.size)
    drawdown = max_drawdown(equity)
    solvent = bool(np.all(equity > 0.0))
    returns = session_returns(equity) if solvent else np.zeros(0)
    return Metrics(
        sessions=int(profits.size),
        ending_value=float(equity[-1]),
        net_profit=float(profits.sum()),
        total_return=growth,
        cagr=growth_a_year,
        sharpe=sharpe_ratio(returns),
        sortino=sortino_ratio(returns),
        calmar=calmar_ratio(growth_a_year, drawdown),
        max_drawdown=drawdown,
        profit_factor=profit_factor(profits),
        expectancy=float(profits.mean()),
        win_rate=win_rate(profits),
        best_day=float(profits.max()),
        worst_day=float(profits.min()),
    )
