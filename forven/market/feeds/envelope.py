"""The envelope of Arrow IPC messages: read one at a time, with limits, before Arrow sees a byte.

A stream is messages of a continuation mark, the length of a header, the header and a body (Arrow
columnar format, "Encapsulated message format"). Arrow believes the lengths it is told; these are
checked here first. A header is a flatbuffer of which only three fields are looked at.
"""

import struct
from collections.abc import Callable

from forven.primitives.errors import InvalidInput

MESSAGE_BYTES_MAX = 64 * 1024 * 1024
"""A longer header or body is refused."""

_CONTINUATION = 0xFFFFFFFF
_ALIGNMENT = 8
# Fields of the flatbuffers Message and RecordBatch (DictionaryBatch: the batch is its field 1).
_HEADER_TYPE, _HEADER, _BODY_LENGTH = 1, 2, 3
_COMPRESSION = 3
_DICTIONARY, _BATCH = 2, 3

ReadExactly = Callable[[int], bytes]
"""Returns so many bytes; fewer only at the end of the stream."""


class MessageStream:
    """A file to Arrow's reader that holds whole, checked messages of what lies behind it."""

    closed = False

    def __init__(self, read_exactly: ReadExactly) -> None:
        self._read_exactly = read_exactly
        self._held = b""
        self._place = 0

    def read(self, count: int = -1) -> bytes:
        """Return up to `count` bytes, from one message; none at the end of the stream.

        errors  InvalidInput for bytes that are no message, or one beyond the limits
        """
        if count < 0 or count > MESSAGE_BYTES_MAX:
            raise _refused(f"a read of at most {MESSAGE_BYTES_MAX} bytes", f"{count}")
        if self._place == len(self._held):
            self._held, self._place = next_message(self._read_exactly), 0
        part = self._held[self._place : self._place + count]
        self._place += len(part)
        return part

    def readable(self) -> bool:
        """Return that it can be read: Arrow asks."""
        return True

    def writable(self) -> bool:
        """Return that it cannot be written."""
        return False

    def seekable(self) -> bool:
        """Return that it has no places to go to."""
        return False

    def close(self) -> None:
        """Forget what was read ahead."""
        self._held, self.closed = b"", True


def next_message(read_exactly: ReadExactly) -> bytes:
    """Return the bytes of the next message, or nothing at the end; errors: InvalidInput."""
    mark = read_exactly(4)
    if not mark:
        return b""
    if mark != struct.pack("<I", _CONTINUATION):
        raise _refused("an Arrow IPC stream (continuation mark FFFFFFFF)", mark.hex())
    length = _whole(read_exactly, 4)
    (header_bytes,) = struct.unpack("<i", length)
    if header_bytes == 0:
        return mark + length  # the end of the stream, as Arrow writes it
    if not 0 < header_bytes <= MESSAGE_BYTES_MAX or header_bytes % _ALIGNMENT:
        raise _refused(f"a header of 8 to {MESSAGE_BYTES_MAX} bytes", f"{header_bytes}")
    header = _whole(read_exactly, header_bytes)
    body = _whole(read_exactly, _body_bytes(header))
    return b"".join((mark, length, header, body))


def _whole(read_exactly: ReadExactly, count: int) -> bytes:
    part = read_exactly(count)
    if len(part) < count:
        raise _refused(f"{count} bytes of a message", f"the end of the stream after {len(part)}")
    return part


def _body_bytes(header: bytes) -> int:
    """Return the length of a message's body; InvalidInput if it is beyond what is accepted."""
    try:
        message = _root(header)
        at = _field(header, message, _BODY_LENGTH)
        (length,) = struct.unpack_from("<q", header, at) if at else (0,)
        if _is_compressed(header, message):
            raise _refused("batches without compression", "a compressed one")
    except struct.error:
        raise _refused("a message's header", "bytes that are none") from None
    if not 0 <= length <= MESSAGE_BYTES_MAX:
        raise _refused(f"a batch of at most {MESSAGE_BYTES_MAX} bytes", f"{length}")
    return int(length)


def _is_compressed(header: bytes, message: int) -> bool:
    """Return whether the batch of a message is compressed: its true size is then not known."""
    kind_at, table_at = _field(header, message, _HEADER_TYPE), _field(header, message, _HEADER)
    kind = header[kind_at] if kind_at else 0
    if not table_at or kind not in (_DICTIONARY, _BATCH):
        return False
    batch = _followed(header, table_at)
    if kind == _DICTIONARY:
        data_at = _field(header, batch, 1)
        if not data_at:
            return False
        batch = _followed(header, data_at)
    return bool(_field(header, batch, _COMPRESSION))


def _root(buffer: bytes) -> int:
    return _followed(buffer, 0)


def _followed(buffer: bytes, at: int) -> int:
    """Return the table that the offset at a place leads to."""
    (offset,) = struct.unpack_from("<I", buffer, at)
    return int(at + offset)


def _field(buffer: bytes, table: int, number: int) -> int:
    """Return where a table's field lies, 0 if it has none."""
    (back,) = struct.unpack_from("<i", buffer, table)
    fields = table - back
    if fields < 0:
        raise _refused("a message's header", "bytes that are none")
    (size,) = struct.unpack_from("<H", buffer, fields)
    slot = 4 + 2 * number
    if slot + 2 > size:
        return 0
    (offset,) = struct.unpack_from("<H", buffer, fields + slot)
    place = table + offset if offset else 0
    if place >= len(buffer):
        raise _refused("a message's header", "bytes that are none")
    return int(place)


def _refused(expected: str, found: str) -> InvalidInput:
    return InvalidInput(f"stream: expected {expected}, found {found}")
