"""The perpetual kernel: bots against the order book of one instrument, by docs/PERPETUALS.md."""
