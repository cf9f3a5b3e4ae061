"""Perpetual futures as the order-book kernel sees them: contracts, ticks, streams and readers."""
