"""Bodies over real sockets: too large, announced falsely, in chunks, slow, broken off."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from api.guard import bodies
from api.guard.guard import Guard
from api.guard.visit import visit_of
from tests.api.guard.visitors import Echo, raw_exchange, status_of
from tests.api.serving import Running, open_settings, served

LIMIT = 2_048
HEAD = b"POST /bots HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture
def limited() -> Iterator[tuple[Running, Echo]]:
    echo = Echo()
    settings = open_settings(max_body_bytes=LIMIT)
    with served(Guard(echo, settings), settings) as running:
        yield running, echo


@pytest.mark.parametrize(("count", "status"), [(0, 200), (LIMIT, 200), (LIMIT + 1, 413)])
def test_a_body_is_counted_whether_its_length_is_announced_or_not(
    limited: tuple[Running, Echo], count: int, status: int
) -> None:
    running, echo = limited
    with httpx.Client(base_url=running.url, trust_env=False, verify=False) as client:
        announced = client.post("/bots", content=b"x" * count)
        chunked = client.post("/bots", content=iter([b"x" * count]))
        for answer in (announced, chunked):
            assert answer.status_code == status
            if status == 200:
                assert answer.json()["body_bytes"] == count
            else:
                assert answer.json() == {
                    "error": "body_too_large",
                    "detail": f"expected a body of at most {LIMIT} bytes, found more",
                }
    assert len(echo.calls) == (2 if status == 200 else 0)


def test_ten_megabytes_are_refused_with_an_answer_the_client_can_read(
    limited: tuple[Running, Echo],
) -> None:
    running, echo = limited
    with httpx.Client(base_url=running.url, trust_env=False, timeout=20.0, verify=False) as client:
        assert client.post("/bots", content=b"x" * 10_000_000).status_code == 413
        assert client.post("/bots", content=iter([b"x" * 100_000] * 100)).status_code == 413
    assert echo.calls == []


def test_a_body_of_many_small_chunks_is_refused_where_their_sum_is_too_large(
    limited: tuple[Running, Echo],
) -> None:
    running, echo = limited
    with httpx.Client(base_url=running.url, trust_env=False, verify=False) as client:
        assert client.post("/bots", content=iter([b"x"] * (LIMIT + 1))).status_code == 413
    assert echo.calls == []


def test_a_length_announced_too_large_is_refused_before_anything_is_sent(
    limited: tuple[Running, Echo],
) -> None:
    running, echo = limited
    waiting = HEAD + b"Content-Length: 99999999\r\nExpect: 100-continue\r\n\r\n"
    answer = raw_exchange(running.port, waiting)
    assert status_of(answer) == 413 and b"100 Continue" not in answer
    giant = HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n"
    assert status_of(raw_exchange(running.port, giant)) in {400, 413}
    assert echo.calls == []


def test_more_bytes_than_announced_are_no_part_of_the_body(limited: tuple[Running, Echo]) -> None:
    running, echo = limited
    smuggled = b"POST /api/system/stop HTTP/1.1\r\nHost: evil.example\r\n\r\n"
    answer = raw_exchange(running.port, HEAD + b"Content-Length: 3\r\n\r\nabc" + smuggled)
    assert b'"body_bytes":3' in answer and b"host_not_allowed" in answer
    assert [call["path"] for call in echo.calls] == ["/bots"]


@pytest.mark.parametrize("length", [b"-1", b"+5", b"0x5", b"5, 5", b"abc"])
def test_a_length_that_is_no_number_never_reaches_the_application(
    limited: tuple[Running, Echo], length: bytes
) -> None:
    running, echo = limited
    answer = raw_exchange(running.port, HEAD + b"Content-Length: " + length + b"\r\n\r\nabcde")
    assert status_of(answer) in {400, 413}
    assert echo.calls == []


def test_a_length_beside_chunks_is_refused(limited: tuple[Running, Echo]) -> None:
    running, echo = limited
    both = b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    assert status_of(raw_exchange(running.port, HEAD + both)) == 400
    assert echo.calls == []


def test_a_body_broken_off_never_reaches_the_application(limited: tuple[Running, Echo]) -> None:
    running, echo = limited
    assert raw_exchange(running.port, HEAD + b"Content-Length: 100\r\n\r\nabc") == b""
    with httpx.Client(base_url=running.url, trust_env=False, verify=False) as client:
        assert client.post("/bots", content=b"whole").status_code == 200
    assert len(echo.calls) == 1


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "READ_SECONDS_MAX", 0.2)
    echo = Echo()
    settings = open_settings()
    with served(Guard(echo, settings), settings) as running:
        answer = raw_exchange(running.port, HEAD + b"Content-Length: 100\r\n\r\nabc")
    assert status_of(answer) == 408 and b"connection: close" in answer.lower()
    assert echo.calls == []


def test_after_the_body_the_application_hears_what_really_comes() -> None:
    messages = [
        {"type": "http.request", "body": b"ab", "more_body": True},
        {"type": "http.request", "body": b"c"},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, object]:
        return messages.pop(0)

    async def read() -> list[object]:
        visit = visit_of({"path": "/", "headers": [(b"content-length", b"3")], "client": None})
        body = await bodies.read_body(visit, receive, 10)
        assert body.content is not None
        again = bodies.replaying(body.content, receive)
        return [await again(), await again()]

    assert asyncio.run(read()) == [
        {"type": "http.request", "body": b"abc", "more_body": False},
        {"type": "http.disconnect"},
    ]
