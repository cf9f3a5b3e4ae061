"""Parameters are read exactly as they are declared, or refused by name."""

import httpx
import pytest

from api.parameters import QueryReader, identifier, page_limit, text, trading_day
from forven.bots.errors import InvalidField
from forven.bots.services.fields import LIST_LIMIT_MAX
from forven.bots.services.financials import HISTORY_LIMIT_MAX
from tests.api.doubles import ServicesDouble

BOT = "123e4567-e89b-42d3-a456-426614174000"
READER = QueryReader((page_limit("x"), identifier("strategy_id", "x", place="query")))


def test_what_is_left_out_is_none() -> None:
    assert READER.read(b"") == {"limit": None, "strategy_id": None}


def test_what_is_given_is_read() -> None:
    found = READER.read(f"limit=25&strategy_id={BOT.upper()}".encode())
    assert found == {"limit": "25", "strategy_id": BOT}


@pytest.mark.parametrize(
    "query",
    [
        b"limit=0",
        b"limit=10001",
        b"limit=-1",
        b"limit=+1",
        b"limit=1.5",
        b"limit=1e3",
        b"limit=%D9%A1",
        b"limit=01",
        b"limit=" + b"9" * 5_000,
        b"limit=",
        b"limit",
        b"limit=1&limit=2",
        b"limt=1",
        b"strategy_id=abc",
        b"strategy_id=" + BOT.replace("-", "").encode(),
        b"strategy_id={" + BOT.encode() + b"}",
        b"strategy_id=%00",
        b"limit=%ff",
        b"limit=\xff",
        b"&".join(b"a%d=1" % number for number in range(100)),
    ],
)
def test_anything_else_is_refused(query: bytes) -> None:
    with pytest.raises(InvalidField, match="expected"):
        READER.read(query)


@pytest.mark.parametrize("found", ["2026-02-30", "2026-3-20", "20260320", "today", "2026-03-20T"])
def test_a_date_that_is_none_is_refused(found: str) -> None:
    parameter = trading_day("date", "x")
    assert parameter.read("date", "2026-03-20") == "2026-03-20"
    with pytest.raises(InvalidField, match="date: expected a date"):
        parameter.read("date", found)


def test_a_text_of_another_form_is_refused() -> None:
    parameter = text("source_hash", "x", "[0-9a-f]{4}")
    assert parameter.read("source_hash", "00ff") == "00ff"
    with pytest.raises(InvalidField, match="source_hash"):
        parameter.read("source_hash", "00ff\n")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/bots/abc", 400),
        ("/bots/%00", 400),
        ("/bots/%ff%fe", 400),
        ("/bots/..%2f..%2fetc", 404),
        (f"/bots/{BOT}?x=1", 400),
        (f"/bots/{BOT}/sessions/1/orders", 400),
        (f"/bots/{BOT}/sessions/{BOT}/orders?limit=0", 400),
        (f"/bots/{BOT}/sessions/{BOT}/financials?after=now", 400),
        ("/strategies/preview/abc/results", 400),
        (f"/strategies/{BOT}/results/days/2026-02-30", 400),
        ("/api/bot-factory/bots/abc", 422),
        (f"/api/bot-factory/bots/{BOT}/versions/0/diff/1", 422),
        (f"/api/bot-factory/bots/{BOT}/trades?limit=1001", 422),
    ],
)
def test_a_bad_parameter_is_refused_by_the_rule_of_its_family(
    client: httpx.Client, services: ServicesDouble, address: str, status: int
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.json()["error"] == ("not_found" if status == 404 else "invalid_input")
    assert services.calls == []


@pytest.mark.parametrize("key", ["", "a b", "ä", "a" * 256, "a\tb"])
def test_a_bad_idempotency_key_is_refused(
    client: httpx.Client, services: ServicesDouble, key: str
) -> None:
    headers = {"Idempotency-Key": key.encode()}
    answer = client.post("/api/system/start", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_input")
    assert "Idempotency-Key" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("sessions/{id}/orders", LIST_LIMIT_MAX),
        ("sessions/{id}/financials", HISTORY_LIMIT_MAX),
    ],
)
def test_a_part_of_a_list_may_be_as_long_as_the_services_give(
    client: httpx.Client, services: ServicesDouble, path: str, most: int
) -> None:
    address = f"/bots/{BOT}/" + path.format(id=BOT)
    assert client.get(address, params={"limit": most}).status_code == 200
    assert client.get(address, params={"limit": most + 1}).status_code == 400
