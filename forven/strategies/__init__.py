"""Strategies: documents that say what to trade, compiled to integers for the kernel."""
