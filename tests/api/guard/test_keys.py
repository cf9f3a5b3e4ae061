"""Keys are compared whole and in constant time."""

import hmac

import pytest
from pydantic import SecretStr

from api.guard import keys
from api.guard.keys import Key, take_query_keys


def test_every_offered_key_is_compared_by_compare_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bytes] = []
    really_compare = hmac.compare_digest

    def compare(one: bytes, other: bytes) -> bool:
        compared.append(one)
        return really_compare(one, other)

    monkeypatch.setattr(keys.hmac, "compare_digest", compare)
    key = Key(SecretStr("right"))
    assert key.opens([b"right", b"wrong"])
    assert not key.opens([b"righ", b"right1", b""])
    assert compared == [b"right", b"wrong", b"righ", b"right1", b""]


def test_what_is_not_configured_opens_nothing() -> None:
    assert not Key(None).opens([b"", b"None"])


def test_keys_are_taken_out_of_an_address_and_the_rest_stays() -> None:
    scope = {"query_string": b"a=1&KEY=x&apikey=&b=%20%26"}
    assert take_query_keys(scope) == [b"x", b""]
    assert scope["query_string"] == b"a=1&b=+%26"
