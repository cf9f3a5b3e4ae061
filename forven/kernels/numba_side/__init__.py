"""The kernels by numba, as `forven.kernels.backend` offers them: one module a part."""
