"""forven: one deterministic engine for backtests, paper bots and research."""

__version__ = "0.1.0"
