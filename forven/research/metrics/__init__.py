"""Performance metrics: each formula once, for sessions of options and for runs over bars."""
