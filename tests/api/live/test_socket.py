"""The plain feed over real sockets: init, numbering, batches, resuming, filters, pings, the end."""

import time

import pytest
from websockets.exceptions import ConnectionClosed

from forven.bots.hub import Hub, LiveEvent
from tests.api.live.feeds import TS, Feed, Message, live, price, profit, quick, trade

KEY = "live-key"


def numbers(events: list[Message]) -> list[object]:
    return [event["data"]["number"] for event in events if event["type"] == "trade"]  # type: ignore[index]


def publish_paused(feed: Feed, *events: LiveEvent) -> None:
    """Publish one event at a time, each long enough apart to be a message of its own."""
    for event in events:
        feed.hub.publish([event])
        time.sleep(0.05)


@pytest.mark.parametrize("path", ["/ws/live", "/api/ws/live"])
def test_a_client_is_greeted_and_hears_what_is_published(path: str) -> None:
    with live() as feed, feed.client(path) as client:
        init = client.next()
        assert init == {
            "sequence": 1,
            "cursor": 0,
            "channel": "live",
            "type": "init",
            "data": {"feed": "synthetic:7"},
        }
        feed.hub.publish([trade(7)])
        assert client.next() == {
            "sequence": 2,
            "cursor": 1,
            "channel": "live",
            "type": "trade",
            "ts": "2025-11-24T16:00:00Z",
            "bot_id": "b1",
            "session_id": "s1",
            "data": {"number": 7},
        }


def test_what_is_published_at_once_comes_in_one_batch_under_one_sequence_number() -> None:
    with live() as feed, feed.client() as client:
        client.next()
        feed.hub.publish([trade(1), price("6000.00"), trade(2)])
        batch = client.next()
        assert batch["type"] == "batch" and batch["sequence"] == 2
        messages = batch["messages"]
        assert isinstance(messages, list)
        assert [one["type"] for one in messages] == ["trade", "prices", "trade"]
        assert [one["cursor"] for one in messages] == [1, 2, 3]
        assert batch["cursor"] == 3
        feed.hub.publish([trade(3)])
        assert client.next()["sequence"] == 3


def test_all_kinds_of_events_pass_as_they_are_published() -> None:
    kinds = ["order_update", "session_state", "risk_alert", "feed_event", "end_of_data"]
    with live() as feed, feed.client() as client:
        client.next()
        feed.hub.publish([LiveEvent(type=kind, ts=TS, payload={"kind": kind}) for kind in kinds])
        assert [event["kind"] for event in client.events(5)] == kinds


def test_a_client_comes_back_and_hears_what_it_missed_exactly_once() -> None:
    with live() as feed:
        with feed.client() as client:
            client.next()
            publish_paused(feed, trade(1), trade(2))
            cursor = client.events(2)[-1]["cursor"]
        publish_paused(feed, trade(3), trade(4))
        with feed.client(f"/ws/live?cursor={cursor}") as client:
            assert client.next()["cursor"] == cursor
            assert numbers(client.events(2)) == [3, 4]
            feed.hub.publish([trade(5)])
            assert numbers(client.events(1)) == [5]


def test_a_client_that_names_no_cursor_hears_the_latest_values_and_new_events_only() -> None:
    with live() as feed:
        feed.hub.publish([trade(1), price("1"), price("2"), profit("3")])
        with feed.client() as client:
            client.next()
            values = client.events(2)
            assert [value["type"] for value in values] == ["prices", "position_pnl"]
            assert values[0]["prices"] == {"SPX": "2"}
            assert client.is_silent()


def test_a_client_that_was_away_too_long_is_told_what_is_missing() -> None:
    hub = Hub(ring_events=10)
    for number in range(50):
        hub.publish([trade(number)])
    with live(hub) as feed, feed.client("/ws/live?cursor=5") as client:
        client.next()
        gap = client.next()
        assert (gap["type"], gap["from"]) == ("gap", 6)
        kept = 50 - int(str(gap["to"]))
        assert 10 <= kept <= 20
        assert numbers(client.events(kept)) == list(range(50 - kept, 50))


def test_a_cursor_of_a_server_before_this_one_is_answered_with_a_gap() -> None:
    with live(Hub(2_000)) as feed:
        feed.hub.publish([trade(1)])
        with feed.client("/ws/live?cursor=1500") as client:
            client.next()
            gap = client.next()
            assert (gap["type"], gap["from"], gap["to"]) == ("gap", 1_501, 2_000)
            assert numbers(client.events(1)) == [1]


def test_prices_come_once_a_tick_and_are_the_latest_of_it() -> None:
    with live(timing=quick(tick=0.5)) as feed, feed.client() as client:
        client.next()
        begun = time.monotonic()
        heard: list[str] = []
        for number in range(100):
            feed.hub.publish([price(str(number))])
            time.sleep(0.01)
        while "99" not in heard:
            heard.append(client.next()["prices"]["SPX"])  # type: ignore[index, call-overload]
        assert len(heard) <= (time.monotonic() - begun) / 0.5 + 1
        assert [int(value) for value in heard] == sorted(int(value) for value in heard)


def test_an_event_does_not_wait_for_the_tick_of_prices() -> None:
    with live(timing=quick(tick=30.0)) as feed, feed.client() as client:
        client.next()
        feed.hub.publish([price("1")])
        time.sleep(0.2)
        feed.hub.publish([price("2"), trade(1)])
        assert numbers([client.next(1.0), client.next(1.0)]) == [1]


def test_a_long_backlog_comes_in_batches_of_bounded_length() -> None:
    with live(timing=quick(events_max=100)) as feed:
        for number in range(1_050):
            feed.hub.publish([trade(number)])
        with feed.client("/ws/live?cursor=0") as client:
            client.next()
            heard: list[object] = []
            while len(heard) < 1_050:
                batch = client.next()
                messages = batch["messages"]
                assert isinstance(messages, list) and len(messages) <= 100
                assert batch["cursor"] == messages[-1]["cursor"]
                heard += numbers(messages)
            assert heard == list(range(1_050))


@pytest.mark.parametrize(
    ("query", "heard"),
    [
        ("types=trade", ["trade b1 s1", "trade b2 s2"]),
        ("types=trade,prices", ["trade b1 s1", "trade b2 s2", "prices None None"]),
        ("bots=b2", ["trade b2 s2", "prices None None", "position_pnl b2 s2"]),
        ("sessions=s1&types=trade", ["trade b1 s1"]),
        ("bots=none", ["prices None None"]),
    ],
)
def test_a_client_may_choose_types_bots_and_sessions(query: str, heard: list[str]) -> None:
    with live() as feed, feed.client(f"/ws/live?{query}") as client:
        client.next()
        feed.hub.publish(
            [trade(1), trade(2, "s2", "b2"), price("1"), profit("1"), profit("2", "s2", "b2")]
        )
        events = client.events(len(heard))
        assert [f"{e['type']} {e['bot_id']} {e['session_id']}" for e in events] == heard
        assert client.is_silent()


def test_a_ping_comes_in_time_and_is_numbered_like_all_messages() -> None:
    with live(timing=quick(ping=0.2)) as feed, feed.client() as client:
        client.next()
        begun = time.monotonic()
        for _ in range(3):
            ping = client.next()
            assert ping["type"] == "ping" and str(ping["ts"]).endswith("Z")
        assert 0.3 < time.monotonic() - begun < 3.0


def test_many_clients_hear_the_same_each_with_its_own_numbers() -> None:
    with live() as feed, feed.client() as one, feed.client() as other:
        one.next()
        other.next()
        publish_paused(feed, trade(1), trade(2))
        with feed.client() as late:
            late.next()
            feed.hub.publish([trade(3)])
            assert numbers(one.events(3)) == numbers(other.events(3)) == [1, 2, 3]
            assert numbers(late.events(1)) == [3]
            assert (one.sequence, late.sequence) == (4, 2)
            assert feed.socket.clients == 3
    assert feed.socket.clients == 0


@pytest.mark.parametrize(
    "query", ["cursor=-1", "cursor=x", "cursor=" + "9" * 20, "protocol=x", "cursor=%C2%B2"]
)
def test_an_address_that_makes_no_sense_is_closed_with_its_reason(query: str) -> None:
    with live() as feed, feed.client(f"/ws/live?{query}") as client:
        with pytest.raises(ConnectionClosed) as closed:
            client.next()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008
        assert closed.value.rcvd.reason.startswith(query.split("=")[0])


def test_more_clients_than_the_server_has_room_for_are_told_to_come_later() -> None:
    with live(timing=quick(clients_max=2)) as feed, feed.client() as one, feed.client() as two:
        one.next()
        two.next()
        with feed.client() as third, pytest.raises(ConnectionClosed) as closed:
            third.next()
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1013
        feed.hub.publish([trade(1)])
        assert numbers(one.events(1)) == numbers(two.events(1)) == [1]


def test_clients_are_told_when_the_server_stops() -> None:
    with live() as feed, feed.client() as client:
        client.next()
        feed.running.server.stop()
        with pytest.raises(ConnectionClosed) as closed:
            client.next(10)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1012
        feed.running.thread.join(timeout=5)
        assert not feed.running.thread.is_alive()
        feed.hub.publish([trade(1)])  # the host may publish after the server has gone


def test_with_a_key_in_its_address_a_client_is_greeted_and_without_one_it_must_say_it() -> None:
    with live(api_key=KEY) as feed:
        with feed.client(f"/ws/live?key={KEY}") as client:
            assert client.next()["type"] == "init"
        with feed.client() as client, pytest.raises(ConnectionClosed) as closed:
            client.next()
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (
            1008,
            "expected auth or token in time",
        )
