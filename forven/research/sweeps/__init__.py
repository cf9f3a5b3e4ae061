"""Sweeps: many parameter sets of one strategy over one dataset, in chunks that can be resumed."""
