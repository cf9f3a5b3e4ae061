"""The numba kernels: the reference implementation that ships."""
