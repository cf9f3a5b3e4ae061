"""A stream: read-only, hashed by content, checked for its shape."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from forven.kernels import perpetual_schema as layout
from forven.market.perpetual.frames import build_stream, with_fundings
from forven.primitives.errors import InvalidInput
from tests.market.perpetual.made_ticks import CONTRACT, ticks


@pytest.fixture
def stream():
    rows = [(n, 100 + n, 102 + n, 1, 1) for n in range(10, 50, 10)]
    given = ticks(rows, [(15, 100, 1, 1)], fundings=np.array([(20, 5, 100)]))
    return build_stream(CONTRACT, given, end_ns=60)


def test_its_arrays_cannot_be_written(stream):
    for array in (stream.book, stream.prints, stream.fundings):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1


def test_a_copy_by_pickle_is_the_same_and_read_only(stream):
    copy = pickle.loads(pickle.dumps(stream))
    assert copy.content_hash == stream.content_hash
    assert not copy.book.flags.writeable


def test_the_hash_knows_every_cell_the_bounds_and_the_contract(stream):
    hashes = {stream.content_hash}
    for name in ("book", "prints", "fundings"):
        changed = getattr(stream, name).copy()
        changed[0, 0] += 1
        hashes.add(replace(stream, **{name: changed}).content_hash)
    hashes.add(replace(stream, open_ns=1).content_hash)
    hashes.add(replace(stream, end_ns=None).content_hash)
    hashes.add(replace(stream, contract=replace(CONTRACT, symbol="OTHER")).content_hash)
    hashes.add(with_fundings(stream, stream.fundings[:0]).content_hash)
    assert len(hashes) == 8


def test_frames_are_found_by_time(stream):
    assert [stream.frame_at(ts) for ts in (0, 10, 11, 60, 61)] == [0, 0, 1, 5, 6]
    assert stream.frame_count == 6


def test_arrays_of_another_form_are_refused(stream):
    with pytest.raises(InvalidInput, match="book: expected contiguous int64"):
        replace(stream, book=stream.book[:-1])
    with pytest.raises(InvalidInput, match="prints: expected contiguous int64"):
        replace(stream, prints=stream.prints.astype(np.int32))
    with pytest.raises(InvalidInput, match="book: expected a print cursor that ends at 0"):
        replace(stream, prints=stream.prints[:0])
    empty = np.zeros((layout.BOOK_ROWS, 0), np.int64)
    with pytest.raises(InvalidInput, match="expected at least one frame"):
        replace(stream, book=empty)
