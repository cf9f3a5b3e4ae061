"""Channels over real sockets: authentication, subscriptions, answers, and what ends a client."""

import json
import time

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed

from forven.bots.hub import LiveEvent
from tests.api.live.feeds import TS, Listener, live, price, profit, quick, trade
from tests.api.live.markets import market_view

KEY = "live-key"
HASH = "a" * 64


def authenticated(client: Listener, said: dict[str, str], access: str) -> None:
    client.say(said)
    ack = client.next()
    assert (ack["channel"], ack["type"], ack["access"]) == ("auth", "ack", access)


def subscribed(client: Listener, *channels: object, **more: object) -> list[object]:
    """Subscribe and return the channels that the server says the client has."""
    client.say({"action": "subscribe", "channels": list(channels), **more})
    ack = client.next()
    assert (ack["channel"], ack["action"]) == ("ack", "subscribe"), ack
    assert isinstance(ack["channels"], list)
    return ack["channels"]


def session(name: str) -> dict[str, str]:
    return {"channel": "simulation_events", "id": name}


def closing(client: Listener) -> tuple[int, str]:
    """Return how the server ends a conversation, after what it says before."""
    try:
        while client.next():
            pass
    except ConnectionClosed as closed:
        end = closed.rcvd
    return (end.code, end.reason) if end else (1006, "")


def test_without_a_subscription_nothing_comes_and_with_one_only_what_it_names() -> None:
    with live(api_key=KEY) as feed, feed.client() as client:
        authenticated(client, {"token": KEY}, "token")
        feed.hub.publish([trade(1), price("1")])
        assert client.is_silent()
        assert subscribed(client, session("s1")) == [session("s1")]
        feed.hub.publish([trade(2), trade(3, "s2"), profit("5"), price("2")])
        first, second = client.next(), client.next()
        assert first == {
            "sequence": 3,
            "cursor": 3,
            "channel": "simulation_events",
            "id": 3,
            "session_id": "s1",
            "type": "trade",
            "payload": {"data": {"number": 2}},
        }
        assert (second["type"], second["payload"]) == (
            "position_pnl",
            {"positions": [{"total_profit_loss": "5"}]},
        )
        assert client.is_silent()


def test_progress_of_results_is_heard_by_source_hash() -> None:
    with live() as feed, feed.client("/ws/live?protocol=channels") as client:
        authenticated(client, {"token": "any"}, "token")
        subscribed(client, {"channel": "backtest_events", "id": HASH})
        events = [
            LiveEvent(type="progress", ts=TS, payload={"days": day}, source_hash=name)
            for day, name in enumerate([HASH, "b" * 64, HASH])
        ]
        feed.hub.publish(events)
        heard = [client.next(), client.next()]
        assert [event["payload"] for event in heard] == [{"days": 0}, {"days": 2}]
        assert {event["source_hash"] for event in heard} == {HASH}
        assert {event["channel"] for event in heard} == {"backtest_events"}


def test_a_subscription_ends_for_one_id_or_for_all() -> None:
    with live() as feed, feed.client("/ws/live?protocol=channels") as client:
        authenticated(client, {"token": "any"}, "token")
        subscribed(client, session("s1"), session("s2"), session("s3"), "end_of_data")
        client.say({"action": "unsubscribe", "channel": session("s2")})
        assert client.next()["channels"] == ["end_of_data", session("s1"), session("s3")]
        feed.hub.publish([trade(1, "s1"), trade(2, "s2"), trade(3, "s3")])
        assert [client.next()["session_id"] for _ in range(2)] == ["s1", "s3"]
        client.say({"action": "unsubscribe", "channel": "end_of_data"})
        assert client.next()["channels"] == [session("s1"), session("s3")]


def test_a_subscription_resumes_from_a_cursor() -> None:
    with live() as feed:
        feed.hub.publish([trade(number) for number in range(5)])
        with feed.client("/ws/live?protocol=channels&cursor=2") as client:
            authenticated(client, {"token": "any"}, "token")
            subscribed(client, session("s1"))
            assert [client.next()["cursor"] for _ in range(3)] == [3, 4, 5]
            subscribed(client, session("s1"), cursor=4)
            assert client.next()["cursor"] == 5


def test_the_public_hears_the_index_and_the_end_but_no_chain_and_no_session() -> None:
    with live(api_key=KEY) as feed, feed.client() as client:
        feed.hub.show_market(market_view(TS))
        authenticated(client, {"auth": "public"}, "public")
        for channel in (session("s1"), "live_option_chain"):
            client.say({"action": "subscribe", "channels": ["live_aggregate_data", channel]})
            error = client.next()
            assert (error["channel"], error["error"]) == ("error", "channel_forbidden")
        assert subscribed(client, "live_aggregate_data") == ["live_aggregate_data"]
        data = client.next()
        assert data["channel"] == "live_aggregate_data"
        assert data["payload"] == {"SPX": 6000.25, "VIX": None, "expected_move": 20.0}
        feed.hub.publish([trade(1), LiveEvent(type="end_of_data", ts=TS, payload={})])
        assert client.next()["channel"] == "end_of_data"


def test_market_channels_come_once_a_frame_and_once_a_tick() -> None:
    with live(timing=quick(tick=0.2)) as feed, feed.client("/ws/live?protocol=channels") as client:
        authenticated(client, {"token": "any"}, "token")
        subscribed(client, "live_option_chain", "live_aggregate_data")
        begun = time.monotonic()
        for frame in range(40):
            feed.hub.show_market(market_view(TS + frame * 1_000_000_000))
            feed.hub.publish([price(str(frame))])
            time.sleep(0.02)
        heard = []
        while len([one for one in heard if one["ts"] == "2025-11-24T16:00:39Z"]) < 2:
            heard.append(client.next())
        chains = [message for message in heard if message["channel"] == "live_option_chain"]
        assert 2 <= len(chains) <= (time.monotonic() - begun) / 0.2 + 2
        payload = chains[0]["payload"]
        assert isinstance(payload, list)
        assert payload[0].keys() == {"strike", "call", "put"}
        assert payload[0]["call"].keys() == {"bid", "ask", "delta"}
        assert client.is_silent()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"action": "subscribe", "channels": ["nonsense"]}, "unknown_channel"),
        ({"action": "subscribe", "channels": []}, "unknown_channel"),
        ({"action": "subscribe"}, "unknown_channel"),
        ({"action": "subscribe", "channels": "end_of_data"}, "unknown_channel"),
        ({"action": "subscribe", "channels": [7]}, "unknown_channel"),
        ({"action": "subscribe", "channels": ["simulation_events"]}, "unknown_channel"),
        ({"action": "subscribe", "channels": [session("")]}, "unknown_channel"),
        ({"action": "subscribe", "channels": [session("x" * 200)]}, "unknown_channel"),
        ({"action": "subscribe", "channels": [session("s") | {"a": 1}]}, "unknown_channel"),
        ({"action": "subscribe", "channels": [{"channel": "end_of_data", "id": "x"}]}, "unknown_"),
        ({"action": "subscribe", "channels": ["end_of_data"], "cursor": -1}, "invalid_input"),
        ({"action": "subscribe", "channels": ["end_of_data"], "cursor": True}, "invalid_input"),
        ({"action": "subscribe", "channels": ["end_of_data"], "cursor": 1 << 63}, "invalid_input"),
        ({"action": "subscribe", "channels": [session(str(i)) for i in range(201)]}, "invalid_in"),
        ({"action": "dance"}, "invalid_input"),
        ({}, "invalid_input"),
    ],
)
def test_a_message_that_makes_no_sense_is_answered_and_changes_nothing(
    said: dict[str, object], code: str
) -> None:
    with live() as feed, feed.client("/ws/live?protocol=channels") as client:
        authenticated(client, {"token": "any"}, "token")
        subscribed(client, session("s1"))
        client.say(said)
        error = client.next()
        assert error["channel"] == "error"
        assert str(error["error"]).startswith(code) and "expected" in str(error["detail"])
        feed.hub.publish([trade(1), LiveEvent(type="end_of_data", ts=TS, payload={})])
        assert client.next()["type"] == "trade"
        assert client.is_silent()


def test_an_open_client_that_speaks_of_channels_leaves_the_plain_feed() -> None:
    with live() as feed, feed.client() as client:
        assert client.next()["type"] == "init"
        authenticated(client, {"auth": "public"}, "public")
        feed.hub.publish([trade(1), price("1")])
        assert client.is_silent()


@pytest.mark.parametrize(
    ("first", "closed"),
    [
        ({"token": "wrong"}, (1008, "unauthorized")),
        ({"token": 7}, (1008, "expected token as text")),
        ({"auth": "admin"}, (1008, 'expected "auth":"public" or "token":"..."')),
        ({"action": "subscribe", "channels": ["end_of_data"]}, (1008, "expected auth or token fi")),
    ],
)
def test_a_client_that_does_not_say_who_it_is_is_let_go(
    first: dict[str, object], closed: tuple[int, str]
) -> None:
    with live(api_key=KEY) as feed, feed.client() as client:
        client.say(first)
        code, reason = closing(client)
        assert (code, reason[: len(closed[1])]) == closed


def test_a_client_that_says_nothing_is_let_go_in_time() -> None:
    with live(timing=quick(auth=0.3)) as feed, feed.client("/ws/live?protocol=channels") as client:
        begun = time.monotonic()
        assert closing(client) == (1008, "expected auth or token in time")
        assert 0.25 < time.monotonic() - begun < 2.0


HOSTILE = [
    (b"\x00\x01", 1003),
    ("{", 1007),
    ("NaN", 1007),
    ('{"a": 1e999999}', 1007),
    ('{"auth": "\\ud800"}', 1007),
    ("[" * 30_000, 1007),
    ("[]", 1008),
    ("7", 1008),
    ("x" * 70_000, 1009),
]


@pytest.mark.parametrize(("frame", "code"), HOSTILE, ids=[str(case[1]) for case in HOSTILE])
def test_a_hostile_frame_ends_its_own_client_and_no_other(frame: str | bytes, code: int) -> None:
    with live() as feed, feed.client() as bystander, feed.client() as client:
        bystander.next()
        client.next()
        client.connection.send(frame)
        assert closing(client)[0] == code
        feed.hub.publish([trade(1)])
        assert bystander.next()["type"] == "trade"
        time.sleep(0.05)
        assert feed.socket.clients == 1


def test_a_flood_ends_its_own_client_and_no_other() -> None:
    timing = quick(frames_seconds=1_000.0)
    with live(timing=timing) as feed, feed.client() as bystander, feed.client() as client:
        bystander.next()
        client.next()
        for _ in range(60):
            client.say({"action": "x"})
        bystander.say({"action": "x"})
        assert bystander.is_silent() and client.is_silent()
        client.say({"action": "x"})
        assert closing(client) == (1008, "too many messages")
        feed.hub.publish([trade(1)])
        assert bystander.next()["type"] == "trade"


def test_messages_of_the_plain_feed_that_are_no_request_are_ignored() -> None:
    with live() as feed, feed.client() as client:
        client.next()
        client.say({"type": "pong"}, {"hello": 1})
        feed.hub.publish([trade(1)])
        assert client.next()["type"] == "trade"


def test_a_session_that_was_not_named_is_never_heard() -> None:
    generator = np.random.default_rng(7)
    with live() as feed, feed.client("/ws/live?protocol=channels") as client:
        authenticated(client, {"token": "any"}, "token")
        subscribed(client, session("s3"))
        expected = []
        for number in range(20):
            name = f"s{generator.integers(5)}"
            feed.hub.publish([trade(number, name)])
            expected += [number] if name == "s3" else []
        heard = [client.next() for _ in expected]
        assert [json.loads(json.dumps(e["payload"]))["data"]["number"] for e in heard] == expected
        assert client.is_silent()
