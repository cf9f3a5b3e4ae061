"""A session is proved by its tape, and by a plain backtest of the recorded day it saw."""

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import update

from forven.bots.errors import NotFound
from forven.bots.outcomes import failed
from forven.bots.verify import rebuild_projections, replayed, verify_session
from forven.kernels import schema
from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.feeds.feed import FeedOptions
from forven.market.feeds.replay import replay_feed
from forven.market.importing import ImportRequest, import_files
from forven.market.readers.settlements import read_settlements
from forven.primitives.errors import InvalidInput
from forven.store.blobs import blob_of
from forven.store.frame_commit import FrameCommit
from forven.store.schema import journal
from tests.bots.houses import (
    CONDOR,
    DAY,
    GatedFeed,
    add_bots,
    bot_row,
    feed_of,
    is_over,
    keep_strategy,
    rows_of,
    running,
    session_of,
    taken,
    wait_for,
)


@pytest.fixture
def proved(store, ticks_folder):
    """A session that is over."""
    bots = add_bots(store, [bot_row(keep_strategy(store, CONDOR))])
    with running(store, feed_of(ticks_folder, last=DAY)):
        wait_for(lambda: is_over(store, bots), "the end of the day")
    return session_of(store, bots[0].id)


def test_a_session_is_what_its_tape_gives(store, proved):
    found = verify_session(store, proved.id)
    assert (found.is_equal, found.source, found.digest) == (True, "tape", proved.digest)
    assert found.rows == len(rows_of(store, proved.id)) > 0


def test_one_changed_integer_is_found_and_named(store, proved):
    rows = rows_of(store, proved.id)
    place = int(np.flatnonzero(rows[:, schema.JOURNAL_KIND] == schema.EVENT_ORDER_FILLED)[0])
    with store.transaction() as tables:
        pieces = tables.connection.execute(
            journal.select().where(journal.c.session_id == proved.id)
        ).all()
        piece = max((p for p in pieces if p.sequence_from <= place), key=lambda p: p.sequence_from)
        changed = rows[piece.sequence_from : piece.sequence_from + piece.rows_count].copy()
        changed[place - piece.sequence_from, schema.JOURNAL_A] += 5
        which = (journal.c.session_id == proved.id) & (
            journal.c.sequence_from == piece.sequence_from
        )
        tables.connection.execute(update(journal).where(which).values(rows=blob_of(changed[:, 1:])))
    found = verify_session(store, proved.id)
    assert not found.is_equal
    assert found.difference.startswith(f"row {place}: expected sequence {place}")
    assert "event order_filled" in found.difference


def test_a_session_that_failed_while_its_day_went_on_is_proved_as_far_as_it_came(
    store, ticks_folder
):
    name = keep_strategy(store, CONDOR)
    bots = add_bots(store, [bot_row(name, number) for number in (1, 2)])
    with running(store, GatedFeed(feed_of(ticks_folder, last=DAY), 60)) as host:
        wait_for(lambda: taken(host, 60), "some frames")
    row = session_of(store, bots[0].id)
    known = len(rows_of(store, row.id))
    store.commit_frame(FrameCommit(results={row.id: failed("its script is gone", row.opened_ns)}))
    with running(store, feed_of(ticks_folder, last=DAY)):
        wait_for(lambda: is_over(store, bots), "the end of the day")
    assert len(rows_of(store, session_of(store, bots[1].id).id)) > known > 0
    assert verify_session(store, row.id).difference is None
    rows = rows_of(store, row.id)[-1:].copy()
    rows[0, schema.JOURNAL_SEQUENCE] += 1
    with store.transaction() as tables:
        tables.journals.append_many({row.id: rows})
    assert f"row {known}" in verify_session(store, row.id).difference


def test_a_replay_gives_the_financials_of_a_backtest(store, proved):
    tape = store.read_tape(proved.feed, proved.day)
    rows, financials = replayed(tape, proved, np.zeros((0, schema.COMMAND_WIDTH), np.int64))
    assert np.array_equal(rows[:, 1:], rows_of(store, proved.id)[:, 1:])
    stamps = [frame.ts for frame in tape.frames]
    assert financials[:, schema.FINANCIAL_TS].tolist() == stamps
    assert financials[-1, schema.FINANCIAL_NLV] == proved.final_nlv
    assert financials[:, schema.FINANCIAL_DRAWDOWN].max() == proved.max_intraday_dd


def test_ledgers_are_rebuilt_from_the_journal(store, proved):
    assert rebuild_projections(store, proved.id)
    with store.transaction() as tables:
        tables.connection.exec_driver_sql("delete from transactions where number > 2")
    assert not rebuild_projections(store, proved.id)
    assert rebuild_projections(store, proved.id)


def test_a_session_that_nobody_keeps_cannot_be_proved(store):
    for prove in (verify_session, rebuild_projections):
        with pytest.raises(NotFound):
            prove(store, "none")


@pytest.fixture(scope="module")
def recorded(shared_data: Path, tmp_path_factory) -> Catalog:
    """A catalog with one recorded day of SPXW options, minute by minute."""
    made = Catalog(tmp_path_factory.mktemp("home"))
    request = ImportRequest(
        name="chain",
        paths=(shared_data / "cboe_vixr/spxw_1min_2018-01-05_exp2018-01-05.parquet",),
        settlements=read_settlements(shared_data / "reference/spx_settlements.csv"),
    )
    import_files(request, made, trading_calendar(), lambda path, share: None)
    return made


def test_a_live_session_on_a_recorded_day_is_the_backtest_of_that_day(store, recorded, proved):
    strategy = {**CONDOR, "quantity": 3, "exit": {"time": "15:30", "stop_loss_pct": "100"}}
    (bot,) = add_bots(store, [bot_row(keep_strategy(store, strategy), 9)])
    dataset = recorded.open("chain")
    (day,) = dataset.days()
    with running(store, replay_feed("chain", recorded, FeedOptions(speed="max"))):
        wait_for(lambda: is_over(store, [bot], day), "the end of the day")
    row = session_of(store, bot.id, day)
    assert (row.state, row.feed) == ("completed", "replay:chain")
    assert row.fills > 1
    found = verify_session(store, row.id, dataset)
    assert (found.source, found.difference, found.digest) == ("dataset", None, row.digest)
    assert verify_session(store, row.id).is_equal
    with pytest.raises(InvalidInput, match="expected its"):
        verify_session(store, proved.id, _Elsewhere(dataset, day))


class _Elsewhere:
    """A dataset that has another day under every date."""

    name = "elsewhere"

    def __init__(self, dataset, day) -> None:
        self._dataset, self._day = dataset, day

    def load(self, _day):
        return self._dataset.load(self._day)
