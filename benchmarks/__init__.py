"""Benchmarks: how fast one option day, a fleet, the whole pipeline and a start are, with digests."""
