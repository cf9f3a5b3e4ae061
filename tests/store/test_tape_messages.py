"""Headers read by hand say what Arrow's own reader finds."""

import pyarrow as pa

from forven.store.tape_format import Layouts, encoded, schema_of
from forven.store.tape_messages import BATCH_MESSAGE, SCHEMA_MESSAGE, Headers, candidates
from tests.store.made_tapes import FEED_DAY, odd_frames


def test_kinds_and_lengths_are_those_that_arrow_reads() -> None:
    headers, layouts = Headers(), Layouts()
    schema = schema_of(FEED_DAY).serialize().to_pybytes()
    found = headers.at(schema, 0)
    assert (found.kind, found.whole, found.rows) == (SCHEMA_MESSAGE, len(schema), 0)
    for frame in odd_frames():
        content = encoded(frame, layouts)
        message = pa.ipc.read_message(content)
        found = headers.at(content, 0)
        assert (found.kind, found.body) == (BATCH_MESSAGE, message.body.size)
        assert found.whole == len(content)
        batch = pa.ipc.read_record_batch(message, schema_of(FEED_DAY))
        assert found.rows == batch.num_rows
        sizes = [buffer.size for array in batch for buffer in array.buffers() if buffer]
        assert [length for _, length in found.buffers if length] == [s for s in sizes if s]


def test_what_is_cut_or_is_no_header_is_none() -> None:
    content = encoded(odd_frames()[3], Layouts())
    headers = Headers()
    assert headers.at(content, 0) is not None
    assert all(headers.at(content[:cut], 0) is None for cut in range(len(content)))
    assert headers.at(content, 8) is None
    assert headers.at(content, len(content)) is None
    assert headers.at(b"\xff\xff\xff\xff\xff\xff\xff\x7f" + content, 0) is None


def test_no_byte_of_a_header_makes_the_reader_stumble() -> None:
    content = encoded(odd_frames()[3], Layouts())
    size = Headers().at(content, 0).size
    for place in range(size):
        for value in (0, 1, 0x7F, 0x80, 0xFF):
            changed = bytearray(content)
            changed[place] = value
            found = Headers().at(bytes(changed), 0)
            assert found is None or found.whole <= len(content)


def test_every_marker_is_a_candidate() -> None:
    content = b"ab\xff\xff\xff\xff\xffcd\xff\xff\xff\xff"
    assert list(candidates(content, 0)) == [2, 3, 9]
    assert list(candidates(content, 4)) == [9]
