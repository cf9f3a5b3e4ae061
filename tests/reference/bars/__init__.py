"""The oracle of the bar kernel, written from docs/BARS.md, and what holds the kernels to it."""
