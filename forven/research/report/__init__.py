"""The HTML report of a backtest: one self-contained page that opens offline."""
