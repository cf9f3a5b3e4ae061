"""The history of a session that is over, computed again from tape and commands."""

import pytest

from forven.market.feeds.played import PlayedDay
from forven.market.synthetic.day import synthetic_day
from forven.market.synthetic.spec import SyntheticSpec
from forven.store.errors import NoSuchTape, StoreDamaged
from forven.store.schema import sessions as session_table
from tests.bots.services.doubles import FEED


@pytest.fixture
def tape(store, coarse_day):
    """The coarse day as its feed's tape."""
    bounds = coarse_day.bounds
    played = PlayedDay(
        synthetic_day(SyntheticSpec(seed=7, frame_seconds=30), 0, bounds), bounds, FEED
    )
    writer = store.open_tape(played.day)
    for number in range(len(played.stamps)):
        writer.append(played.frame(number), False)
    writer.close()


def test_the_history_after_the_close_is_that_of_the_running_session(services, host, bot, tape):
    session_id = services.sessions.open(bot["id"])["session_id"]
    host.advance(100)
    services.sessions.cancel_all_orders(bot["id"], session_id)
    host.advance(200)
    services.sessions.stop(bot["id"], session_id)
    host.advance(host.day.frame_count - 1)
    live = services.sessions.financials(bot["id"], session_id, {})["history"]
    host.close_day()
    after = services.sessions.financials(bot["id"], session_id, {})
    assert after["history"][: len(live)] == live
    assert after["history"][-1]["net_liquidation_value"] == after["final_nlv"]
    assert after["state"] == "killed"


def test_only_frames_from_the_opening_on_belong_to_a_session(services, store, host, bot, tape):
    session_id = services.sessions.open(bot["id"])["session_id"]
    host.close_day()
    opened_ns = int(host.day.ts[5])
    with store.database.writing() as connection:
        connection.execute(session_table.update().values(opened_ns=opened_ns))
    history = services.sessions.financials(bot["id"], session_id, {})["history"]
    assert len(history) == host.day.frame_count - 5


def test_without_its_tape_a_session_has_no_history(services, host, bot):
    session_id = services.sessions.open(bot["id"])["session_id"]
    host.close_day()
    with pytest.raises(NoSuchTape):
        services.sessions.financials(bot["id"], session_id, {})


def test_a_tape_that_gives_another_journal_is_told(services, store, host, bot, tape):
    session_id = services.sessions.open(bot["id"])["session_id"]
    host.close_day()
    with store.database.writing() as connection:
        connection.execute(session_table.update().values(digest="0" * 64))
    with pytest.raises(StoreDamaged, match="journal verify"):
        services.sessions.financials(bot["id"], session_id, {})
