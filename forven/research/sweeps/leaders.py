"""What a leaderboard shows, and what must be said beside it: the best of many is partly luck."""

import math
from statistics import NormalDist

import numpy as np
import pyarrow as pa

from forven.research.metrics.judgement import Better
from forven.research.sweeps.ranking import TIE_METRIC
from forven.research.sweeps.results import SweepResults

DEFAULT_METRIC = "sharpe"
FAST_METRIC = "trade_sharpe"
TRADES_FEW = 20
SESSIONS_FEW = 30
_TRADED = {"bars": "total_trades", "sessions": "entries"}
_SPAN = {"bars": "months", "sessions": "sessions"}
"""How long a segment was, in whatever it is counted."""
_NATURAL = "natural_net_profit"
"""Of sessions: with fills at the bid and the ask, beside those that were chosen."""
_SHOWN = {
    "bars": ("total_return", "max_drawdown", "profit_factor"),
    "sessions": ("net_profit", _NATURAL, "max_drawdown"),
}
_EULER = 0.5772156649015329


def shown_metrics(results: SweepResults, metric: str) -> list[str]:
    """Return the columns of the leaderboard: parameters, then each metric, train and test."""
    columns = list(results.parameters)
    for name in dict.fromkeys((metric, *_SHOWN[results.kind], _TRADED[results.kind])):
        columns.append(results.column(name))
        if results.is_split:
            columns.append(results.column(name, test=True))
    return columns


def notes_on(results: SweepResults, metric: str) -> list[str]:
    """Return what a reader must know before trusting the best run."""
    notes = []
    best = results.leaders(metric, 1)
    judgement = results.judgement(metric)
    values = results.values(metric)
    if np.isnan(values).all():
        notes.append(
            f"{metric} is not defined for any run: they stand in the order of {TIE_METRIC}"
        )
    elif judgement.better is Better.NEITHER:
        notes.append(f"{metric} is neither better high nor low: the highest come first")
    traded = _TRADED[results.kind]
    trades = best[results.column(traded)][0].as_py()
    if trades < TRADES_FEW:
        word = traded.removeprefix("total_")
        notes.append(f"the best run made {trades} {word}: too few to judge by ({TRADES_FEW})")
    chance = best_by_chance(values) if judgement.is_zero_without_edge else None
    if chance is not None:
        notes.append(
            f"the best of {values.size:,} runs without any edge would show a {metric} of about "
            f"{chance:.2f} if runs differ as these do"
        )
    if results.is_split:
        notes += _on_the_test(results, metric, best)
    return notes + (_on_bars(results) if results.kind == "bars" else _on_sessions(results, best))


def _on_the_test(results: SweepResults, metric: str, best: pa.Table) -> list[str]:
    """Return whether the best run's metric got worse by half, or twice as bad, in the test."""
    judgement = results.judgement(metric)
    names = [results.column(metric, test=side) for side in (False, True)]
    train, test = (_number(best, name) for name in names)
    if judgement.better is Better.NEITHER or math.isnan(train):
        return []
    share, beside = 1.0, ""
    if judgement.grows_with_span:
        span = _SPAN[results.kind]
        before, after = (_number(best, results.column(span, test=side)) for side in (False, True))
        share = after / before
        beside = f", which is {share:.0%} as long"
    as_good = train * share
    if judgement.better is Better.LOW:
        verb, is_worse = "rises", not test <= 2 * as_good
    else:
        verb, is_worse = "falls", train > 0 and not test >= as_good / 2
    if not is_worse:
        return []
    return [f"the best run's {metric} {verb} from {train:.3g} (train) to {test:.3g} (test{beside})"]


def _on_bars(results: SweepResults) -> list[str]:
    """Return what is only to be said of runs over bars."""
    notes = []
    count = results.table.num_rows
    for name in ("ruined", "funding_complete"):
        values = results.table[results.column(name)].to_numpy()
        found = int(np.count_nonzero(values if name == "ruined" else ~values))
        if found and name == "ruined":
            notes.append(f"{found:,} of {count:,} runs lost everything")
        elif found:
            notes.append(f"{found:,} of {count:,} runs held bars without a funding rate")
    return notes


def _on_sessions(results: SweepResults, best: pa.Table) -> list[str]:
    """Return what is only to be said of runs over sessions."""
    notes = []
    sides = (False, True) if results.is_split else (False,)
    for side in sides:
        where = f" ({'test' if side else 'train'})" if results.is_split else ""
        profit, natural, sessions, early = (
            best[results.column(name, test=side)][0].as_py()
            for name in ("net_profit", _NATURAL, "sessions", "ended_early")
        )
        if profit > 0 >= natural:
            notes.append(
                f"the best run's profit of {profit:,.2f} is made by the fills{where}: sold at the "
                f"bid and bought at the ask it is {natural:,.2f}"
            )
        if sessions < SESSIONS_FEW:
            notes.append(f"{sessions} sessions{where} are too few to judge by ({SESSIONS_FEW})")
        if early:
            notes.append(f"{early} of the best run's sessions{where} ended early")
    return notes


def best_by_chance(values: np.ndarray) -> float | None:
    """Return the expected maximum of as many draws with mean 0 and the values' spread.

    source  Bailey and Lopez de Prado, The Deflated Sharpe Ratio (2014), eq. 1
    """
    known = values[np.isfinite(values)]
    if known.size < 2:
        return None
    inverse = NormalDist().inv_cdf
    first = inverse(1.0 - 1.0 / known.size)
    second = inverse(1.0 - 1.0 / (known.size * math.e))
    return float(known.std(ddof=1) * ((1.0 - _EULER) * first + _EULER * second))


def _number(rows: pa.Table, name: str) -> float:
    """Return the first row's value of a column as a float."""
    return float(rows[name][0].as_py())
