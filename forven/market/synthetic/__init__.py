"""The synthetic market: seeded 0DTE days, good enough to demonstrate and to test on."""
