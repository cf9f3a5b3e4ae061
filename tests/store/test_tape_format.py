"""A message says everything about its frame, and its checksum notices every changed byte."""

import zlib

import pyarrow as pa
import pytest

from forven.primitives.errors import InvalidInput
from forven.primitives.identifiers import bytes_hash
from forven.store.tape_format import VERSION, Layouts, day_of, encoded, is_sound, schema_of
from tests.store.made_tapes import FEED_DAY, odd_frames


def test_a_schema_tells_its_day() -> None:
    assert day_of(schema_of(FEED_DAY)) == FEED_DAY


@pytest.mark.parametrize(
    "change",
    [
        {"forven.tape": "2"},
        {"forven.tape": "é"},
        {"forven.day": "{}"},
        {"forven.listing": "[]"},
        {"forven.checksum": "é"},
    ],
)
def test_a_schema_that_tells_another_day_than_was_written_is_refused(change: dict) -> None:
    schema = schema_of(FEED_DAY)
    metadata = {key.decode(): value.decode() for key, value in schema.metadata.items()}
    with pytest.raises(InvalidInput, match="expected the"):
        day_of(schema.with_metadata({**metadata, **change}))
    with pytest.raises(InvalidInput, match="schema of a tape"):
        day_of(pa.schema([("ts", pa.int64())], metadata=metadata))


@pytest.mark.parametrize(
    ("day", "listing"), [("{}", "[]"), ("[]", "[]"), ("{", "[]"), ("{}", "5"), ('{"a":1}', "[]")]
)
def test_a_schema_that_tells_no_day_is_refused(day: str, listing: str) -> None:
    metadata = {
        "forven.tape": VERSION,
        "forven.day": day,
        "forven.listing": listing,
        "forven.checksum": bytes_hash([day.encode(), listing.encode()]),
    }
    with pytest.raises(InvalidInput, match="expected the description of a day, found one with"):
        day_of(schema_of(FEED_DAY).with_metadata(metadata))


@pytest.mark.parametrize("number", range(len(odd_frames())))
def test_every_changed_byte_is_noticed(number: int) -> None:
    layouts = Layouts()
    content = encoded(odd_frames()[number], layouts)
    layout = layouts.at(content, 0)
    assert is_sound(content, 0, layout)
    for place in range(len(content)):
        for bit in (0x01, 0x80):
            changed = bytearray(content)
            changed[place] ^= bit
            found = Layouts().at(bytes(changed), 0)
            assert found is None or not is_sound(bytes(changed), 0, found)


def test_the_checksum_is_the_crc32_of_the_message_without_its_own_four_bytes() -> None:
    layouts = Layouts()
    content = encoded(odd_frames()[3], layouts)
    layout = layouts.at(content, 0)
    batch = pa.ipc.read_record_batch(pa.ipc.read_message(content), schema_of(FEED_DAY))
    expected = zlib.crc32(content[: layout.bid] + content[layout.bid + 4 :])
    assert batch["bid"][0].as_py() % 2**32 == expected


def test_equal_frames_are_equal_bytes() -> None:
    for one, other in zip(odd_frames(), odd_frames(), strict=True):
        assert encoded(one, Layouts()) == encoded(other, Layouts())
