"""Rows of integers as the database holds them: little-endian int64, row after row."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forven.store.errors import StoreDamaged

_WORD_BYTES = 8


def blob_of(rows: NDArray[np.int64] | Sequence[int]) -> bytes:
    """Return integers as little-endian int64 bytes, C order."""
    return np.ascontiguousarray(rows, dtype="<i8").tobytes()


def rows_of(blob: bytes, width: int) -> NDArray[np.int64]:
    """Return the (n, width) int64 rows of a blob, a copy; StoreDamaged if they do not fit."""
    if len(blob) % (width * _WORD_BYTES):
        raise StoreDamaged(
            f"expected rows of {width} int64 ({width * _WORD_BYTES} bytes each), "
            f"found {len(blob)} bytes"
        )
    return np.frombuffer(blob, dtype="<i8").reshape(-1, width).astype(np.int64)
