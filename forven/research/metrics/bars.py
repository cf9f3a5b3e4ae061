"""Metrics of runs over bars, from the counts and sums that the kernel keeps: all runs at once.

Sharpe and Sortino of bars are taken from the account's value at each bar's close; those of trades
from each trade's share of the equity at its entry. Docs: METRICS.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forven.kernels import bars_schema as schema
from forven.research.metrics import formulas
from forven.research.metrics.formulas import Floats
from forven.research.metrics.judgement import (
    GAIN,
    HIGH,
    HIGH_SUM,
    LOW,
    LOW_SUM,
    NEITHER,
    RATE,
    Judgement,
)

RATIO_MAX = 10.0
"""Sharpe and Sortino ratios beyond it say nothing but that the sample is small: they stop here."""
TRADES_RELIABLE = 20
MONTHS_RELIABLE = 3.0
MONTHS_PER_YEAR = 12.0

Integers = NDArray[np.int64]
Columns = dict[str, NDArray]
SIDES = ("long", "short")
OF_BARS = ("sharpe", "sortino", "max_drawdown", "calmar")
"""Those that need the sums of bars: not defined where the kernel kept none."""
JUDGED: dict[str, Judgement] = {
    "total_trades": NEITHER,
    "wins": HIGH_SUM,
    "losses": LOW_SUM,
    "breakeven_trades": NEITHER,
    "win_rate": HIGH,
    "sharpe": RATE,
    "sortino": RATE,
    "trade_sharpe": RATE,
    "trade_sortino": RATE,
    "sharpe_is_reliable": HIGH,
    "max_drawdown": LOW,
    "closed_drawdown": LOW,
    "calmar": RATE,
    "profit_factor": HIGH,
    "profit_factor_is_infinite": HIGH,
    "ending_value": HIGH,
    "net_profit": GAIN,
    "total_return": GAIN,
    "cagr": RATE,
    "cagr_is_reliable": HIGH,
    "monthly_return": RATE,
    "months": NEITHER,
    "average_trade": RATE,
    "expectancy": RATE,
    "best_trade": HIGH,
    "worst_trade": HIGH,
    "average_bars_held": NEITHER,
    "exposure": NEITHER,
    "gross_profit": HIGH_SUM,
    "gross_loss": LOW_SUM,
    "costs": LOW_SUM,
    "funding": GAIN,
    "funding_complete": HIGH,
    "open_at_end": NEITHER,
    "shadows": NEITHER,
    "ruined": LOW,
    "long_trades": NEITHER,
    "long_wins": HIGH_SUM,
    "long_profit": GAIN,
    "short_trades": NEITHER,
    "short_wins": HIGH_SUM,
    "short_profit": GAIN,
    "exits_signal": NEITHER,
    "exits_stop_loss": NEITHER,
    "exits_trailing_stop": NEITHER,
    "exits_take_profit": NEITHER,
    "exits_time_stop": NEITHER,
    "exits_liquidation": LOW_SUM,
}
"""How each metric of `bar_metrics` is to be judged, in its order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """How long segments were: bars and years of each.

    bars   (S,) bars, >= 1      capital  opening equity of every run, account currency, > 0
    bars_per_year               of the timeframe and its calendar
    """

    bars: Integers
    bars_per_year: float
    capital: float

    @property
    def years(self) -> Floats:
        """(S,) years."""
        return self.bars / self.bars_per_year


def bar_metrics(counts: Integers, sums: Floats, span: Span) -> Columns:
    """Return the metrics of each run and segment by name, in the order of METRICS.md.

    counts  (K, S, COUNT_WIDTH)      sums  (K, S, SUM_WIDTH), of `bars_schema`
    result  (K, S) each: int64, float64 (NaN where not defined) or bool
    """
    sides = [_side_columns(counts, sums, side) for side in range(len(SIDES))]
    total = {name: sides[0][name] + sides[1][name] for name in sides[0]}
    trades = total["trades"]
    equity = sums[..., schema.SUM_EQUITY]
    growth = formulas.total_return(span.capital, equity)
    yearly = formulas.compound_growth(growth, span.years)
    drawdown = sums[..., schema.SUM_MAX_DRAWDOWN]
    months = span.years * MONTHS_PER_YEAR
    return {
        "total_trades": trades,
        "wins": total["wins"],
        "losses": total["losses"],
        "breakeven_trades": total["breakeven"],
        "win_rate": formulas.share(total["wins"], trades),
        **_bar_ratios(sums, span),
        **_trade_ratios(total, span),
        "sharpe_is_reliable": trades >= TRADES_RELIABLE,
        "max_drawdown": drawdown,
        "closed_drawdown": sums[..., schema.SUM_CLOSED_DRAWDOWN],
        "calmar": formulas.calmar_ratio(yearly, drawdown),
        "profit_factor": formulas.profit_factor(total["gains"], total["loss_money"]),
        "profit_factor_is_infinite": (total["loss_money"] == 0.0) & (total["gains"] > 0.0),
        "ending_value": equity,
        "net_profit": equity - span.capital,
        "total_return": growth,
        "cagr": yearly,
        "cagr_is_reliable": np.broadcast_to(months >= MONTHS_RELIABLE, trades.shape),
        "monthly_return": formulas.compound_growth(growth, months),
        "months": np.broadcast_to(months, trades.shape),
        "average_trade": formulas.quotient(total["returns"], trades),
        "expectancy": formulas.quotient(total["gains"] - total["loss_money"], trades),
        "best_trade": np.fmax(*_extremes(sums, sides, schema.SUM_BEST)),
        "worst_trade": np.fmin(*_extremes(sums, sides, schema.SUM_WORST)),
        "average_bars_held": formulas.quotient(total["bars_held"], trades),
        "exposure": formulas.share(counts[..., schema.COUNT_BARS_IN_MARKET], span.bars),
        "gross_profit": total["gains"],
        "gross_loss": total["loss_money"],
        "costs": total["drag"],
        "funding": total["funding"],
        "funding_complete": total["funding_incomplete"] == 0,
        "open_at_end": counts[..., schema.COUNT_OPEN_AT_END],
        "shadows": counts[..., schema.COUNT_SHADOWS],
        "ruined": counts[..., schema.COUNT_RUINED] > 0,
        **_by_side(sides),
        **_by_reason(counts),
    }


def _side_columns(counts: Integers, sums: Floats, side: int) -> Columns:
    """Return what is kept of one side, by name."""
    whole = {
        "trades": schema.COUNT_TRADES,
        "wins": schema.COUNT_WINS,
        "losses": schema.COUNT_LOSSES,
        "breakeven": schema.COUNT_BREAKEVEN,
        "bars_held": schema.COUNT_BARS_HELD,
        "funding_incomplete": schema.COUNT_FUNDING_INCOMPLETE,
    }
    money = {
        "gains": schema.SUM_GAINS,
        "loss_money": schema.SUM_LOSSES,
        "returns": schema.SUM_RETURNS,
        "squares": schema.SUM_SQUARES,
        "downside": schema.SUM_DOWNSIDE,
        "drag": schema.SUM_DRAG,
        "funding": schema.SUM_FUNDING,
    }
    columns = {name: counts[..., at + side * schema.SIDE_COUNTS] for name, at in whole.items()}
    return columns | {name: sums[..., at + side * schema.SIDE_SUMS] for name, at in money.items()}


def _bar_ratios(sums: Floats, span: Span) -> Columns:
    """Return Sharpe and Sortino of bars: n is all bars of the segment, flat ones included."""
    returns = sums[..., schema.SUM_BAR_RETURNS]
    mean = returns / span.bars
    risk = formulas.deviation(returns, sums[..., schema.SUM_BAR_SQUARES], span.bars)
    downside = formulas.downside_deviation(sums[..., schema.SUM_BAR_DOWNSIDE], span.bars)
    return {
        "sharpe": _clamped(formulas.risk_ratio(mean, risk, span.bars_per_year)),
        "sortino": _clamped(formulas.risk_ratio(mean, downside, span.bars_per_year)),
    }


def _trade_ratios(total: Columns, span: Span) -> Columns:
    """Return Sharpe and Sortino of trades, by as many trades a year as there were."""
    trades = total["trades"]
    mean = formulas.quotient(total["returns"], trades)
    risk = formulas.deviation(total["returns"], total["squares"], trades)
    downside = formulas.downside_deviation(total["downside"], trades)
    yearly = trades / span.years
    return {
        "trade_sharpe": _clamped(formulas.risk_ratio(mean, risk, yearly)),
        "trade_sortino": _clamped(formulas.risk_ratio(mean, downside, yearly)),
    }


def _clamped(ratio: Floats) -> Floats:
    """Return a ratio from -10 to 10."""
    return np.clip(ratio, -RATIO_MAX, RATIO_MAX)


def _extremes(sums: Floats, sides: list[Columns], at: int) -> list[Floats]:
    """Return the best or worst trade of each side, NaN where a side has none."""
    return [
        np.where(columns["trades"] > 0, sums[..., at + side * schema.SIDE_SUMS], np.nan)
        for side, columns in enumerate(sides)
    ]


def _by_side(sides: list[Columns]) -> Columns:
    """Return trades, wins and profit of each side."""
    columns: Columns = {}
    for name, side in zip(SIDES, sides, strict=True):
        columns[f"{name}_trades"] = side["trades"]
        columns[f"{name}_wins"] = side["wins"]
        columns[f"{name}_profit"] = side["gains"] - side["loss_money"]
    return columns


def _by_reason(counts: Integers) -> Columns:
    """Return how often each reason ended a trade."""
    names = ("signal", "stop_loss", "trailing_stop", "take_profit", "time_stop", "liquidation")
    first = schema.COUNT_EXITS_FIRST
    return {f"exits_{name}": counts[..., first + at] for at, name in enumerate(names)}
