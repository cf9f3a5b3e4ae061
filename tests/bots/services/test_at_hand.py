"""What memory has is what the services say, at every moment; what changed is not had any more."""

from dataclasses import replace

import orjson
import pytest

from forven.bots.services import at_hand, document_cards
from forven.store.store import Store
from tests.bots.services.conftest import bot_body

UNKNOWN_ID = "7f7a1c1e-0000-4000-8000-000000000000"


class Clock:
    """A clock that stands until it is set."""

    now = 1

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock(services, store):
    """The clock by which what is known grows too old."""
    store.roster.clock = clock = Clock()
    services.at_hand.check()
    return clock


@pytest.fixture
def session(services, host, bot, clock):
    """A session that has traded and still holds something; it and its bot were read once."""
    session_id = services.sessions.open(bot["id"])["session_id"]
    host.advance(150)
    services.bots.get(bot["id"])
    return services.sessions.get(bot["id"], session_id)


def bot_at_hand(services, bot):
    """Return a bot out of memory, None if it is not there."""
    body = services.at_hand.bot(bot["id"])
    return None if body is None else orjson.loads(body)


def session_at_hand(services, session):
    body = services.at_hand.session(session["bot_id"], session["id"])
    return None if body is None else orjson.loads(body)


def test_a_bot_at_rest_is_had_once_it_was_read(services, bot, clock):
    assert bot_at_hand(services, bot) is None
    document = services.bots.get(bot["id"])
    assert bot_at_hand(services, bot) == document
    assert list(bot_at_hand(services, bot)["bot"]) == list(document["bot"])


def test_everything_of_a_running_session_is_had_frame_by_frame(services, host, bot, session):
    ids = bot["id"], session["id"]
    for frame in (151, 200, 260):
        host.advance(frame)
        assert bot_at_hand(services, bot) == services.bots.get(ids[0])
        assert session_at_hand(services, session) == services.sessions.get(*ids)
        assert orjson.loads(services.at_hand.positions(*ids)) == services.sessions.positions(*ids)
        for part in ((None, None), ("1", None), ("1", "1"), (None, "2")):
            for name in ("orders", "transactions"):
                read, had = getattr(services.sessions, name), getattr(services.at_hand, name)
                assert had(*ids, *part) == read(*ids, *part)
    assert services.at_hand.positions(*ids) != b"[]"
    assert len(services.at_hand.orders(*ids, None, None).items) > 1


def test_a_session_that_is_over_is_had_once_it_was_read(services, host, bot, session):
    host.close_day()
    assert bot_at_hand(services, bot) is None
    assert session_at_hand(services, session) is None
    ended = services.sessions.get(bot["id"], session["id"])
    document = services.bots.get(bot["id"])
    assert ended["state"] == "completed"
    assert session_at_hand(services, session) == ended
    assert bot_at_hand(services, bot) == document
    assert document["bot"]["last_session"] == ended
    assert document["bot"]["runtime_status"] == "completed"
    for name in ("positions", "orders", "transactions"):
        further = () if name == "positions" else (None, None)
        assert getattr(services.at_hand, name)(bot["id"], session["id"], *further) is None


def test_what_was_told_is_read_by_the_next_one(services, host, bot, session):
    services.bots.get(bot["id"])
    services.bots.patch(bot["id"], {"name": "Renamed", "max_open_orders": 3})
    assert bot_at_hand(services, bot) is None
    services.bots.get(bot["id"])
    found = bot_at_hand(services, bot)["bot"]
    assert (found["name"], found["max_open_orders"]) == ("Renamed", 3)
    assert found["active_session"]["policy"] == session["policy"]
    services.sessions.stop(bot["id"], session["id"])
    assert session_at_hand(services, session)["state"] == "killing"
    assert bot_at_hand(services, bot) is None
    services.bots.get(bot["id"])
    assert bot_at_hand(services, bot)["bot"]["active_session"]["state"] == "killing"


def test_a_session_opened_is_read_by_the_next_one(services, bot, clock):
    services.bots.get(bot["id"])
    assert bot_at_hand(services, bot)["sessions"] == []
    session_id = services.sessions.open(bot["id"])["session_id"]
    assert bot_at_hand(services, bot) is None
    assert [each["id"] for each in services.bots.get(bot["id"])["sessions"]] == [session_id]


def test_what_was_deleted_is_had_no_more(services, host, bot, session):
    host.close_day()
    services.sessions.get(bot["id"], session["id"])
    services.bots.get(bot["id"])
    services.bots.delete(bot["id"])
    assert bot_at_hand(services, bot) is None
    assert session_at_hand(services, session) is None


def test_other_bots_stay_at_hand(services, link, bot, clock):
    other = services.bots.create(bot_body(link, name="Other"))
    services.bots.get(bot["id"])
    services.bots.patch(other["id"], {"name": "Another"})
    assert bot_at_hand(services, bot) is not None


def test_nothing_is_had_under_another_bot_s_id(services, session):
    for name in ("session", "positions"):
        assert getattr(services.at_hand, name)(UNKNOWN_ID, session["id"]) is None
    assert services.at_hand.orders(UNKNOWN_ID, session["id"], None, None) is None
    assert services.at_hand.bot(UNKNOWN_ID) is None


def test_a_session_that_ends_meanwhile_is_left_to_the_database(
    services, host, store, bot, session, monkeypatch
):
    live = host.live

    def live_until_the_end(session_id):
        view = live(session_id)
        monkeypatch.setattr(host, "live", live)
        host.close_day()
        return view

    monkeypatch.setattr(host, "live", live_until_the_end)
    assert services.at_hand.bot(bot["id"]) is None
    services.bots.get(bot["id"])
    assert bot_at_hand(services, bot)["bot"]["active_session"] is None


def test_a_session_that_the_host_does_not_run_is_left_to_the_database(
    services, host, bot, session, monkeypatch
):
    monkeypatch.setattr(host, "live", lambda _: None)
    assert bot_at_hand(services, bot) is None
    assert session_at_hand(services, session) is None
    assert services.bots.get(bot["id"])["bot"]["active_session"]["profit_loss"] is None


def test_long_documents_are_left_to_a_thread(services, bot, session, monkeypatch):
    monkeypatch.setattr(at_hand, "ROWS_MAX", 1)
    assert services.at_hand.positions(bot["id"], session["id"]) is None
    assert services.at_hand.orders(bot["id"], session["id"], None, None) is None


def test_what_another_process_wrote_is_seen_in_time(services, store, bot, clock):
    services.bots.get(bot["id"])
    other = Store.open(store.home, None)
    with other.transaction() as work:
        work.bots.change(bot["id"], name="Elsewhere")
    other.close()
    clock.now += document_cards.AGE_NS_MAX
    assert bot_at_hand(services, bot)["bot"]["name"] == bot["name"]
    clock.now += 1
    assert bot_at_hand(services, bot) is None
    services.at_hand.check()
    assert bot_at_hand(services, bot) is None
    services.bots.get(bot["id"])
    assert bot_at_hand(services, bot)["bot"]["name"] == "Elsewhere"


def test_a_look_at_other_processes_is_due_now_and_then_and_asked_for_once(services, store, clock):
    due = services.at_hand.is_check_due
    assert not due()
    clock.now += at_hand.CHECK_NS
    assert due()
    assert not due()
    clock.now += at_hand.CHECK_NS
    assert due()
    services.at_hand.check()
    assert not due()
    assert store.roster.checked_ns == clock.now


def test_a_look_is_due_sooner_while_bots_are_missing(services, bot, clock):
    for _ in range(document_cards.MISSED_MIN):
        services.bots.get(bot["id"])
    clock.now += at_hand.FILL_NS - 1
    assert not services.at_hand.is_check_due()
    clock.now += 1
    assert services.at_hand.is_check_due()
    services.at_hand.check()
    clock.now += at_hand.FILL_NS
    assert not services.at_hand.is_check_due()


def test_feed_without_a_day_shows_how_the_last_one_ended(services, host, bot, session):
    host.close_day()
    host.has_feed = False
    services.bots.get(bot["id"])
    assert bot_at_hand(services, bot)["bot"]["runtime_status"] == "completed"
    standing = replace(host.status(), day=host.day.day.replace(day=9))
    host.status = lambda: standing
    assert bot_at_hand(services, bot)["bot"]["runtime_status"] == "idle"
