"""Every built-in strategy trades in each of its modes, and each direction by its own signals."""

import numpy as np
import pytest

from forven.engine.bars.policy import BarPolicy
from forven.engine.bars.run import RunOptions, run_bars
from forven.engine.bars.segments import whole_segment
from forven.market.bars.columns import ENRICHMENT
from forven.market.bars.synthetic import random_bars
from forven.strategies.bars.compilation import compile_runs
from forven.strategies.bars.registry import built_in
from forven.strategies.bars.signals import signals_of
from tests.strategies.bars.library.drawn import with_gaps

BARS = with_gaps(random_bars(8_000, 7, columns=tuple(ENRICHMENT)))
STRATEGIES = [built_in()[name] for name in sorted(built_in())]


def trades(strategy, mode):
    """Return (direction, bar of entry, bar of exit) of trades that nothing but signals ends."""
    compiled = compile_runs(strategy, [{}], BARS)
    policy = BarPolicy(trade_mode=mode, sizing_mode="fixed", fee_bps=0, slippage_bps=0)
    segment = whole_segment(len(BARS), int(compiled.warmups[0]))
    options = RunOptions(has_detail=False, has_trades=True, has_funding=False)
    table = run_bars(BARS, compiled, policy, segment, options).trades().to_pydict()
    columns = (table[name] for name in ("direction", "entry_bar", "exit_bar"))
    return sorted(zip(*columns, strict=True))


def by_signals(strategy, direction):
    """Return the trades of a direction, worked out from its signals."""
    rows = signals_of(strategy, BARS, strategy.resolve())
    enters, leaves = rows[:2] if direction == "long" else rows[2:]
    if enters is None:
        return []
    leaves = np.zeros(len(BARS), bool) if leaves is None else leaves
    made, entered = [], None
    for i in range(strategy.warmup(strategy.resolve()) + 1, len(BARS)):
        if entered is not None and leaves[i - 1]:
            made.append((direction, entered, i))
            entered = None
        elif entered is None and enters[i - 1] and not leaves[i - 1]:
            entered = i
    return made if entered is None else [*made, (direction, entered, len(BARS) - 1)]


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: strategy.name)
def test_it_trades_in_each_mode_by_the_signals_of_its_directions(strategy):
    for mode in strategy.modes:
        longs = [] if mode == "short_only" else by_signals(strategy, "long")
        shorts = [] if mode == "long_only" else by_signals(strategy, "short")
        assert trades(strategy, mode) == longs + shorts, mode
        assert longs or shorts
