"""Metrics of daily results: every session counts, also those without a trade.

Definitions reproduce the published results of a comparable 0DTE simulator (reference section 6.5).
Risk-free rate zero, 252 sessions a year.
"""

from dataclasses import dataclass

import numpy as np

from forven.primitives.errors import InvalidInput
from forven.research.metrics import formulas
from forven.research.metrics.formulas import Floats, max_drawdown, simple_returns
from forven.research.metrics.judgement import GAIN, HIGH, LOW, NEITHER, RATE, Judgement

SESSIONS_PER_YEAR = 252


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


JUDGED: dict[str, Judgement] = {
    "sessions": NEITHER,
    "ending_value": HIGH,
    "net_profit": GAIN,
    "total_return": GAIN,
    "cagr": RATE,
    "sharpe": RATE,
    "sortino": RATE,
    "calmar": RATE,
    "max_drawdown": LOW,
    "profit_factor": HIGH,
    "expectancy": RATE,
    "win_rate": HIGH,
    "best_day": HIGH,
    "worst_day": HIGH,
}
"""How each metric is to be judged."""


def equity_curve(capital: float, profits: Floats) -> Floats:
    """Return the account value after each session, and before the first: capital + running sum.

    profits  (n,) net profit of each session, currency     result  (n + 1,) currency
    """
    return capital + np.concatenate([[0.0], np.cumsum(profits)])


def sharpe_ratio(returns: Floats) -> float | None:
    """Return mean / sample standard deviation (n - 1) x sqrt(252); None without variance."""
    if returns.size < 2:
        return None
    risk = returns.std(ddof=1)
    return defined(formulas.risk_ratio(returns.mean(), risk, SESSIONS_PER_YEAR))


def sortino_ratio(returns: Floats) -> float | None:
    """Return mean / root mean square of the negative returns alone x sqrt(252).

    The mean of squares is taken over the losing sessions, not over all: None without one.
    """
    losses = returns[returns < 0.0]
    risk = formulas.downside_deviation(np.sum(losses**2), losses.size)
    mean = returns.mean() if returns.size else np.nan
    return defined(formulas.risk_ratio(mean, risk, SESSIONS_PER_YEAR))


def defined(figure: Floats) -> float | None:
    """Return a figure of one account; None where it is not defined."""
    number = float(figure)
    return None if np.isnan(number) else number


def measure(capital: float, profits: Floats) -> Metrics:
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
    gained = float(profits.sum())
    growth = gained / capital
    growth_a_year = formulas.compound_growth(growth, profits.size / SESSIONS_PER_YEAR)
    drawdown = max_drawdown(equity)
    solvent = bool(np.all(equity > 0.0))
    returns = simple_returns(equity) if solvent else np.zeros(0)
    won, lost = profits[profits > 0.0], profits[profits < 0.0]
    return Metrics(
        sessions=int(profits.size),
        ending_value=float(equity[-1]),
        net_profit=gained,
        total_return=growth,
        cagr=defined(growth_a_year),
        sharpe=sharpe_ratio(returns),
        sortino=sortino_ratio(returns),
        calmar=defined(formulas.calmar_ratio(growth_a_year, drawdown)),
        max_drawdown=drawdown,
        profit_factor=defined(formulas.profit_factor(won.sum(), -lost.sum())),
        expectancy=float(profits.mean()),
        win_rate=float(formulas.share(won.size, profits.size)),
        best_day=float(profits.max()),
        worst_day=float(profits.min()),
    )
