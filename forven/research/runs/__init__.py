"""Runs: one strategy over one series of bars, its result and its report."""
