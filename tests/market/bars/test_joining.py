from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forven.market.bars.joining import Join, Known, age_of, as_of, checked_hours, parse_join
from forven.primitives.errors import InvalidInput

MOMENTS = st.lists(st.integers(0, 200), min_size=1, max_size=30, unique=True).map(sorted)


@given(MOMENTS, MOMENTS, st.integers(0, 60))
def test_each_bar_has_the_last_value_known_by_its_end(moments, ends, age):
    known = Known(
        moments_ns=np.array(moments, np.int64), values=np.arange(len(moments), dtype=float)
    )
    found = as_of(known, np.array(ends, np.int64), age)
    for end, value in zip(ends, found, strict=True):
        before = [place for place, moment in enumerate(moments) if moment <= end]
        if before and end - moments[before[-1]] <= age:
            assert value == before[-1]
        else:
            assert np.isnan(value)


@given(MOMENTS, MOMENTS, st.integers(0, 200))
def test_values_that_come_later_change_nothing(moments, ends, cut):
    known = Known(moments_ns=np.array(moments, np.int64), values=np.array(moments, float))
    early = np.array([moment for moment in moments if moment <= cut], np.int64)
    if not early.size:
        return
    past = np.array([end for end in ends if end <= cut], np.int64)
    shortened = Known(moments_ns=early, values=early.astype(float))
    np.testing.assert_array_equal(as_of(known, past, 50), as_of(shortened, past, 50))


def test_joins_are_written_as_name_file_and_column(tmp_path):
    assert parse_join("basis=a.csv") == Join(name="basis", path=Path("a.csv"))
    assert parse_join("basis=a.csv:b") == Join(name="basis", path=Path("a.csv"), column="b")
    odd = tmp_path / "a:b.csv"
    odd.write_text("")
    assert parse_join(f"basis={odd}").path == odd
    for wrong in ("basis", "basis=", "Close=a.csv", "close=a.csv"):
        with pytest.raises(InvalidInput, match=r"join: expected|column: expected"):
            parse_join(wrong)


def test_a_funding_rate_stands_for_its_hours():
    hour = 3_600_000_000_000
    assert age_of("funding_rate", 8) == 8 * hour + hour // 60
    assert age_of("vix_close", None) == age_of("of_my_own", None) == 120 * hour
    for wrong in (None, 0, 25):
        with pytest.raises(InvalidInput, match="1 to 24"):
            checked_hours(wrong)
