"""Script strategies: Python classes run frame by frame in a restricted subprocess."""
