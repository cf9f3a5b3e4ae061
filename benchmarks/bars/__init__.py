"""Sweeps over bars beside the field, and a scan of the whole library."""
