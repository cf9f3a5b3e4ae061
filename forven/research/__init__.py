"""Research: backtests, sweeps, their metrics and reports."""
