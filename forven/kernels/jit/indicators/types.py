"""The types of an indicator's arrays."""

from numba import float64

SERIES = float64[::1]
NUMBER = float64
