"""forven: one deterministic engine for backtests, paper bots and research."""

import importlib
from typing import TYPE_CHECKING, Any

from forven.primitives.version import __version__ as __version__

if TYPE_CHECKING:
    from forven.research.result import BacktestResult as BacktestResult
    from forven.research.runs.result import BarBacktestResult as BarBacktestResult
    from forven.research.runs.services import backtest_bars as backtest_bars
    from forven.research.services import backtest as backtest
    from forven.research.sweeps.services import sweep as sweep

_LAZY = {
    "backtest": "forven.research.services",
    "sweep": "forven.research.sweeps.services",
    "BacktestResult": "forven.research.result",
    "backtest_bars": "forven.research.runs.services",
    "BarBacktestResult": "forven.research.runs.result",
}
"""What is loaded when it is first asked for, so that `import forven` stays quick."""


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(_LAZY[name]), name)
    globals()[name] = found
    return found
