"""Strategies over bars: rules written as formulas, compiled to arrays for the bar kernel."""
