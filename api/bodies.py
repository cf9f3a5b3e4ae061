"""Reads request bodies: strict JSON objects, or a 4xx that says why.

The services know the fields and refuse unknown ones; here it is decided what JSON is.
"""

from starlette.requests import Request

from forven.bots.errors import InvalidField
from forven.engine.documents import DOCUMENT_BYTES_MAX, read_document, shown
from forven.primitives.errors import ForvenError

_CHARSETS = ("", "utf-8", "utf8")


class UnsupportedMediaType(ForvenError):
    """The body is of another media type than `application/json`."""

    code = "unsupported_media_type"


class BodyTooLarge(ForvenError):
    """The body has more bytes than any document may have."""

    code = "body_too_large"


async def read_bytes(request: Request) -> bytes:
    """Return the raw body; reading ends as soon as it is larger than any document may be."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > DOCUMENT_BYTES_MAX:
            raise BodyTooLarge(
                f"body: expected at most {DOCUMENT_BYTES_MAX} bytes, found more; shorten it"
            )
        chunks.append(chunk)
    return b"".join(chunks)


def parse_body(raw: bytes, media_type: str) -> dict[str, object]:
    """Return a JSON object; errors: UnsupportedMediaType, or InvalidField naming the field."""
    check_media_type(media_type)
    if not raw:
        raise InvalidField("document: expected a JSON object, found an empty body; send one")
    document = read_document(raw, InvalidField)
    if not isinstance(document, dict):
        raise InvalidField(
            f"document: expected a JSON object, found {shown(document)}; put it in braces"
        )
    return document


def refuse_body(raw: bytes, media_type: str) -> None:
    """Refuse a body where none is read; an empty one or an empty object is as good as none."""
    if raw and parse_body(raw, media_type):
        raise InvalidField("document: expected no body, found fields; remove them")


def check_media_type(media_type: str) -> None:
    """Refuse any media type but `application/json`, in UTF-8 where it says so."""
    kind, _, options = media_type.partition(";")
    name, _, charset = options.strip().partition("=")
    is_known = name.strip().lower() in ("", "charset")
    if (
        kind.strip().lower() != "application/json"
        or not is_known
        or charset.strip(' "').lower() not in _CHARSETS
    ):
        raise UnsupportedMediaType(
            f"Content-Type: expected application/json, found {shown(media_type or 'none')}; "
            "send JSON in UTF-8 and say so"
        )
