"""Indicators: one registry, each computed over whole series and bar by bar with equal numbers."""
