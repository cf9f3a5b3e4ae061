"""Arrow streams as a producer writes them, sound ones and others."""

import io
import json
import socket
import time
from contextlib import suppress

import pyarrow as pa

from tests.market.feeds.conftest import SYMBOLS
from tests.market.made_days import DAY

KINDS = {
    "ts": pa.int64(),
    "instrument": pa.string(),
    "bid": pa.int32(),
    "ask": pa.int32(),
    "bid_size": pa.int32(),
    "ask_size": pa.int32(),
}


def metadata_of(day=DAY, listing=SYMBOLS) -> dict[str, str]:
    return {"forven.day": str(day), "forven.listing": json.dumps(list(listing))}


def schema_of(metadata=None, **kinds) -> pa.Schema:
    """A sound schema unless told otherwise; a kind of None leaves a column out."""
    fields = {**KINDS, **kinds}
    named = [(name, kind) for name, kind in fields.items() if kind is not None]
    return pa.schema(named, metadata_of() if metadata is None else metadata)


def batch_of(rows, schema=None) -> pa.RecordBatch:
    """Rows of (ts, instrument, bid, ask), or with both sizes behind."""
    schema = schema or schema_of()
    whole = [(*row, 1, 1)[:6] for row in rows]
    columns = [
        pa.array([row[place] for row in whole], schema.field(place).type) for place in range(6)
    ]
    return pa.record_batch(columns, schema=schema)


def stream_of(*batches, schema=None, **options) -> bytes:
    """The bytes of a whole stream."""
    sink = io.BytesIO()
    schema = schema or (batches[0].schema if batches else schema_of())
    with pa.ipc.new_stream(sink, schema, **options) as stream:
        for batch in batches:
            stream.write_batch(batch)
    return sink.getvalue()


class Producer:
    """A connection to a feed's socket, to send anything."""

    def __init__(self, address) -> None:
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family)
        self.socket.settimeout(60)
        self.socket.connect(address)

    def announce(self, schema=None) -> "Producer":
        """Send the schema at once: Arrow's stream writer would keep it until the first batch."""
        self.send((schema or schema_of()).serialize())
        return self

    def write(self, *rows, schema=None) -> None:
        self.send(batch_of(rows, schema).serialize())

    def send(self, content: bytes | pa.Buffer) -> None:
        self.socket.sendall(content)

    def answer(self) -> str:
        """The next line that the feed sends; empty if it hangs up."""
        line = b""
        while not line.endswith(b"\n"):
            try:
                part = self.socket.recv(1)
            except ConnectionError:
                break
            if not part:
                break
            line += part
        return line.decode()

    def close(self) -> None:
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def eventually(holds, seconds: float = 60.0) -> bool:
    """Whether something comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.01)
    return bool(holds())
