"""Runs of strategies over bars: settings, what the market adds, segments and results."""
