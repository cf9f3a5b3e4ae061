from dataclasses import replace

import pytest

from forven.market.bounds import SessionBounds
from forven.primitives.errors import InvalidInput
from forven.primitives.time import NANOSECONDS_PER_MINUTE
from tests.market.made_days import NEXT_DAY, bounds_of


def test_bounds_survive_being_written_by_value():
    bounds = bounds_of()
    assert SessionBounds.from_dict(bounds.as_dict()) == bounds
    assert bounds.duration_ns == 390 * NANOSECONDS_PER_MINUTE


def test_open_and_close_belong_to_the_session():
    bounds = bounds_of()
    assert bounds.contains(bounds.open_ns)
    assert bounds.contains(bounds.close_ns)
    assert not bounds.contains(bounds.open_ns - 1)
    assert not bounds.contains(bounds.close_ns + 1)


def test_a_session_cannot_end_before_it_begins():
    bounds = bounds_of()
    with pytest.raises(InvalidInput, match="open < close"):
        replace(bounds, close_ns=bounds.open_ns)


def test_a_session_lies_on_its_own_day():
    with pytest.raises(InvalidInput, match="on that day in New York"):
        replace(bounds_of(), day=NEXT_DAY)


@pytest.mark.parametrize(
    "change",
    [{"day": "2024-6-3"}, {"open_ns": 1.5}, {"open_ns": True}, {"early_close": 0}, {"more": 1}],
)
def test_fields_that_are_not_as_written_are_refused(change):
    with pytest.raises(InvalidInput):
        SessionBounds.from_dict({**bounds_of().as_dict(), **change})
