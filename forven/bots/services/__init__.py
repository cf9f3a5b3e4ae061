"""Use cases of bots, sessions and strategies: plain documents in, plain documents out, no HTTP."""
