"""The floor serves the same list of 48 KB twice, by both ways."""

import orjson
from starlette.testclient import TestClient

from benchmarks.api.floor import PATHS, floor_application


def test_both_ways_give_the_same_list_of_48_kilobytes() -> None:
    with TestClient(floor_application()) as client:
        quick = client.get(PATHS["list_bytes"])
        slow = client.get(PATHS["list_encoder"])
        assert client.get(PATHS["hello"]).json() == {"hello": "world"}
    assert orjson.loads(quick.content) == slow.json()
    assert 47_000 < len(quick.content) < 49_500
