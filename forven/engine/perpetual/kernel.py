"""The one place that says which kernel runs perpetuals."""

from forven.kernels.jit.perpetual.session import advance, frame_rows_max

__all__ = ["advance", "frame_rows_max"]
