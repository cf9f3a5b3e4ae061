"""The options that a sweep and a backtest over bars share: how runs are sized, stopped, charged."""

from collections.abc import Callable
from typing import Any

import click

from forven.engine.bars.policy import SIZING_MODES, TRADE_MODES

_OPTIONS = (
    ("--mode", "trade_mode", {"type": click.Choice(tuple(TRADE_MODES))}, "Sides that are traded."),
    ("--sizing", "sizing_mode", {"type": click.Choice(tuple(SIZING_MODES))}, "Of entries."),
    ("--fixed-size", "fixed_size", {"metavar": "MONEY"}, "Stake of an entry, for fixed."),
    ("--risk", "risk_per_trade", {"metavar": "SHARE"}, "Lost at the stop, for fraction and atr."),
    ("--atr-stop", "atr_stop_multiplier", {"metavar": "X"}, "Stop at X times ATR(14), for atr."),
    ("--kelly", "kelly_multiplier", {"metavar": "X"}, "Of Kelly's share, for kelly."),
    ("--stop-loss", "stop_loss_pct", {"metavar": "PCT"}, "Stop, percent of the price."),
    ("--take-profit", "take_profit_pct", {"metavar": "PCT"}, "Target, percent of the price."),
    ("--trailing-stop", "trailing_stop_pct", {"metavar": "PCT"}, "Trailing stop, percent."),
    ("--time-stop", "time_stop_bars", {"type": int, "metavar": "BARS"}, "Leave after them."),
    ("--leverage", "leverage", {"metavar": "X"}, "Over the strategy's own."),
    ("--fee-bps", "fee_bps", {"metavar": "BPS"}, "Of the notional, each side; 4.5 if not said."),
    ("--slippage-bps", "slippage_bps", {"metavar": "BPS"}, "The same; 2 if not said."),
    ("--capital", "initial_capital", {"metavar": "MONEY"}, "10000 if not said; 100000 a session."),
)  # fmt: skip
POLICY_NAMES = tuple(name for _, name, _, _ in _OPTIONS)
CAPITAL = "initial_capital"
"""The one that sessions have too, there with another default."""
SESSION_CAPITAL = "100000"
BARS_ONLY = tuple(name for name in POLICY_NAMES if name != CAPITAL)


def policy_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a policy to a command; without any of sizing and stops it is atr, 1 %."""
    for option, name, settings, text in reversed(_OPTIONS):
        function = click.option(option, name, help=text, **settings)(function)
    return function


def policy_taken(asked: dict[str, Any]) -> dict[str, Any]:
    """Take what was said of the policy out of a command's options."""
    said = {name: asked.pop(name) for name in POLICY_NAMES}
    return {name: value for name, value in said.items() if value is not None}
