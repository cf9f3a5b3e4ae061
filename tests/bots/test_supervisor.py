"""The supervisor: the heart's beat is written down, and a silent host is told of."""

import threading
from itertools import count

from forven.bots.hub import Hub
from forven.bots.supervisor import HEARTBEAT_KEY
from tests.bots.houses import (
    CASH,
    IDLE,
    WAIT_S,
    HandFeed,
    add_bots,
    bot_row,
    hand_day,
    hand_frame,
    keep_strategy,
    running,
    session_of,
    told,
    wait_for,
)


def alerts(hub: Hub) -> list[str]:
    return [event["kind"] for event in told(hub, "risk_alert")]


def heartbeat(store):
    with store.reading() as tables:
        return tables.settings.get(HEARTBEAT_KEY)


def test_a_living_host_beats(store):
    clock = iter(range(1_000, 10**9))
    with running(store, HandFeed(hand_day()), clock=lambda: next(clock), heartbeat_s=0) as host:
        first = wait_for(lambda: heartbeat(store), "the first beat")
        wait_for(lambda: heartbeat(store)["at_ns"] > first["at_ns"], "another beat")
        assert host.status().is_healthy
        assert host.status().heartbeat_ns >= first["at_ns"]


def test_beats_are_written_no_more_often_than_asked(store):
    with running(store, HandFeed(hand_day()), heartbeat_s=3_600, supervise_s=0.01) as host:
        first = wait_for(lambda: heartbeat(store), "the first beat")
        for _ in range(5):
            beat = host.status().heartbeat_ns
            wait_for(lambda before=beat: host.status().heartbeat_ns != before, "another beat")
        assert heartbeat(store) == first


def test_a_host_that_does_not_turn_is_unhealthy_and_its_clients_are_told(store):
    hub, gate = Hub(), threading.Event()

    class Stuck(HandFeed):
        def release(self) -> None:
            gate.wait(20)

    add_bots(store, [bot_row(keep_strategy(store, IDLE))])
    with running(store, Stuck(hand_day()), hub, unhealthy_s=0.8, heartbeat_s=0) as host:
        wait_for(lambda: not host.status().is_healthy, "the silence")
        wait_for(lambda: "host_unhealthy" in alerts(hub), "the alert")
        beat = heartbeat(store)
        threading.Event().wait(0.3)
        assert heartbeat(store) == beat
        gate.set()
        wait_for(lambda: host.status().is_healthy, "the recovery")
        wait_for(lambda: "host_healthy" in alerts(hub), "the all-clear")


def test_a_host_that_is_stuck_in_opening_sessions_is_told_of_too(store):
    hub, gate = Hub(), threading.Event()

    class Stuck(HandFeed):
        def release(self) -> None:
            gate.wait(WAIT_S)

    (bot,) = add_bots(store, [bot_row(keep_strategy(store, IDLE), wish="stopped")])
    with running(store, Stuck(hand_day()), hub, unhealthy_s=0.8) as host:
        wait_for(lambda: host.status().day, "the day")
        with store.transaction() as tables:
            tables.bots.change(bot.id, wish="running")
        wait_for(lambda: "host_unhealthy" in alerts(hub), "the alert")
        gate.set()
        wait_for(lambda: host.status().is_healthy, "the recovery")
        wait_for(lambda: session_of(store, bot.id), "the session")


def test_a_wish_that_cannot_be_met_is_tried_again_once_the_bot_has_changed(store, caplog):
    (bot,) = add_bots(store, [bot_row(keep_strategy(store, IDLE), cash_balance=0)])
    clock = count(1_000)
    feed = HandFeed(hand_day())
    with running(store, feed, clock=lambda: next(clock), heartbeat_s=0, supervise_s=0.01):
        wait_for(lambda: "expected more than 0 to open a session" in caplog.text, "the refusal")
        for _ in range(10):
            beat = heartbeat(store)
            wait_for(lambda before=beat: heartbeat(store) != before, "another look")
        assert caplog.text.count("no session was opened for bot") == 1
        with store.transaction() as tables:
            tables.bots.change(bot.id, cash_balance=CASH)
        wait_for(lambda: session_of(store, bot.id), "the session")


def test_a_host_that_gave_up_says_why_and_loses_nothing(store):
    (bot,) = add_bots(store, [bot_row(keep_strategy(store, IDLE))])
    hub, day = Hub(), hand_day()
    feed = HandFeed(day)
    with running(store, feed, hub) as host:
        row = wait_for(lambda: session_of(store, bot.id), "the session")
        feed.send(hand_frame(day.bounds.open_ns + 1, {77: (1, 2)}))  # no such instrument
        trouble = wait_for(lambda: host.status().storage_trouble, "the end")
        assert "defect" in trouble
        assert not host.status().is_healthy
    assert "host_failed" in alerts(hub)
    assert session_of(store, bot.id) == row
