"""The oracle of perpetual sessions: slow and plain, it judges the order-book kernels."""
