"""Benchmarks: the speed of an option day, a fleet, the whole pipeline and a start."""
