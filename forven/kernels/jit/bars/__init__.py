"""The bar kernel: signals over bars into trades, equity and sums, as docs/BARS.md says."""
