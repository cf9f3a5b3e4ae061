"""The bytes of a tape: an Arrow IPC stream, one record batch a frame, each with its checksum.

The first row of a batch is the frame's own (`KIND_FRAME`); then come the quotes as they arrived,
the underlying, the settlement value and the events. The `bid` of the first row is the CRC-32 of the
whole message but for the four bytes in which it stands.
"""

import json
import zlib
from struct import Struct
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from forven.kernels.schema import MISSING
from forven.market.bounds import SessionBounds
from forven.market.feeds.frame import FeedDay, FeedEvent, FeedFrame
from forven.primitives.errors import InvalidInput
from forven.primitives.identifiers import bytes_hash, canonical_json
from forven.store.tape_messages import BATCH_MESSAGE, Header, Headers

VERSION = "1"
KIND_QUOTE = 0
KIND_SPOT = 1
KIND_SETTLEMENT = 2
KIND_EVENT = 3
KIND_FRAME = 4

_NUMBERS = {
    "ts": (pa.int64(), 8),
    "arrival": (pa.int64(), 8),
    "kind": (pa.int8(), 1),
    "instrument": (pa.int32(), 4),
    "bid": (pa.int32(), 4),
    "ask": (pa.int32(), 4),
    "bid_size": (pa.int32(), 4),
    "ask_size": (pa.int32(), 4),
}
_SCHEMA = pa.schema(
    [
        *(pa.field(name, kind, nullable=False) for name, (kind, _) in _NUMBERS.items()),
        pa.field("event", pa.string(), nullable=False),
    ]
)
_ALIGNED_BYTES = 8
_CHECKSUM = Struct("<I")
_OFFSET = Struct("<i")


class Layout(NamedTuple):
    """Where the columns of a batch begin, in bytes from its message's start.

    event_offsets, event_texts  the two buffers of the text column
    """

    whole: int
    rows: int
    ts: int
    arrival: int
    kind: int
    instrument: int
    bid: int
    ask: int
    bid_size: int
    ask_size: int
    event_offsets: int
    event_texts: int


class Layouts:
    """Works out the layout of each batch of a stream, once for each distinct header."""

    def __init__(self) -> None:
        self.headers = Headers()
        self._known: dict[Header, Layout | None] = {}

    def at(self, content: bytes, start: int) -> Layout | None:
        """Return the layout of the batch at `start`; None if no whole batch of a tape is there."""
        header = self.headers.at(content, start)
        if header is None:
            return None
        try:
            return self._known[header]
        except KeyError:
            self._known[header] = found = _layout(header)
            return found


def schema_of(day: FeedDay) -> pa.Schema:
    """Return the schema of a day's tape; its metadata says everything about the day."""
    about = {
        "feed": day.feed,
        "bounds": day.bounds.as_dict(),
        "root": day.root,
        "underlying": day.underlying,
        "multiplier": day.multiplier,
    }
    texts = canonical_json(about), canonical_json(list(day.symbols))
    metadata = {
        "forven.tape": VERSION,
        "forven.day": texts[0],
        "forven.listing": texts[1],
        "forven.checksum": bytes_hash(text.encode("ascii") for text in texts),
    }
    return _SCHEMA.with_metadata(metadata)


def day_of(schema: pa.Schema) -> FeedDay:
    """Return the day that a schema tells of; InvalidInput if it is no tape's of this version."""
    metadata = schema.metadata or {}
    version = metadata.get(b"forven.tape", b"").decode("ascii", "replace")
    if version != VERSION or not schema.equals(_SCHEMA):
        raise InvalidInput(f"expected the schema of a tape of version {VERSION}, found another one")
    texts = [metadata.get(name, b"") for name in (b"forven.day", b"forven.listing")]
    if bytes_hash(texts) != metadata.get(b"forven.checksum", b"").decode("ascii", "replace"):
        raise InvalidInput("expected the description of a day that its checksum fits, found none")
    try:
        about = json.loads(texts[0])
        listing = json.loads(texts[1])
        bounds = SessionBounds.from_dict(about.pop("bounds"))
        return FeedDay(day=bounds.day, bounds=bounds, symbols=tuple(listing), **about)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidInput(f"expected the description of a day, found one with {error!r}") from None


def encoded(frame: FeedFrame, layouts: Layouts) -> bytes:
    """Return a frame as one message of the stream."""
    texts = [_event_text(event).encode("utf-8") for event in frame.events]
    values = [(KIND_SPOT, frame.spot), (KIND_SETTLEMENT, frame.settlement)]
    said = [(kind, value) for kind, value in values if value != MISSING]
    at = 1 + len(frame.instruments)
    columns = _columns(frame, at + len(said) + len(texts))
    for kind, value in said:
        columns["kind"][at] = kind
        columns["bid"][at] = columns["ask"][at] = value
        at += 1
    columns["kind"][at:] = KIND_EVENT
    count = len(columns["kind"])
    offsets = np.zeros(count + 1, np.int32)
    offsets[at + 1 :] = np.cumsum([len(text) for text in texts])
    arrays = [
        pa.Array.from_buffers(kind, count, [None, pa.py_buffer(columns[name])])
        for name, (kind, _) in _NUMBERS.items()
    ]
    events = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(texts))]
    arrays.append(pa.Array.from_buffers(pa.string(), count, events))
    batch = pa.RecordBatch.from_arrays(arrays, schema=_SCHEMA)
    return _sealed(batch.serialize().to_pybytes(), layouts)


def is_sound(content: bytes, start: int, layout: Layout) -> bool:
    """Return whether a message is what was written, by its checksum."""
    found = _CHECKSUM.unpack_from(content, start + layout.bid)[0]
    return _checksum(memoryview(content)[start : start + layout.whole], layout) == found


def events_at(content: bytes, start: int, layout: Layout, rows: range) -> tuple[FeedEvent, ...]:
    """Return the events in some rows of a sound message."""
    edges = start + layout.event_offsets
    texts = start + layout.event_texts
    found = []
    for row in rows:
        first, last = (_OFFSET.unpack_from(content, edges + 4 * n)[0] for n in (row, row + 1))
        found.append(FeedEvent(**json.loads(content[texts + first : texts + last])))
    return tuple(found)


def _sealed(message: bytes, layouts: Layouts) -> bytes:
    """Return a message with its checksum in it."""
    layout = layouts.at(message, 0)
    if layout is None or layout.whole != len(message):
        raise InvalidInput("expected Arrow to write a batch as its specification says")
    sealed = bytearray(message)
    _CHECKSUM.pack_into(sealed, layout.bid, _checksum(memoryview(message), layout))
    return bytes(sealed)


def _checksum(message: memoryview, layout: Layout) -> int:
    """Return the CRC-32 of a message but for the four bytes that hold it."""
    return zlib.crc32(message[layout.bid + _CHECKSUM.size :], zlib.crc32(message[: layout.bid]))


def _layout(header: Header) -> Layout | None:
    """Return the layout of a batch, None if a header is no tape's."""
    widths = [width for _, width in _NUMBERS.values()]
    if header.kind != BATCH_MESSAGE or header.rows < 1:
        return None
    if len(header.buffers) != 2 * len(widths) + 3:
        return None
    offsets = header.buffers[-2]
    numbers = header.buffers[1:-3:2]
    needed = [width * header.rows for width in widths]
    if any(length < least for (_, length), least in zip(numbers, needed, strict=True)):
        return None
    if offsets[1] < 4 * (header.rows + 1):
        return None
    places = [offset for offset, _ in (*numbers, offsets, header.buffers[-1])]
    if header.whole % _ALIGNED_BYTES or any(place % _ALIGNED_BYTES for place in places):
        return None  # Arrow aligns to 8, and whoever reads takes columns as they lie
    return Layout(header.whole, header.rows, *(header.size + place for place in places))


def _event_text(event: FeedEvent) -> str:
    """Return an event as it is written."""
    return canonical_json(
        {"kind": event.kind, "ts": event.ts, "count": event.count, "detail": event.detail}
    )


def _columns(frame: FeedFrame, count: int) -> dict[str, NDArray[Any]]:
    """Return the columns of a batch with the quotes in their place, everything else not said."""
    kinds = np.zeros(count, np.int8)
    kinds[0] = KIND_FRAME
    columns: dict[str, NDArray[Any]] = {
        "ts": np.full(count, frame.ts, np.int64),
        "arrival": np.full(count, frame.arrival, np.int64),
        "kind": kinds,
    }
    given = {
        "instrument": frame.instruments,
        "bid": frame.bids,
        "ask": frame.asks,
        "bid_size": frame.bid_sizes,
        "ask_size": frame.ask_sizes,
    }
    for name, values in given.items():
        column = np.full(count, MISSING, np.int32)
        column[1 : 1 + len(values)] = values
        columns[name] = column
    return columns
