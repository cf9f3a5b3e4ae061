"""The process that makes a synthetic day."""

import json

import pytest

from forven.market.feeds.day_files import read_ticks
from forven.market.feeds.synthetic_maker import make
from forven.market.synthetic.day import synthetic_day
from forven.market.synthetic.spec import SyntheticSpec
from forven.primitives.errors import InvalidInput
from tests.market.made_days import bounds_of


def test_it_writes_the_day_that_it_is_told(tmp_path):
    path = tmp_path / "day.ticks"
    make(["5", "300", "3", json.dumps(bounds_of().as_dict()), str(path)])
    wanted = synthetic_day(SyntheticSpec(seed=5, frame_seconds=300), 3, bounds_of())
    found = read_ticks(path)
    assert found.quotes.equals(wanted.quotes)
    assert found.prints.equals(wanted.prints)
    assert (found.settlement, found.day) == (wanted.settlement, wanted.day)


def test_it_refuses_what_is_no_day(tmp_path):
    with pytest.raises(InvalidInput, match="frame_seconds"):
        make(["5", "7", "3", json.dumps(bounds_of().as_dict()), str(tmp_path / "x")])
