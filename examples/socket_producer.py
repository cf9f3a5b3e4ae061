"""Send live quotes to a forven that listens on a socket; `made_up` is where your own source goes.

    forven serve --feed socket:quotes.sock
    python examples/socket_producer.py quotes.sock

`send` is all there is to a producer. Prices are whole cents, -1 is a missing side; a batch may hold
several moments and ends each of them (docs/FEEDS.md).
"""

import json
import socket
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

import pyarrow as pa

Row = tuple[int, str, int, int, int, int]
COLUMNS = ("ts", "instrument", "bid", "ask", "bid_size", "ask_size")


def send(path: str, day: date, listing: list[str], batches: Iterable[list[Row]]) -> None:
    """Announce the day and the options that will be quoted, then send each batch as it comes."""
    metadata = {"forven.day": day.isoformat(), "forven.listing": json.dumps(listing)}
    kinds = [pa.int64(), pa.string(), pa.int32(), pa.int32(), pa.int32(), pa.int32()]
    schema = pa.schema(zip(COLUMNS, kinds, strict=True), metadata)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        with connection.makefile("wb") as sink, pa.ipc.new_stream(sink, schema) as stream:
            for rows in batches:
                arrays = map(pa.array, zip(*rows, strict=True), kinds)
                stream.write_batch(pa.record_batch(list(arrays), schema=schema))
                sink.flush()


def made_up(listing: list[str]) -> Iterator[list[Row]]:
    """Yield a batch a second: the index, and every option at 1.00 / 1.10."""
    while True:
        now = time.time_ns()
        yield [(now, "SPX", 600_000, 600_000, -1, -1)] + [(now, o, 100, 110, 5, 5) for o in listing]
        time.sleep(1)


if __name__ == "__main__":
    today = datetime.now(UTC).date()
    options = [f"SPXW  {today:%y%m%d}{right}06000000" for right in "CP"]
    send(sys.argv[1], today, options, made_up(options))
