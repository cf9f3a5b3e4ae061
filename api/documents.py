"""Bytes of hot documents, served again while nothing that a reader could see has changed."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

Key = tuple[str, ...]
"""Names a document, its parameters with it."""

Stamp = tuple[int, int]
"""How often the store was written to, how often the host has shown something new."""

AGE_NS_MAX = 250_000_000
"""Another process may write to the store too; this long its changes may go unseen."""

ENTRY_BYTES_MAX = 256 << 10
TOTAL_BYTES_MAX = 64 << 20
_ENTRY_BYTES = 512
"""What an entry costs beside its body."""


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """A document as it is answered: its bytes and further headers."""

    body: bytes
    headers: Mapping[str, str] | None = None


class DocumentCache:
    """Keeps the last bytes of each document; used on the event loop alone.

    The stamp is taken before a document is made, so one that is newer than its stamp is made anew
    once too often, and one that is older is never served. Readers who ask while it is being made
    wait for the same one.
    """

    def __init__(self, clock: Callable[[], int] = time.monotonic_ns) -> None:
        self._clock = clock
        self._entries: dict[Key, tuple[Stamp, int, MadeDocument]] = {}
        self._byte_count = 0
        self._making: dict[tuple[Key, Stamp], asyncio.Future[MadeDocument]] = {}

    def find(self, key: Key, stamp: Stamp) -> MadeDocument | None:
        """Return a document; None if it is not there, changed since, or too old."""
        entry = self._entries.get(key)
        if entry is None or entry[0] != stamp or self._clock() - entry[1] > AGE_NS_MAX:
            return None
        return entry[2]

    async def made(
        self, key: Key, stamp: Stamp, make: Callable[[], Awaitable[MadeDocument]]
    ) -> MadeDocument:
        """Return a document that `make` makes, once for all who ask meanwhile; then keep it."""
        future = self._making.get((key, stamp))
        if future is None:
            begun_ns = self._clock()
            future = asyncio.ensure_future(make())
            self._making[key, stamp] = future
            future.add_done_callback(lambda done: self._finish(key, stamp, begun_ns, done))
        return await asyncio.shield(future)

    def _finish(
        self, key: Key, stamp: Stamp, begun_ns: int, done: "asyncio.Future[MadeDocument]"
    ) -> None:
        """Keep what was made; a refusal is nothing to keep."""
        del self._making[key, stamp]
        if done.cancelled() or done.exception() is not None:
            return
        document = done.result()
        size = len(document.body) + _ENTRY_BYTES
        if size > ENTRY_BYTES_MAX:
            return
        before = self._entries.pop(key, None)
        if before is not None:
            self._byte_count -= len(before[2].body) + _ENTRY_BYTES
        if self._byte_count + size > TOTAL_BYTES_MAX:
            self._entries.clear()
            self._byte_count = 0
        self._entries[key] = (stamp, begun_ns, document)
        self._byte_count += size
