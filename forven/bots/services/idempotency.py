"""Answers a repeated request with its first answer, by the key that the client chose."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from forven.bots.errors import IdempotencyConflict, InvalidField
from forven.bots.services.dependencies import Dependencies
from forven.engine.documents import shown
from forven.store.errors import KeyIsUsed
from forven.store.idempotency import KeptResponse

KEY_LENGTH_MAX = 255
RETENTION_DAYS = 30
_NANOSECONDS_PER_DAY = 86_400_000_000_000


class IdempotentRequests:
    """Keeps the responses of requests that carry a key, for `RETENTION_DAYS`.

    A key is reserved before its request runs, so that two of one key never run side by side. Where
    the response could not be kept, since the process ended or the store refused it, nobody knows
    what the request did: its key is refused from then on and nothing is done a second time.
    """

    def __init__(self, dependencies: Dependencies) -> None:
        self._store = dependencies.store
        self._clock = dependencies.clock
        self._lock = threading.Lock()
        self._at_work: set[tuple[str, str]] = set()

    def recall(self, key: str, scope: str, request: bytes) -> tuple[int, bytes] | None:
        """Return (status, body) of the first response; None: the key is new, and reserved now.

        scope    method and path: a key counts within it
        request  the body; with another one the key is refused
        errors   IdempotencyConflict: another request, or the first one is still at work, or was
                 cut short
        """
        if not 1 <= len(key) <= KEY_LENGTH_MAX or not (key.isascii() and key.isprintable()):
            raise InvalidField(
                f"Idempotency-Key: expected 1 to {KEY_LENGTH_MAX} printable ASCII characters, "
                f"found {shown(key)}"
            )
        digest = hashlib.sha256(request).hexdigest()
        kept = self._find(scope, key)
        if kept is None:
            if self._claimed(scope, key, digest):
                return None
            kept = self._find(scope, key)
        if kept is not None and kept.request_hash != digest:
            raise IdempotencyConflict(
                f"Idempotency-Key: {key!r} was used with another body; send the same body again "
                "or choose another key"
            )
        with self._lock:
            is_at_work = (scope, key) in self._at_work
        if kept is not None and kept.status is None and not is_at_work:
            kept = self._find(scope, key)  # it may have ended since: its answer came first
        if kept is None or (kept.status is None and is_at_work):
            raise IdempotencyConflict(
                f"Idempotency-Key: the first request of {key!r} is still at work; ask again in a "
                "moment"
            )
        if kept.status is None or kept.body is None:
            raise IdempotencyConflict(
                f"Idempotency-Key: the first request of {key!r} was cut short before its answer "
                "was kept; look whether it was carried out, and send it with another key if not"
            )
        return kept.status, kept.body

    def keep(self, key: str, scope: str, status: int, body: bytes) -> None:
        """Keep the response of the request that `recall` reserved the key for."""
        with self._ending(scope, key), self._store.transaction() as work:
            work.idempotency.store(scope, key, status, body)

    def forget(self, key: str, scope: str) -> None:
        """Give the key back: its request failed without doing anything."""
        with self._ending(scope, key), self._store.transaction() as work:
            work.idempotency.release(scope, key)

    def purge(self) -> int:
        """Forget the keys that are older than `RETENTION_DAYS`; return how many."""
        with self._store.transaction() as work:
            return work.idempotency.purge(self._clock() - RETENTION_DAYS * _NANOSECONDS_PER_DAY)

    def _find(self, scope: str, key: str) -> KeptResponse | None:
        """Return what is kept of a key, None if nothing is."""
        with self._store.reading() as work:
            return work.idempotency.find(scope, key)

    def _claimed(self, scope: str, key: str, digest: str) -> bool:
        """Reserve a key; return whether it was free."""
        with self._lock:
            if (scope, key) in self._at_work:
                return False
            self._at_work.add((scope, key))
        try:
            with self._store.transaction() as work:
                work.idempotency.claim(scope, key, digest, self._clock())
        except BaseException as error:
            with self._lock:
                self._at_work.discard((scope, key))
            if isinstance(error, KeyIsUsed):
                return False
            raise
        return True

    @contextmanager
    def _ending(self, scope: str, key: str) -> Iterator[None]:
        """Let a request be at work no more once its end is written down, or cannot be."""
        try:
            yield
        finally:
            with self._lock:
                self._at_work.discard((scope, key))
