import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forven.store.blobs import blob_of, rows_of
from forven.store.errors import StoreDamaged


def test_rows_are_little_endian_words_and_come_back() -> None:
    rows = np.array([[1, -2], [2**63 - 1, -(2**63)]], np.int64)
    blob = blob_of(rows)
    assert blob[:16] == (1).to_bytes(8, "little") + (-2).to_bytes(8, "little", signed=True)
    assert_array_equal(rows_of(blob, 2), rows)
    assert blob_of(rows[:, ::-1]) == blob_of(rows[:, ::-1].tolist())
    assert rows_of(b"", 3).shape == (0, 3)
    assert rows_of(blob, 2).flags.writeable


def test_half_a_row_is_damage() -> None:
    with pytest.raises(StoreDamaged, match=r"24 bytes each\), found 16 bytes"):
        rows_of(bytes(16), 3)
