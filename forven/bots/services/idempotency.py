"""Answers a repeated request with its first answer, by the key that the client chose."""

import hashlib

from forven.bots.errors import IdempotencyConflict, InvalidField
from forven.bots.services.dependencies import Dependencies
from forven.engine.documents import shown
from forven.store.errors import KeyIsUsed
from forven.store.idempotency import KeptResponse

KEY_LENGTH_MAX = 255


class IdempotentRequests:
    """Keeps the responses of requests that carry a key.

    A key is reserved before its request runs: two of one key never run side by side.
    """

    def __init__(self, dependencies: Dependencies) -> None:
        self._store = dependencies.store
        self._clock = dependencies.clock

    def recall(self, key: str, scope: str, request: bytes) -> tuple[int, bytes] | None:
        """Return (status, body) of the first response; None: the key is new, and reserved now.

        scope    method and path: a key counts within it
        request  the body; with another one the key is refused
        errors   IdempotencyConflict: another request, or the first one is still at work
        """
        if not 1 <= len(key) <= KEY_LENGTH_MAX or not (key.isascii() and key.isprintable()):
            raise InvalidField(
                f"Idempotency-Key: expected 1 to {KEY_LENGTH_MAX} printable ASCII characters, "
                f"found {shown(key)}"
            )
        digest = hashlib.sha256(request).hexdigest()
        with self._store.reading() as work:
            kept = work.idempotency.find(scope, key)
        if kept is None:
            try:
                with self._store.transaction() as work:
                    work.idempotency.claim(scope, key, digest, self._clock())
            except KeyIsUsed:
                raise _at_work(key) from None
            return None
        return _response_of(kept, digest)

    def keep(self, key: str, scope: str, status: int, body: bytes) -> None:
        """Keep the response of the request that `recall` reserved the key for."""
        with self._store.transaction() as work:
            work.idempotency.store(scope, key, status, body)

    def forget(self, key: str, scope: str) -> None:
        """Give the key back: its request failed without doing anything."""
        with self._store.transaction() as work:
            work.idempotency.release(scope, key)

    def release_unfinished(self) -> int:
        """Give back the keys of requests that a crash cut short; return how many.

        To be called before the first request, by the process that alone serves this home.
        """
        with self._store.transaction() as work:
            return work.idempotency.release_unfinished()


def _response_of(kept: KeptResponse, digest: str) -> tuple[int, bytes]:
    """Return the response of a key that is known."""
    if kept.request_hash != digest:
        raise IdempotencyConflict(
            f"Idempotency-Key: {kept.key!r} was used with another body; send the same body again "
            "or choose another key"
        )
    if kept.status is None or kept.body is None:
        raise _at_work(kept.key)
    return kept.status, kept.body


def _at_work(key: str) -> IdempotencyConflict:
    """Return the error of a key whose request has not been answered yet."""
    return IdempotencyConflict(
        f"Idempotency-Key: the first request of {key!r} is still at work; ask again in a moment"
    )
