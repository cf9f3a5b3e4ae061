"""Volatilities, prices, greeks and deltas by numba; arguments as the kernels say."""

from forven.kernels.jit.black import black76_values, black_scholes_values
from forven.kernels.jit.chain import deltas_at
from forven.kernels.jit.volatility import implied_volatilities

__all__ = ["black76_values", "black_scholes_values", "deltas_at", "implied_volatilities"]
