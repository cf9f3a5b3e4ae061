"""The messages of an Arrow IPC stream, read off their own headers.

Arrow's reader stops without a word at four zero bytes or at a cut prefix, and takes whatever stands
in a batch. A tape must know where its last whole message ends and whether each is what was written,
and read a day of them in a moment: so the layout of a batch is worked out once for each distinct
header. Layout: https://arrow.apache.org/docs/format/Columnar.html, "Encapsulated message format",
and the FlatBuffers tables `Message` and `RecordBatch` of the same specification.
"""

from collections.abc import Iterator
from struct import Struct
from struct import error as struct_error
from typing import NamedTuple

from forven.store.errors import StoreDamaged

PREFIX_BYTES = 8
"""A continuation marker and the length of the header, before every message."""
SCHEMA_MESSAGE = 1
BATCH_MESSAGE = 3
_MARKER = b"\xff\xff\xff\xff"
_HEADER_BYTES_MAX = 1 << 26
_UINT32 = Struct("<I")
_INT32 = Struct("<i")
_UINT16 = Struct("<H")
_INT64 = Struct("<q")
_BUFFER = Struct("<qq")


class _NotAHeader(StoreDamaged):
    """Bytes that look like a header at first and are none."""


class Header(NamedTuple):
    """What a message's header says.

    size     bytes of prefix and header       body  bytes after them
    rows     of a batch, 0 of others          buffers  (offset, length) of a batch, in the body
    """

    kind: int
    size: int
    body: int
    rows: int
    buffers: tuple[tuple[int, int], ...]

    @property
    def whole(self) -> int:
        """Bytes of the whole message."""
        return self.size + self.body


class Headers:
    """Reads the headers of a stream, each distinct one once."""

    def __init__(self) -> None:
        self._known: dict[bytes, Header] = {}

    def at(self, content: bytes, start: int) -> Header | None:
        """Return the header of the message at `start`; None if no whole message stands there."""
        prefix = content[start : start + PREFIX_BYTES]
        if len(prefix) < PREFIX_BYTES or prefix[:4] != _MARKER:
            return None
        size = PREFIX_BYTES + _UINT32.unpack_from(prefix, 4)[0]
        if size > _HEADER_BYTES_MAX or start + size > len(content):
            return None
        text = content[start : start + size]
        header = self._known.get(text)
        if header is None:
            try:
                header = _parsed(text)
            except (_NotAHeader, struct_error, IndexError):
                return None
            self._known[text] = header
        return header if start + header.whole <= len(content) else None


def candidates(content: bytes, start: int) -> Iterator[int]:
    """Yield every place from `start` on at which a message might begin."""
    at = content.find(_MARKER, start)
    while at >= 0:
        yield at
        at = content.find(_MARKER, at + 1)


class _Fields:
    """The fields of one FlatBuffers table: where each stands, by its number."""

    def __init__(self, text: bytes, table: int) -> None:
        self._text = text
        self._table = table
        self._vtable = table - _INT32.unpack_from(text, table)[0]
        if self._vtable < PREFIX_BYTES:
            raise _NotAHeader
        self._bytes = _UINT16.unpack_from(text, self._vtable)[0]

    def at(self, number: int) -> int:
        """Return where a field stands, 0 if it is left out and so has its default."""
        place = 4 + 2 * number
        if place + 2 > self._bytes:
            return 0
        offset = int(_UINT16.unpack_from(self._text, self._vtable + place)[0])
        return self._table + offset if offset else 0

    def int64(self, number: int) -> int:
        """Return an int64 field; a negative length is no header's."""
        at = self.at(number)
        value = int(_INT64.unpack_from(self._text, at)[0]) if at else 0
        if value < 0:
            raise _NotAHeader
        return value

    def target(self, number: int) -> int:
        """Return where the table or vector that a field points to stands."""
        at = self.at(number)
        if not at:
            raise _NotAHeader
        return at + int(_UINT32.unpack_from(self._text, at)[0])


def _parsed(text: bytes) -> Header:
    """Return what a header says; _NotAHeader, struct.error or IndexError if it is none."""
    root = PREFIX_BYTES + _UINT32.unpack_from(text, PREFIX_BYTES)[0]
    message = _Fields(text, root)
    kind_at = message.at(1)
    kind = text[kind_at] if kind_at else 0
    body = message.int64(3)
    if kind != BATCH_MESSAGE:
        return Header(kind, len(text), body, 0, ())
    batch = _Fields(text, message.target(2))
    if batch.at(3):  # compressed: no tape of ours
        raise _NotAHeader
    vector = batch.target(2)
    count = _UINT32.unpack_from(text, vector)[0]
    if vector + 4 + count * _BUFFER.size > len(text):
        raise _NotAHeader
    buffers = tuple(_BUFFER.unpack_from(text, vector + 4 + n * _BUFFER.size) for n in range(count))
    if any(offset < 0 or length < 0 or offset + length > body for offset, length in buffers):
        raise _NotAHeader
    return Header(kind, len(text), body, batch.int64(0), buffers)
