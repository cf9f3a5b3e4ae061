"""Bodies: read whole and counted before the application runs, which never sees a part of one."""

import asyncio
from dataclasses import dataclass

from starlette.types import Message, Receive

from api.guard.refusals import Refusal
from api.guard.visit import Visit

READ_SECONDS_MAX = 30.0
DRAIN_SECONDS_MAX = 5.0
DRAIN_BYTES_MAX = 32 << 20


@dataclass(frozen=True, slots=True)
class Body:
    """What came: the content, a refusal in its stead, or neither where the client went away."""

    content: bytes | None = None
    refusal: Refusal | None = None


def has_body(visit: Visit) -> bool:
    """Return whether a body follows the headers."""
    return (
        visit.headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in visit.headers
    )


async def read_body(visit: Visit, receive: Receive, bytes_max: int) -> Body:
    """Read a body of at most `bytes_max`; what the headers say of its length is not trusted."""
    too_large = Refusal(
        status=413,
        code="body_too_large",
        detail=f"expected a body of at most {bytes_max} bytes, found more",
        closing=True,
    )
    length = visit.headers.get(b"content-length", b"0")
    announced = int(length) if length.isdigit() and len(length) < 19 else bytes_max + 1
    if announced > bytes_max:
        if b"expect" not in visit.headers and announced <= DRAIN_BYTES_MAX:
            await _drain(receive)
        return Body(refusal=too_large)
    chunks: list[bytes] = []
    count = 0
    try:
        async with asyncio.timeout(READ_SECONDS_MAX):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return Body()
                chunk = message.get("body", b"")
                count += len(chunk)
                if count > bytes_max:
                    chunks.clear()
                    if message.get("more_body", False):
                        await _drain(receive)
                    return Body(refusal=too_large)
                chunks.append(chunk)
                if not message.get("more_body", False):
                    return Body(content=b"".join(chunks))
    except TimeoutError:
        return Body(
            refusal=Refusal(
                status=408,
                code="body_timeout",
                detail=f"expected the whole body within {READ_SECONDS_MAX:.0f} s",
                closing=True,
            )
        )


async def _drain(receive: Receive) -> None:
    """Read on and throw away for a while: a client that still writes does not hear an answer."""
    count = 0
    try:
        async with asyncio.timeout(DRAIN_SECONDS_MAX):
            while count <= DRAIN_BYTES_MAX:
                message = await receive()
                count += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return
    except TimeoutError:
        return


def replaying(content: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives a body already read, then what really comes."""
    waiting: list[bytes] = [content]

    async def receive_again() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return receive_again
