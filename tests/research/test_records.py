"""Records of sessions: accounts counted from journals, and net-price paths."""

from datetime import date

import numpy as np
import pytest

from forven.engine.executions import fills_of
from forven.kernels import schema
from forven.research import records
from tests.research.conftest import run


@pytest.fixture(scope="module")
def first_day(catalog):
    return catalog.open("coarse").load(date(2024, 1, 2))


def test_the_path_is_the_mid_of_the_legs(spread, first_day):
    [path, *_] = spread.records[0].paths
    sold, bought = [instrument for instrument, _ in path.trade.ratios]
    for ts, mid2 in list(zip(path.ts, path.mid2))[::40]:
        frame = first_day.frame_at(int(ts))
        marks = [first_day.price_of(first_day.symbols[leg], frame).mark2 for leg in (sold, bought)]
        known = None not in marks
        assert mid2 == (marks[0] - marks[1] if known else records.MISSING_MID2)
    assert (path.mid2 != records.MISSING_MID2).any()


def test_fills_lie_on_the_frames_of_their_path(spread, worked):
    for result in (spread, worked):
        for record in result.records:
            for path in record.paths:
                stamps = set(path.ts.tolist())
                assert {fill.ts for fill in fills_of(record.rows)} <= stamps
                assert np.all(np.diff(path.ts) > 0)


def test_a_path_ends_with_the_session_and_is_thinned(spread, first_day, monkeypatch):
    rows = spread.records[0].rows
    monkeypatch.setattr(records, "PATH_POINTS_MAX", 20)
    [path, *_] = records.net_paths(first_day, rows)
    assert path.ts[0] == first_day.ts[0]
    assert path.ts[-1] == first_day.ts[-1]
    assert len(path.ts) <= 20 + len(fills_of(rows)) + 1


def test_a_leg_without_a_quote_yet_makes_a_gap(spread, first_day, monkeypatch):
    quotes = first_day.quotes.copy()
    instrument = spread.records[0].paths[0].trade.ratios[0][0]
    quotes[schema.QUOTE_MARK2, instrument, :5] = schema.MISSING
    monkeypatch.setattr(type(first_day), "quotes", quotes)
    [path, *_] = records.net_paths(first_day, spread.records[0].rows)
    assert path.mid2[:5].tolist() == [records.MISSING_MID2] * 5
    assert path.mid2[5] != records.MISSING_MID2


def test_a_crossed_or_missing_quote_counts_as_its_last_mark(spread, first_day, monkeypatch):
    quotes = first_day.quotes.copy()
    instrument = spread.records[0].paths[0].trade.ratios[0][0]
    before = records.net_paths(first_day, spread.records[0].rows)[0].mid2
    quotes[schema.QUOTE_MARK2, instrument] = -2 - quotes[schema.QUOTE_MARK2, instrument]
    monkeypatch.setattr(type(first_day), "quotes", quotes)
    after = records.net_paths(first_day, spread.records[0].rows)[0].mid2
    assert after.tolist() == before.tolist()


def test_paths_are_kept_only_if_they_are_asked_for(catalog, spread):
    bare = run(catalog, with_paths=False)
    assert all(record.paths == () for record in bare.records)
    assert [record.chosen for record in bare.records] == [
        record.chosen for record in spread.records
    ]


def test_symbols_are_those_that_the_journal_names(spread, first_day):
    record = spread.records[0]
    named = {event["instrument"] for event in record.events if "instrument" in event}
    assert set(record.symbols) == named
    assert all(record.symbols[index] == first_day.symbols[index] for index in named)


def test_the_account_agrees_with_the_last_event(worked):
    for record in worked.records:
        last = record.events[-1]
        assert last["event"] == "session_ended"
        assert last["status"] == record.chosen.status
        assert last["fees"] == record.chosen.fees
        assert last["max_drawdown"] == record.chosen.max_drawdown
        assert last["fills"] == record.chosen.entries + record.chosen.exits
