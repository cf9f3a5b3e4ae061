"""The hub: numbers, the ring, values, gaps, bounds, many threads."""

import threading

import orjson
import pytest

from forven.bots.hub import FORGET_PUBLISHINGS, Hub, LiveEvent, Published, Reading
from forven.primitives.errors import InvalidInput

TS = 1_764_000_000_000_000_000


def trade(number: int) -> LiveEvent:
    return LiveEvent(type="trade", ts=TS, bot_id="b", session_id="s", payload={"number": number})


def price(value: str, key: str = "prices") -> LiveEvent:
    return LiveEvent(type="prices", ts=TS, payload={"prices": {"SPX": value}}, key=key)


def read_all(hub: Hub, events: int = 0, values: int | None = 0, limit: int = 10_000) -> Reading:
    return hub.read(events, values, limit)


def cursors(reading: Reading) -> list[int]:
    return [event.cursor for event in reading.events]


def body(event: Published) -> dict[str, object]:
    written: dict[str, object] = orjson.loads(event.body)
    return written


def test_events_are_numbered_in_their_order_and_written_once_with_their_payload() -> None:
    hub = Hub()
    hub.publish([trade(7), LiveEvent(type="session_state", ts=TS + 1, payload={})])
    first, second = read_all(hub).events
    assert body(first) == {
        "cursor": 1,
        "type": "trade",
        "ts": "2025-11-24T16:00:00Z",
        "bot_id": "b",
        "session_id": "s",
        "number": 7,
    }
    assert first.payload == '{"number":7}'
    assert body(second) == {
        "cursor": 2,
        "type": "session_state",
        "ts": "2025-11-24T16:00:00.000000001Z",
        "bot_id": None,
        "session_id": None,
    }
    assert second.payload == "{}"


def test_of_a_key_only_the_latest_value_is_heard_and_no_event_is_lost_for_it() -> None:
    hub = Hub()
    for number in range(100):
        hub.publish([price(str(number)), price(str(-number), "other"), trade(number)])
    reading = read_all(hub)
    assert reading.gap is None
    assert [event.event.type for event in reading.events].count("trade") == 100
    values = [body(event)["prices"] for event in reading.events if event.event.type == "prices"]
    assert values == [{"SPX": "99"}, {"SPX": "-99"}]
    assert cursors(reading) == sorted(cursors(reading))


def test_a_reader_hears_nothing_twice_and_nothing_new_is_missed() -> None:
    hub = Hub()
    hub.publish([trade(1), price("1")])
    first = read_all(hub)
    assert read_all(hub, first.events_cursor, first.values_cursor).events == []
    hub.publish([trade(2), price("2")])
    second = read_all(hub, first.events_cursor, first.values_cursor)
    assert cursors(second) == [3, 4]


def test_values_may_wait_while_events_go_on() -> None:
    hub = Hub()
    hub.publish([price("1"), trade(1)])
    without = read_all(hub, 0, None)
    assert [event.event.type for event in without.events] == ["trade"]
    later = hub.read(without.events_cursor, 0, 10)
    assert [event.event.type for event in later.events] == ["prices"]


def test_a_long_backlog_comes_in_parts_and_values_with_the_last() -> None:
    hub = Hub()
    hub.publish([price("1")] + [trade(number) for number in range(5)])
    cursor, values, heard, parts = 0, 0, [], 0
    more = True
    while more:
        reading = hub.read(cursor, values, 2)
        assert ("prices" in {event.event.type for event in reading.events}) == (not reading.more)
        heard += cursors(reading)
        cursor, values, more = reading.events_cursor, reading.values_cursor, reading.more
        parts += 1
    assert sorted(heard) == [1, 2, 3, 4, 5, 6] and parts == 3


def test_who_stays_away_too_long_is_told_from_where_to_where() -> None:
    hub = Hub(ring_events=10)
    hub.publish([trade(number) for number in range(5)])
    assert read_all(hub, 2).gap is None
    for number in range(30):
        hub.publish([trade(number)])
    reading = read_all(hub, 2)
    assert reading.gap is not None
    first, last = reading.gap
    assert first == 3
    assert cursors(reading) == list(range(last + 1, 36))
    assert 10 <= len(reading.events) <= 20
    assert read_all(hub, last).gap is None


def test_the_number_of_another_server_is_answered_with_a_gap() -> None:
    before, after = Hub(1_000), Hub(2_000)
    before.publish([trade(1)])
    after.publish([trade(2)])
    assert (before.cursor, after.cursor) == (1_001, 2_001)
    reading = read_all(after, before.cursor)
    assert (reading.gap, cursors(reading)) == ((1_002, 2_000), [2_001])
    ahead = read_all(before, after.cursor)
    assert (ahead.gap, cursors(ahead)) == ((0, 1_000), [1_001])


def test_memory_is_bounded_whatever_is_published() -> None:
    hub = Hub(ring_events=100, values_max=50)
    for number in range(1_000):
        hub.publish([trade(number), price("1", str(number))])
    reading = read_all(hub)
    assert len(reading.events) <= 250
    assert sum(event.event.type == "prices" for event in reading.events) == 50


def test_what_is_forgotten_is_heard_for_a_while_and_then_not_any_more() -> None:
    hub = Hub()
    hub.publish([price("1", "s1"), price("2", "s2")])
    hub.forget("s1")
    assert len(read_all(hub).events) == 2
    for number in range(FORGET_PUBLISHINGS):
        hub.forget("s1")  # saying it again does not put it off
        hub.publish([trade(number)])
    values = [event for event in read_all(hub).events if event.event.key]
    assert [body(event)["prices"] for event in values] == [{"SPX": "2"}]


@pytest.mark.parametrize(
    ("payload", "complaint"),
    [
        ({"cursor": 1}, "'cursor'"),
        ({"type": "x"}, "'type'"),
        ({"a": object()}, "JSON can carry"),
        ({1: "a"}, "JSON can carry"),
    ],
)
def test_a_payload_that_would_spoil_the_message_is_refused_whole(
    payload: dict[str, object], complaint: str
) -> None:
    hub = Hub()
    with pytest.raises(InvalidInput, match=complaint):
        hub.publish([trade(1), LiveEvent(type="x", ts=TS, payload=payload)])
    assert hub.cursor == 0 and read_all(hub).events == []
    hub.publish([LiveEvent(type="x", ts=TS, payload=payload, key="k"), trade(1)])
    spoilt, sound = read_all(hub).events
    assert body(spoilt)["error"] == "cannot be written"
    assert body(sound)["number"] == 1


def test_listeners_are_woken_once_a_publishing_until_they_stop() -> None:
    hub, woken = Hub(), []
    stop = hub.listen(lambda: woken.append(hub.cursor))
    hub.publish([trade(1), trade(2)])
    hub.publish([])
    hub.publish([trade(3)])
    stop()
    hub.publish([trade(4)])
    assert woken == [2, 3]


def test_many_threads_publish_and_read_without_losing_a_number() -> None:
    hub = Hub(ring_events=100_000)
    seen: list[list[int]] = [[] for _ in range(4)]
    done = threading.Event()

    def publish() -> None:
        for number in range(2_000):
            hub.publish([trade(number), price(str(number))])

    def read(heard: list[int]) -> None:
        cursor = 0
        while True:
            last = done.is_set()
            reading = hub.read(cursor, None, 100)
            heard += cursors(reading)
            cursor = reading.events_cursor
            if last and not reading.more and not reading.events:
                return

    publishers = [threading.Thread(target=publish) for _ in range(3)]
    readers = [threading.Thread(target=read, args=(heard,)) for heard in seen]
    for thread in publishers + readers:
        thread.start()
    for thread in publishers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join(timeout=20)
    assert hub.cursor == 12_000
    for heard in seen:
        assert len(heard) == 6_000 and heard == sorted(set(heard))
