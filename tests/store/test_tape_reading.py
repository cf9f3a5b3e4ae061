"""A whole day is read in a moment."""

import time
from pathlib import Path

import numpy as np
import pytest

from forven.store.tape_format import Layouts, encoded, schema_of
from forven.store.tape_reading import read_tape
from tests.store.made_tapes import FEED_DAY, frame

FRAMES = 23_401
ROWS = 200
DISTINCT = 500
SECONDS_MAX = 1.5
"""Of one processor: half a second where it has nothing else to do, as the tests seldom find it."""


@pytest.mark.slow
def test_a_whole_one_second_day_is_read_in_well_under_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "day.arrows"
    layouts = Layouts()
    with path.open("wb") as stream:
        stream.write(schema_of(FEED_DAY).serialize().to_pybytes())
        some = [encoded(frame(number, ROWS), layouts) for number in range(DISTINCT)]
        for number in range(FRAMES):
            stream.write(some[number % DISTINCT])
    spent = []
    for _ in range(4):
        began = time.process_time()
        tape = read_tape(path)
        spent.append(time.process_time() - began)
    assert len(tape.frames) == FRAMES
    assert tape.frames[-1].bids.tolist() == (np.arange(ROWS) + (FRAMES - 1) % DISTINCT).tolist()
    assert min(spent) < SECONDS_MAX
