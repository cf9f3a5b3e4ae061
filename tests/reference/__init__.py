"""Slow, plain oracles written from the design pages; they judge the kernels."""
