"""The engine: one deterministic run; market, policy, strategy and commands in, journal out."""
