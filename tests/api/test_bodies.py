"""Bodies are strict JSON objects, or a 4xx says what was expected and what was found."""

import httpx
import pytest

from api.bodies import UnsupportedMediaType, check_media_type, parse_body
from forven.bots.errors import InvalidField
from forven.primitives.errors import ForvenError
from tests.api import hostile
from tests.api.doubles import ServicesDouble

_REFUSED = {**hostile.NOT_JSON, **hostile.NO_OBJECT}


@pytest.mark.parametrize("name", _REFUSED)
def test_what_is_no_json_object_is_refused(name: str) -> None:
    with pytest.raises(InvalidField, match="found"):
        parse_body(_REFUSED[name], "application/json")


def test_an_object_is_read_exactly() -> None:
    body = parse_body(b'{"a": 0.1, "b": [1, null], "c": "\\ud83d\\ude00"}', "application/json")
    assert repr(body["a"]) == "Decimal('0.1')"
    assert (body["b"], body["c"]) == ([1, None], "\N{GRINNING FACE}")


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"'],
)
def test_json_in_utf8_is_taken(media_type: str) -> None:
    check_media_type(media_type)


@pytest.mark.parametrize(
    "media_type",
    [
        "",
        "text/plain",
        "text/json",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/json; version=2",
        "application/merge-patch+json",
    ],
)
def test_any_other_media_type_is_refused(media_type: str) -> None:
    with pytest.raises(UnsupportedMediaType, match="expected application/json"):
        check_media_type(media_type)


def test_a_body_that_is_too_large_is_413(client: httpx.Client, services: ServicesDouble) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post("/bots", content=hostile.NOT_JSON["10 MB of text"], headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (413, "body_too_large")


def test_a_body_of_another_type_is_415(client: httpx.Client, services: ServicesDouble) -> None:
    answer = client.post("/bots", data={"name": "a"})
    assert (answer.status_code, answer.json()["error"]) == (415, "unsupported_media_type")
    assert services.calls == []


@pytest.mark.parametrize("content", [b"", b"{}"])
def test_a_route_without_a_body_takes_none(
    client: httpx.Client, services: ServicesDouble, content: bytes
) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post("/api/system/start", content=content, headers=headers)
    assert answer.status_code == 200


def test_a_route_without_a_body_refuses_one(client: httpx.Client, services: ServicesDouble) -> None:
    answer = client.post("/api/system/start", json={"now": True})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_input")


def test_every_refusal_is_one_of_ours() -> None:
    assert issubclass(UnsupportedMediaType, ForvenError)
