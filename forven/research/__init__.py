"""Research: backtests over many sessions, their metrics and reports."""
