"""Indicators TA-Lib does not have: series in, series out, and a state to go on from.

A kernel takes any number of bars at a time: `state`, all zeros before the first, is what it keeps
between two calls, so that a series in one call and bar by bar gives the same bits. Inputs are
finite. An output is NaN before its lookback.
"""
