"""The oracle against arithmetic that was thought of apart from it: whole columns at once.

The simplest case, all the equity long at leverage 1 without stops, is a few lines of pandas.
"""

from math import prod
from random import Random

import numpy as np
import pandas as pd
import pytest

from forven.kernels import bars_schema as schema
from tests.reference.bars.comparison import oracle_outcome
from tests.reference.bars.generated_bars import bars as random_bars
from tests.reference.bars.handmade import Example, Told
from tests.reference.bars.scenarios import scenario_of

COST = 0.00065


def example_of(seed: int) -> Example:
    """Return random bars with random signals, long only."""
    chance = Random(seed)
    count = chance.choice([5, 40, 64, 200])
    rows = random_bars(chance, count, 0).T.tolist()
    enter = [bar for bar in range(count) if chance.random() < 0.2]
    leave = [bar for bar in range(count) if chance.random() < 0.15]
    example = Example([tuple(row) for row in rows], enter_long=enter, exit_long=leave)
    return example.set(MODE=schema.MODE_LONG, COST_PPM=650)


def vectorised(example: Example) -> tuple[pd.DataFrame, np.ndarray]:
    """Return entries and exits, and the value at each close, by whole columns."""
    frame = pd.DataFrame(example.bars, columns=["open", "high", "low", "close"], dtype=float)
    bars = frame.index
    # The last signal that says anything holds; an exit beats an entry. It acts a bar later.
    leaves, enters = bars.isin(example.exit_long), bars.isin(example.enter_long)
    said = pd.Series(np.where(leaves, 0.0, np.where(enters, 1.0, np.nan)), index=bars)
    held = said.ffill().shift(1).fillna(0.0).astype(bool)
    is_entry = held & ~held.shift(1, fill_value=False)
    is_exit = ~held & held.shift(1, fill_value=False)
    trades = pd.DataFrame({"entry_bar": bars[is_entry]})
    exits = pd.Series(bars[is_exit])
    is_open = len(exits) < len(trades)
    trades["exit_bar"] = pd.concat([exits, pd.Series([bars[-1]])] if is_open else [exits]).values
    trades["entry"] = frame["open"].iloc[trades["entry_bar"]].values
    trades["exit"] = frame["open"].iloc[trades["exit_bar"]].values
    if is_open:
        trades.loc[trades.index[-1], "exit"] = frame["close"].iloc[-1]
    ratio = trades["exit"] / trades["entry"]
    trades["growth"] = ratio - COST * (1.0 + ratio)
    growths = pd.Series(1.0, index=bars)
    growths.loc[trades["exit_bar"]] = trades["growth"].values
    realised = growths.cumprod()
    entry = pd.Series(np.nan, index=bars)
    entry.loc[trades["entry_bar"]] = trades["entry"].values
    open_growth = (frame["close"] / entry.ffill() - COST).where(held, 1.0)
    if is_open:
        open_growth.iloc[-1] = 1.0
    return trades, (1_000.0 * realised * open_growth).to_numpy()


@pytest.mark.parametrize("seed", range(60))
def test_trades_and_equity_are_those_of_whole_columns(seed):
    example = example_of(seed)
    told = Told(oracle_outcome(example.scenario()))
    trades, values = vectorised(example)
    columns = ["entry_bar", "entry", "exit_bar", "exit"]
    wanted = [(1, *map(int, row)) for row in trades[columns].to_numpy()]
    assert told.fills == wanted
    assert told.values == pytest.approx(values.tolist(), rel=1e-12)
    assert told.sum("EQUITY") == pytest.approx(1_000.0 * trades["growth"].prod(), rel=1e-12)
    returns = pd.Series([1_000.0, *values]).pct_change().dropna()
    assert told.sum("BAR_RETURNS") == pytest.approx(returns.sum(), rel=1e-9, abs=1e-12)
    assert told.sum("BAR_SQUARES") == pytest.approx((returns**2).sum(), rel=1e-9, abs=1e-15)
    in_market = trades["exit_bar"] - trades["entry_bar"]
    is_open = bool(told.count("OPEN_AT_END"))
    assert told.count("BARS_HELD") == in_market.sum()
    assert told.count("BARS_IN_MARKET") == in_market.sum() + is_open


def test_the_examples_trade():
    counts = [len(vectorised(example_of(seed))[0]) for seed in range(60)]
    assert min(counts) == 0
    assert sum(counts) > 300


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_sums_add_up(first):
    """Equity is the capital and all that was made; one side alone compounds its returns."""
    for seed in range(first, first + 50):
        scenario = scenario_of(seed)
        outcome = oracle_outcome(scenario)
        for run, plan in enumerate(scenario.plans.tolist()):
            capital = plan[schema.PLAN_CAPITAL_MICROS] / 1e6
            for segment in range(len(scenario.segments)):
                where = (outcome.trades[:, :2] == (run, segment)).all(axis=1)
                check_sums(outcome.sums[run, segment], outcome.trade_values[where], capital)
                check_counts(outcome.counts[run, segment], outcome.trades[where])
                if plan[schema.PLAN_MODE] != schema.MODE_BOTH:
                    shares = outcome.trade_values[where, schema.TRADE_RETURN].tolist()
                    final = capital * prod(1.0 + share for share in shares)
                    scale = max(abs(final), capital)
                    found = outcome.sums[run, segment, schema.SUM_EQUITY]
                    assert abs(found - final) <= 1e-12 * scale


def check_sums(sums: np.ndarray, numbers: np.ndarray, capital: float) -> None:
    sides = (0, schema.SIDE_SUMS)
    gains = sum(sums[side + schema.SUM_GAINS] for side in sides)
    losses = sum(sums[side + schema.SUM_LOSSES] for side in sides)
    scale = capital + gains + losses
    assert abs(capital + gains - losses - sums[schema.SUM_EQUITY]) <= 1e-12 * scale
    base, drag = numbers[:, schema.TRADE_BASE], numbers[:, schema.TRADE_DRAG]
    share, pnl = numbers[:, schema.TRADE_RETURN], numbers[:, schema.TRADE_PNL]
    assert np.allclose(pnl, base * share, rtol=1e-15)
    assert np.all(drag >= 0.0)
    returns = sum(sums[side + schema.SUM_RETURNS] for side in sides)
    assert abs(returns - share.sum()) <= 1e-12 * (1.0 + np.abs(share).sum())
    squares = sum(sums[side + schema.SUM_SQUARES] for side in sides)
    assert abs(squares - (share**2).sum()) <= 1e-12 * (1.0 + (share**2).sum())


def check_counts(counts: np.ndarray, trades: np.ndarray) -> None:
    sized = trades[trades[:, schema.TRADE_SIZE_PPM] > 0]
    first = schema.COUNT_EXITS_FIRST
    assert counts[first : first + 6].sum() == len(sized)
    assert counts[schema.COUNT_SHADOWS] == len(trades) - len(sized)
    for side in (0, schema.SIDE_COUNTS):
        kinds = [schema.COUNT_WINS, schema.COUNT_LOSSES, schema.COUNT_BREAKEVEN]
        assert sum(counts[side + kind] for kind in kinds) == counts[side + schema.COUNT_TRADES]
    held = counts[schema.COUNT_BARS_HELD] + counts[schema.SIDE_COUNTS + schema.COUNT_BARS_HELD]
    assert held == (sized[:, schema.TRADE_EXIT_BAR] - sized[:, schema.TRADE_ENTRY_BAR]).sum()
