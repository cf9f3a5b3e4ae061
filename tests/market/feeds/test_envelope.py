"""Arrow messages are read whole and within limits, whatever bytes come."""

import io
import struct
from random import Random

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forven.market.feeds.envelope import MESSAGE_BYTES_MAX, MessageStream, next_message
from forven.primitives.errors import InvalidInput
from tests.market.feeds.conftest import OPEN_NS, SYMBOLS
from tests.market.feeds.made_streams import batch_of, schema_of, stream_of

ROWS = [(OPEN_NS + k, SYMBOLS[k % 3], 100, 110) for k in range(50)]
SOUND = stream_of(batch_of(ROWS), batch_of(ROWS[:3]))


def opened(content: bytes) -> pa.ipc.RecordBatchStreamReader:
    source = MessageStream(io.BytesIO(content).read)
    return pa.ipc.open_stream(pa.PythonFile(source, mode="r"))


@pytest.mark.parametrize("instrument", [pa.string(), pa.dictionary(pa.int32(), pa.string())])
def test_a_sound_stream_is_read_as_it_is(instrument):
    schema = schema_of(instrument=instrument)
    content = stream_of(batch_of(ROWS, schema), batch_of(ROWS[:3], schema))
    assert opened(content).read_all() == pa.ipc.open_stream(content).read_all()


def test_messages_are_taken_apart_and_lose_no_byte():
    source = io.BytesIO(SOUND)
    parts = []
    while part := next_message(source.read):
        parts.append(part)
    assert b"".join(parts) == SOUND
    assert len(parts) == 4  # the schema, two batches, the end


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "expected an Arrow IPC stream"),
        (b"\x00" * 64, "expected an Arrow IPC stream"),
        (struct.pack("<Ii", 0xFFFFFFFF, 2**31 - 1), "expected a header of 8 to"),
        (struct.pack("<Ii", 0xFFFFFFFF, -8), "expected a header of 8 to"),
        (struct.pack("<Ii", 0xFFFFFFFF, 16) + b"\xff" * 16, "expected a message's header"),
        (struct.pack("<Ii", 0xFFFFFFFF, 4096), "expected 4096 bytes of a message, found the end"),
        (b"\xff\xff\xff\xff\x10", "expected 4 bytes of a message, found the end"),
        (SOUND[:-30], "found the end of the stream"),
    ],
)
def test_other_bytes_are_refused(content, words):
    with pytest.raises(InvalidInput, match=words):
        opened(content).read_all()


def test_a_body_that_is_too_large_is_refused_before_it_is_read():
    asked = []
    source = io.BytesIO(SOUND)
    schema = next_message(source.read)
    (header_bytes,) = struct.unpack_from("<i", SOUND, len(schema) + 4)
    start = len(schema) + 8
    header = bytearray(SOUND[start : start + header_bytes])
    (body,) = struct.unpack(
        "<q", struct.pack("<q", len(next_message(source.read)) - header_bytes - 8)
    )
    at = header.find(struct.pack("<q", body))
    header[at : at + 8] = struct.pack("<q", MESSAGE_BYTES_MAX + 8)
    content = io.BytesIO(SOUND[len(schema) : start] + bytes(header))

    def read(count: int) -> bytes:
        asked.append(count)
        return content.read(count)

    with pytest.raises(InvalidInput, match="expected a batch of at most 67108864 bytes"):
        next_message(read)
    assert max(asked) == header_bytes


@pytest.mark.parametrize("codec", ["lz4", "zstd"])
@pytest.mark.parametrize("instrument", [pa.string(), pa.dictionary(pa.int32(), pa.string())])
def test_a_compressed_batch_is_refused_since_its_size_is_not_known(codec, instrument):
    batch = batch_of(ROWS, schema_of(instrument=instrument))
    content = stream_of(batch, options=pa.ipc.IpcWriteOptions(compression=codec))
    with pytest.raises(InvalidInput, match="batches without compression"):
        opened(content).read_all()


@given(seed=st.integers(0, 2**32))
def test_bytes_changed_anywhere_end_in_rows_or_in_a_refusal(seed):
    chance = Random(seed)
    content = bytearray(SOUND)
    for _ in range(chance.randint(1, 6)):
        content[chance.randrange(len(content))] = chance.choice([0, 1, 127, 128, 255])
    try:
        for batch in opened(bytes(content)):
            batch.validate(full=True)
    except (InvalidInput, pa.ArrowException, OSError):
        pass


def test_the_file_that_arrow_sees_is_read_only():
    source = MessageStream(io.BytesIO(SOUND).read)
    assert (source.readable(), source.writable(), source.seekable()) == (True, False, False)
    with pytest.raises(InvalidInput, match="a read of at most"):
        source.read(MESSAGE_BYTES_MAX + 1)
    source.close()
    assert source.closed
