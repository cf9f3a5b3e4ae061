"""One deterministic run on a perpetual: policy and commands in, journal and account out."""
