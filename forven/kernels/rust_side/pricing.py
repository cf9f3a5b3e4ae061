"""Volatilities, prices, greeks and deltas by Rust; arguments as in `kernels/jit/`."""

from forven_engine import black76_values, black_scholes_values, deltas_at, implied_volatilities

__all__ = ["black76_values", "black_scholes_values", "deltas_at", "implied_volatilities"]
