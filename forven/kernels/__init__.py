"""Kernels: arrays in, arrays out; they know no instrument, no file and no clock."""
