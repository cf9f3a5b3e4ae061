"""Hot documents are served again only while nothing that a reader could see has changed."""

import asyncio

import httpx
import pytest

from api import documents
from api.documents import DocumentCache, MadeDocument, Stamp
from forven.bots.services.interface import Page
from tests.api.doubles import ServicesDouble
from tests.bots.houses import wait_for

BOT = "123e4567-e89b-42d3-a456-426614174000"
POSITIONS = f"/bots/{BOT}/sessions/{BOT}/positions"
ONE = MadeDocument(b"1")


class Clock:
    """A clock that stands until it is set."""

    now = 0

    def __call__(self) -> int:
        return self.now


def kept(cache: DocumentCache, key: str, stamp: Stamp, document: MadeDocument = ONE) -> None:
    """Let a cache make a document and keep it."""

    async def make() -> MadeDocument:
        return document

    async def run() -> None:
        assert await cache.made((key,), stamp, make) is document
        await asyncio.sleep(0)

    asyncio.run(run())


def test_a_document_is_found_while_its_stamp_stands() -> None:
    cache = DocumentCache(Clock())
    kept(cache, "a", (1, 1))
    assert cache.find(("a",), (1, 1)) is ONE
    assert cache.find(("b",), (1, 1)) is None
    assert cache.find(("a",), (2, 1)) is None
    assert cache.find(("a",), (1, 2)) is None


def test_a_document_grows_too_old_even_if_nothing_changed() -> None:
    clock = Clock()
    cache = DocumentCache(clock)
    kept(cache, "a", (1, 1))
    clock.now = documents.AGE_NS_MAX
    assert cache.find(("a",), (1, 1)) is ONE
    clock.now += 1
    assert cache.find(("a",), (1, 1)) is None


def test_what_is_kept_is_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "TOTAL_BYTES_MAX", 10_000)
    cache = DocumentCache(Clock())
    for number in range(100):
        kept(cache, str(number), (1, 1), MadeDocument(b"x" * 1_000))
        assert sum(len(entry[2].body) for entry in cache._entries.values()) <= 10_000
        assert cache.find((str(number),), (1, 1)) is not None
    kept(cache, "huge", (1, 1), MadeDocument(b"x" * documents.ENTRY_BYTES_MAX))
    assert cache.find(("huge",), (1, 1)) is None


def test_those_who_ask_together_wait_for_one_document() -> None:
    cache = DocumentCache(Clock())
    made = []

    async def make() -> MadeDocument:
        await asyncio.sleep(0.01)
        made.append(1)
        return ONE

    async def crowd() -> None:
        found = await asyncio.gather(*(cache.made(("a",), (1, 1), make) for _ in range(10)))
        assert found == [ONE] * 10

    asyncio.run(crowd())
    assert made == [1]


def test_one_who_hangs_up_takes_nobody_with_him() -> None:
    cache = DocumentCache(Clock())

    async def make() -> MadeDocument:
        await asyncio.sleep(0.01)
        return ONE

    async def crowd() -> None:
        tasks = [asyncio.ensure_future(cache.made(("a",), (1, 1), make)) for _ in range(2)]
        await asyncio.sleep(0)
        tasks[0].cancel()
        assert await tasks[1] is ONE

    asyncio.run(crowd())


def test_a_hot_read_asks_the_services_once_a_change(
    client: httpx.Client, services: ServicesDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "AGE_NS_MAX", 1 << 62)  # however slow the machine is
    for _ in range(3):
        assert client.get(POSITIONS).status_code == 200
    assert len(services.calls) == 1
    services.store.changes += 1
    client.get(POSITIONS)
    services.host.changes += 1
    client.get(POSITIONS)
    assert len(services.calls) == 3


def test_a_refusal_is_never_kept(client: httpx.Client, services: ServicesDouble) -> None:
    services.troubles["sessions.positions"] = ZeroDivisionError()
    assert client.get(POSITIONS).status_code == 500
    services.troubles.clear()
    assert client.get(POSITIONS).status_code == 200


def test_each_page_is_a_document_of_its_own(client: httpx.Client, services: ServicesDouble) -> None:
    address = f"/bots/{BOT}/sessions/{BOT}/orders"
    for query in ("", "?limit=1", "?limit=1&after=1", "?after=1"):
        client.get(address + query)
    assert [called.arguments[2:] for called in services.calls] == [
        (None, None),
        ("1", None),
        ("1", "1"),
        (None, "1"),
    ]


def test_what_is_at_hand_is_answered_without_a_thread(
    client: httpx.Client, services: ServicesDouble
) -> None:
    session = f"/bots/{BOT}/sessions/{BOT}"
    services.at_hand.has = {
        "bot": b'{"bot":1}',
        "session": b'{"session":1}',
        "positions": b"[1]",
        "orders": Page([{"number": 1}], "1"),
        "transactions": Page([], None),
    }
    try:
        assert client.get(f"/bots/{BOT}").content == b'{"bot":1}'
        assert client.get(session).content == b'{"session":1}'
        assert client.get(f"{session}/positions").content == b"[1]"
        orders = client.get(f"{session}/orders?limit=1")
        assert orders.json() == [{"number": 1}]
        assert orders.links["next"]["url"] == f"{session}/orders?limit=1&after=1"
        assert client.get(f"{session}/transactions").content == b"[]"
        assert orders.headers["content-type"] == "application/json"
    finally:
        services.at_hand.has = {}
    assert services.calls == []
    assert client.get(f"/bots/{BOT}").json() != {"bot": 1}
    assert [called.name for called in services.calls] == ["bots.get"]


def test_other_processes_are_looked_for_when_it_is_due(
    client: httpx.Client, services: ServicesDouble
) -> None:
    checks = services.at_hand.checks
    client.get(f"/bots/{BOT}")
    assert services.at_hand.checks == checks
    services.at_hand.is_due = True
    try:
        client.get(f"/bots/{BOT}")
        client.get(f"/bots/{BOT}/sessions/{BOT}")
    finally:
        services.at_hand.is_due = False
    wait_for(lambda: services.at_hand.checks == checks + 2, "both looks")
