"""Scripts that run in environments of their own, and the exact versions those are made of."""
