"""Cards of bots and sessions: bounded, read many at once where many are asked for."""

import pytest

from forven.bots.services import document_cards
from forven.bots.services.document_cards import BotCard, Cards, RosterMemory
from forven.store.roster_changes import RosterChanges
from tests.bots.services.conftest import bot_body
from tests.store.made_rows import BOT, OUTCOME, SESSION, changed, uuid_of


def card(number: int, sessions: int = 0) -> BotCard:
    """Return the card of a bot with so many sessions that are over."""
    ended = changed(SESSION, ended_ns=1, state="completed")
    rows = [changed(ended, id=uuid_of(3, each)) for each in range(sessions)]
    return BotCard.of(changed(BOT, id=uuid_of(2, number)), rows)


@pytest.fixture
def roster():
    """Changes that were looked at just now."""
    changes = RosterChanges(clock=lambda: 1)
    changes.checked_ns = 1
    return changes


def test_a_card_of_an_older_count_is_no_card(roster):
    cards = Cards(roster)
    first = card(1)
    before = roster.count
    roster.note([first.row.id], None)
    cards.keep(first.row.id, before, first)
    assert cards.find(first.row.id) is None
    cards.keep(first.row.id, roster.count, first)
    assert cards.find(first.row.id) is first


def test_what_is_kept_is_bounded_in_bytes(roster, monkeypatch):
    monkeypatch.setattr(document_cards, "BYTES_MAX", 100_000)
    cards = Cards(roster)
    for number in range(60):
        made = card(number, sessions=number % 7)
        cards.keep(made.row.id, 0, made)
        kept = [each for _, each in cards._kept.values()]
        assert cards._byte_count == sum(each.size for each in kept) <= 100_000
        assert cards.find(made.row.id) is made
    assert len(cards._kept) < 60


def test_a_card_kept_again_takes_the_place_of_the_one_before(roster):
    cards = Cards(roster)
    for sessions in (3, 0, 2):
        made = card(1, sessions)
        cards.keep(made.row.id, 0, made)
        assert cards._byte_count == made.size


def test_running_sessions_are_spelled_once_and_bounded(roster, monkeypatch):
    monkeypatch.setattr(document_cards, "RUNNING_MAX", 3)
    memory = RosterMemory(roster)
    first = memory.running(SESSION)
    assert memory.running(SESSION) is first
    for number in range(9):
        memory.running(changed(SESSION, id=uuid_of(3, number)))
        assert len(memory._running) <= 3


def test_bots_that_run_are_read_at_once_when_some_were_asked_for_in_vain(services, store, link):
    names = ("First", "Second", "Third", "Fourth", "Fifth")
    bots = [services.bots.create(bot_body(link, name=name)) for name in names]
    sessions = [services.sessions.open(bot["id"])["session_id"] for bot in bots]
    store.roster.clock = lambda: 1
    services.at_hand.check()
    with store.transaction() as work:
        work.sessions.finish(sessions[1], OUTCOME)
    first = bots[0]["id"]
    services.bots.get(first)
    services.at_hand.check()
    assert services.at_hand.bot(bots[2]["id"]) is None
    for _ in range(document_cards.MISSED_MIN):
        services.bots.get(first)
    services.at_hand.check()
    had = [services.at_hand.bot(bot["id"]) is not None for bot in bots]
    assert had == [True, False, True, True, True]
