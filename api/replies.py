"""Answers: documents as JSON bytes, without a second look at what the services made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.responses import Response

JSON_MEDIA_TYPE = "application/json"
JSON_HEADERS = {"content-type": JSON_MEDIA_TYPE}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler answers: a status, a document and further headers.

    document  None: no content; bytes: JSON already
    """

    status: int
    document: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> bytes:
        """Return the document as JSON bytes; empty where there is none."""
        if isinstance(self.document, bytes):
            return self.document
        return b"" if self.document is None else orjson.dumps(self.document)

    def response(self) -> Response:
        """Return the answer to send."""
        return raw_response(self.status, self.body(), self.headers)


def raw_response(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer of bytes that are JSON already; none have no media type."""
    given = {**JSON_HEADERS, **(headers or {})} if body else dict(headers or {})
    return Response(body, status_code=status, headers=given)
