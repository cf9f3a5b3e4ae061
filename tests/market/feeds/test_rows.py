"""Rows of many frames: which of them stands, and the marks they make."""

import numpy as np

from forven.market.feeds.rows import last_of_each


def test_the_last_row_of_each_instrument_is_kept_in_order():
    assert last_of_each(np.array([4, 2, 4, 1, 2])).tolist() == [2, 3, 4]
    assert last_of_each(np.zeros(0, np.int64)).tolist() == []
