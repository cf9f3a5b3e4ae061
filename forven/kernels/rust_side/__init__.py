"""The kernels by Rust, as `forven.kernels.backend` offers them: one module a part."""
