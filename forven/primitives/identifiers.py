"""Content identifiers: one canonical JSON form, and the SHA-256 of it or of raw bytes."""

import hashlib
import json
from collections.abc import Iterable


def canonical_json(document: object) -> str:
    """Return the one spelling of a JSON document: sorted keys, no spaces, no NaN, ASCII."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)


def content_hash(document: object) -> str:
    """Return the SHA-256 (64 hex digits) of a document's canonical JSON."""
    return hashlib.sha256(canonical_json(document).encode("ascii")).hexdigest()


def bytes_hash(chunks: Iterable[bytes | memoryview]) -> str:
    """Return the SHA-256 (64 hex digits) of byte chunks taken one after another."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()
