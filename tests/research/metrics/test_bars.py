"""Metrics of runs over bars: from hand-made counts and sums, and beside plain definitions."""

import empyrical
import numpy as np
import pytest

from forven.kernels import bars_schema as schema
from forven.research.metrics.bars import JUDGED, OF_BARS, Span, bar_metrics

SPAN = Span(bars=np.array([8_760]), bars_per_year=8_760.0, capital=10_000.0)


def kept(long_returns, short_returns=(), bar_returns=None, bars=8_760):
    """Return counts and sums as the kernel keeps them of trades on 10,000 each."""
    counts = np.zeros((1, 1, schema.COUNT_WIDTH), np.int64)
    sums = np.zeros((1, 1, schema.SUM_WIDTH))
    sums[..., schema.SUM_BAR_RETURNS : schema.SUM_WIDTH] = np.nan
    for side, values in enumerate((long_returns, short_returns)):
        returns = np.array(values, dtype=np.float64)
        whole = counts[0, 0, side * schema.SIDE_COUNTS :]
        whole[schema.COUNT_TRADES] = returns.size
        whole[schema.COUNT_WINS] = np.count_nonzero(returns > 0)
        whole[schema.COUNT_LOSSES] = np.count_nonzero(returns < 0)
        whole[schema.COUNT_BREAKEVEN] = np.count_nonzero(returns == 0)
        money = sums[0, 0, side * schema.SIDE_SUMS :]
        money[schema.SUM_GAINS] = 10_000 * returns[returns > 0].sum()
        money[schema.SUM_LOSSES] = -10_000 * returns[returns < 0].sum()
        money[schema.SUM_RETURNS] = returns.sum()
        money[schema.SUM_SQUARES] = np.square(returns).sum()
        money[schema.SUM_DOWNSIDE] = np.square(np.minimum(returns, 0)).sum()
        money[schema.SUM_BEST] = returns.max(initial=-np.inf) if returns.size else 0.0
        money[schema.SUM_WORST] = returns.min(initial=np.inf) if returns.size else 0.0
    gained = sum(np.sum(values) for values in (long_returns, short_returns))
    sums[..., schema.SUM_EQUITY] = 10_000 * (1 + gained)
    if bar_returns is not None:
        sums[..., schema.SUM_BAR_RETURNS] = bar_returns.sum()
        sums[..., schema.SUM_BAR_SQUARES] = np.square(bar_returns).sum()
        sums[..., schema.SUM_BAR_DOWNSIDE] = np.square(np.minimum(bar_returns, 0)).sum()
        sums[..., schema.SUM_MAX_DRAWDOWN] = 0.25
    return counts, sums


def test_trades_of_both_sides_by_hand() -> None:
    """+10 %, -5 %, 0 long and -1 % short on 10,000 each in a year."""
    found = bar_metrics(*kept([0.10, -0.05, 0.0], [-0.01]), SPAN)
    figures = {name: column.item() for name, column in found.items()}
    assert (figures["total_trades"], figures["wins"]) == (4, 1)
    assert (figures["losses"], figures["breakeven_trades"]) == (2, 1)
    assert figures["win_rate"] == 0.25
    assert figures["gross_profit"] == pytest.approx(1_000)
    assert figures["gross_loss"] == pytest.approx(600)
    assert figures["profit_factor"] == pytest.approx(1_000 / 600)
    assert figures["expectancy"] == pytest.approx(100)
    assert figures["total_return"] == pytest.approx(0.04)
    assert figures["cagr"] == pytest.approx(0.04)
    assert figures["monthly_return"] == pytest.approx(1.04 ** (1 / 12) - 1)
    assert (figures["best_trade"], figures["worst_trade"]) == (0.10, -0.05)
    assert (figures["long_trades"], figures["short_trades"]) == (3, 1)
    assert figures["short_profit"] == pytest.approx(-100)
    assert not figures["sharpe_is_reliable"]
    returns = np.array([0.10, -0.05, 0.0, -0.01])
    expected = returns.mean() / returns.std(ddof=1) * 2.0
    assert figures["trade_sharpe"] == pytest.approx(expected)


def test_the_best_trade_of_losers_alone_is_a_loss() -> None:
    found = bar_metrics(*kept([-0.02, -0.03]), SPAN)
    assert found["best_trade"].item() == -0.02
    assert found["worst_trade"].item() == -0.03


def test_sharpe_and_sortino_of_bars_are_empyricals() -> None:
    returns = np.random.default_rng(3).normal(1e-5, 1e-3, 8_760)
    found = bar_metrics(*kept([0.01], bar_returns=returns), SPAN)
    sharpe = empyrical.sharpe_ratio(returns, annualization=8_760)
    sortino = empyrical.sortino_ratio(returns, annualization=8_760)
    assert found["sharpe"].item() == pytest.approx(sharpe, rel=1e-9)
    assert found["sortino"].item() == pytest.approx(sortino, rel=1e-9)


def test_ratios_stop_at_ten() -> None:
    returns = np.full(8_760, 1e-3)
    returns[::2] = 1.1e-3
    found = bar_metrics(*kept([0.01], bar_returns=returns), SPAN)
    assert found["sharpe"].item() == 10.0


def test_without_a_trade_and_without_bars_sums_figures_are_not_numbers() -> None:
    found = bar_metrics(*kept([]), SPAN)
    for name in ("win_rate", "average_trade", "best_trade", "profit_factor", "trade_sharpe"):
        assert np.isnan(found[name].item()), name
    for name in ("sharpe", "sortino", "max_drawdown", "calmar"):
        assert np.isnan(found[name].item()), name
    assert found["total_trades"].item() == 0
    assert not found["profit_factor_is_infinite"].item()


def test_only_gains_have_an_infinite_profit_factor() -> None:
    found = bar_metrics(*kept([0.01]), SPAN)
    assert found["profit_factor_is_infinite"].item()


def test_every_metric_is_on_the_page(pytestconfig) -> None:
    page = (pytestconfig.rootpath / "docs" / "METRICS.md").read_text()
    for name in bar_metrics(*kept([0.01]), SPAN):
        side = name.replace("short_", "long_")
        reason = name.startswith("exits_")
        assert reason or f"`{side}`" in page, name


def test_every_metric_is_judged_and_no_other() -> None:
    assert list(JUDGED) == list(bar_metrics(*kept([0.01]), SPAN))
    assert set(OF_BARS) < set(JUDGED)
