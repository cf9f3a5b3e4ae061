"""TA-Lib's indicators bar by bar: the same operations in the same order as its series."""
