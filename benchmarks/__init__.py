"""Benchmarks beside the field: floors, hand-written loops and peers for the package's workloads."""
