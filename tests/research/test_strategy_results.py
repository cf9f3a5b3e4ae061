"""Results of saved strategies: computed once a day and program, resumed, appended, told."""

from itertools import count

import numpy as np
import pytest

from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.synthetic.dataset import FIRST_SYNTHETIC_DAY, synthesize, synthetic_sessions
from forven.market.synthetic.spec import SyntheticSpec
from forven.primitives.errors import EmptyRange, InvalidInput, UnknownDataset
from forven.primitives.money import micros_of
from forven.research import strategy_results as module
from forven.research.backtest import DEFAULT_CAPITAL
from forven.research.metrics.sessions import measure
from forven.research.strategy_results import (
    StrategyResults,
    TooManyBacktests,
    UnknownProgram,
    results_dataset,
)
from forven.store.errors import StoreBusy
from forven.store.settings import Settings
from forven.store.store import Store
from forven.store.strategies import StrategyRow
from forven.strategies.saved import read_program
from tests.research.conftest import DAYS, SEED, SPREAD, run

SCRIPT = """
class Straddle:
    def on_session(self, ctx):
        self.done = False

    def on_frame(self, ctx):
        if not self.done:
            self.done = True
            ctx.log("first frame")
"""


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path / "home", None)
    yield store
    store.close()


@pytest.fixture
def told():
    """What listeners were told."""
    return []


@pytest.fixture
def results(store, catalog, told):
    found = made(store, catalog, told)
    yield found
    found.close()


def made(store, catalog, told=None, dataset="coarse"):
    clock = count(1)
    listener = None if told is None else told.append
    return StrategyResults(store, catalog, dataset, lambda: next(clock), listener)


def saved(store, document=SPREAD, kind="structured", **changes):
    """Save a program and return its hash."""
    strategy = read_program(kind, {**document, **changes} if kind == "structured" else document)
    row = StrategyRow(hash=strategy.hash, kind=kind, program=strategy.program_text(), created_ns=1)
    with store.transaction() as tables:
        tables.strategies.keep(row)
    return strategy.hash


def test_a_backtest_that_cannot_be_written_down_as_begun_or_ended_is_computed_all_the_same(
    store, results, told, monkeypatch, caplog
):
    source_hash = saved(store)

    def refusing(_settings, _key, _value):
        raise StoreBusy("another process is writing")

    monkeypatch.setattr(Settings, "put", refusing)
    assert results.start(source_hash)["exec_status"] in ("queued", "running", "idle")
    results.wait()
    found = results.document(source_hash)
    assert (found["exec_status"], found["covered_days"]) == ("idle", DAYS)
    assert told[-1]["date"] is None
    assert caplog.text.count("another process is writing") == 2


def test_results_are_those_of_a_backtest_over_all_sessions(store, results, catalog):
    source_hash = saved(store)
    before = results.document(source_hash)
    assert (before["exec_status"], before["covered_days"]) == ("idle", 0)
    assert before["results"] == {"days": [], "metrics": None}
    assert results.start(source_hash)["total_sessions"] == DAYS
    results.wait()
    document = results.document(source_hash)
    records = run(catalog).records
    assert document["exec_status"] == "idle"
    assert document["covered_days"] == document["total_sessions"] == DAYS
    assert document["window_label"] == "all recorded sessions"
    assert document["window_from"] == records[0].day.isoformat()
    assert document["window_to"] == records[-1].day.isoformat()
    assert document["snapshot"]["source_hash"] == document["source_hash"] == source_hash
    days = document["results"]["days"]
    assert [day["digest"] for day in days] == [record.chosen.digest for record in records]
    assert [micros_of(day["net_pnl"]) for day in days] == [
        record.chosen.profit for record in records
    ]
    for day in days:
        paid = micros_of(day["fees"]) + micros_of(day["slippage"])
        assert micros_of(day["gross_pnl"]) == micros_of(day["net_pnl"]) + paid
    profits = np.array([record.chosen.profit for record in records]) / 1e6
    metrics = document["results"]["metrics"]
    assert metrics["sharpe"] == measure(DEFAULT_CAPITAL / 1e6, profits).sharpe
    assert micros_of(metrics["total_fees"]) == sum(record.chosen.fees for record in records)


def test_progress_is_told_day_by_day(store, results, told):
    source_hash = saved(store)
    results.start(source_hash)
    results.wait()
    assert [event["covered_days"] for event in told] == [*range(1, DAYS + 1), DAYS]
    assert {event["exec_status"] for event in told[:-1]} == {"running"}
    assert told[-1]["exec_status"] == "idle"
    assert told[-1]["date"] is None
    assert {event["source_hash"] for event in told} == {source_hash}


def test_what_is_there_is_not_computed_again(store, results, told, monkeypatch):
    source_hash = saved(store)
    results.start(source_hash)
    results.wait()
    told.clear()
    assert results.start(source_hash)["exec_status"] == "idle"
    results.wait()
    assert told == []


def test_a_restart_goes_on_where_the_last_process_stopped(store, catalog, told):
    source_hash = saved(store)
    first = made(store, catalog, told)
    stop_after(first, told, 5)
    first.start(source_hash)
    first.wait()
    first.close()
    assert len(told) == 5
    again = []
    second = made(store, catalog, again)
    assert second.document(source_hash)["covered_days"] == 5
    assert second.resume() == 1
    second.wait()
    assert [event["covered_days"] for event in again] == [*range(6, DAYS + 1), DAYS]
    second.close()
    third = made(store, catalog)
    assert third.resume() == 0
    third.close()


def stop_after(results, told, number):
    """Make a listener that asks for the end after so many days."""

    def listen(event):
        told.append(event)
        if len(told) == number:
            results._stopping.set()

    results._listener = listen


def test_newly_recorded_sessions_are_appended(store, tmp_path):
    catalog = Catalog(tmp_path / "growing")
    sessions = synthetic_sessions(trading_calendar(), FIRST_SYNTHETIC_DAY, 3)
    spec = SyntheticSpec(seed=SEED, frame_seconds=300)
    synthesize(catalog, "few", spec, sessions[:2], lambda day: None)
    told = []
    results = made(store, catalog, told, dataset="few")
    source_hash = saved(store)
    results.start(source_hash)
    results.wait()
    assert results.document(source_hash)["covered_days"] == 2
    catalog.remove("few")
    synthesize(catalog, "few", spec, sessions, lambda day: None)
    stale = results.document(source_hash)
    assert (stale["covered_days"], stale["total_sessions"]) == (2, 3)
    told.clear()
    results.start(source_hash)
    results.wait()
    assert [event["date"] for event in told] == [sessions[2].day.isoformat(), None]
    results.close()


def test_a_day_recorded_anew_is_computed_anew(store, tmp_path):
    catalog = Catalog(tmp_path / "again")
    sessions = synthetic_sessions(trading_calendar(), FIRST_SYNTHETIC_DAY, 1)
    results = made(store, catalog, dataset="one")
    source_hash = saved(store)
    digests = []
    for seed in (1, 2):
        if catalog.exists("one"):
            catalog.remove("one")
        spec = SyntheticSpec(seed=seed, frame_seconds=300)
        synthesize(catalog, "one", spec, sessions, lambda day: None)
        assert results.document(source_hash)["covered_days"] == 0
        results.start(source_hash)
        results.wait()
        digests += [day["digest"] for day in results.document(source_hash)["results"]["days"]]
    assert len(set(digests)) == 2
    results.close()


def test_three_backtests_at_once_and_no_more(store, results, monkeypatch):
    hashes = [saved(store, quantity=quantity) for quantity in (1, 2, 3, 4)]
    monkeypatch.setattr(results, "_work", lambda job, strategy: None)
    for source_hash in hashes[:3]:
        assert results.start(source_hash)["exec_status"] == "queued"
    assert results.start(hashes[0])["exec_status"] == "queued"
    with pytest.raises(TooManyBacktests) as caught:
        results.start(hashes[3])
    assert caught.value.code == "too_many_active_backtests"


def test_a_failure_is_told_with_its_reason_and_can_be_tried_again(store, results, monkeypatch):
    source_hash = saved(store)

    def fails(*args, **options):
        raise InvalidInput("a day is damaged")

    with monkeypatch.context() as broken:
        broken.setattr(module, "outcome_of", fails)
        results.start(source_hash)
        results.wait()
        document = results.document(source_hash)
        assert (document["exec_status"], document["error"]) == ("failed", "a day is damaged")
    results.start(source_hash)
    results.wait()
    document = results.document(source_hash)
    assert (document["exec_status"], document["error"]) == ("idle", None)
    assert document["covered_days"] == DAYS


def test_a_defect_in_the_worker_is_a_failure_not_silence(store, results, monkeypatch, caplog):
    source_hash = saved(store)
    monkeypatch.setattr(module, "outcome_of", lambda *args: 1 / 0)
    results.start(source_hash)
    results.wait()
    assert "ZeroDivisionError" in results.document(source_hash)["error"]
    assert "division" in caplog.text


def test_a_day_is_computed_again_with_all_that_happened(store, results, catalog):
    source_hash = saved(store)
    record = run(catalog).records[1]
    day = results.day(source_hash, record.day.isoformat())
    assert day["digest"] == record.chosen.digest
    assert micros_of(day["net_pnl"]) == record.chosen.profit
    assert {order["status"] for order in day["orders"]} <= {"filled", "canceled", "expired"}
    cash = sum(
        micros_of(one["value"]) * (-1 if one["effect"] == "debit" else 1)
        for one in day["transactions"]
    )
    assert cash == micros_of(day["gross_pnl"])
    path = day["path"]
    assert path[-1]["profit_loss"] == day["net_pnl"]
    assert 2 < len(path) <= 401


def test_days_asked_for_last_are_not_computed_again(store, results, catalog, monkeypatch):
    source_hash = saved(store)
    monkeypatch.setattr(module, "DAY_DOCUMENTS_MAX", 2)
    days = [day.isoformat() for day in catalog.open("coarse").days()[:3]]
    computed, compute = [], module.outcome_of

    def counted(strategy, policy, day, **options):
        computed.append(day.day.isoformat())
        return compute(strategy, policy, day, **options)

    monkeypatch.setattr(module, "outcome_of", counted)
    first = results.day(source_hash, days[0])
    assert results.day(source_hash, days[0]) is first
    for day in (days[1], days[0], days[2], days[0], days[1]):
        assert results.day(source_hash, day)["date"] == day
    assert computed == [days[0], days[1], days[2], days[1]]
    with pytest.raises(UnknownProgram):
        results.day("0" * 64, days[1])


def test_a_scripts_day_has_its_log(store, results, catalog):
    source_hash = saved(store, SCRIPT, kind="script")
    first = catalog.open("coarse").days()[0]
    day = results.day(source_hash, first.isoformat())
    assert [entry["message"] for entry in day["decisions"]] == ["first frame"]
    assert (day["net_pnl"], day["orders"]) == ("0.00", [])


def test_what_is_not_there_is_refused(store, results, catalog):
    source_hash = saved(store)
    for call in (results.start, results.document, lambda one: results.day(one, "2024-01-02")):
        with pytest.raises(UnknownProgram) as caught:
            call("0" * 64)
        assert caught.value.code == "not_found"
    with pytest.raises(EmptyRange):
        results.day(source_hash, "1999-01-04")
    with pytest.raises(InvalidInput):
        results.day(source_hash, "tomorrow")
    missing = made(store, catalog, dataset="nobody")
    with pytest.raises(UnknownDataset):
        missing.start(source_hash)
    missing.close()


def test_which_dataset_results_go_over(catalog, tmp_path):
    assert results_dataset(catalog, "coarse", "synthetic:7") == "coarse"
    assert results_dataset(catalog, None, "replay:coarse") == "coarse"
    assert results_dataset(catalog, None, "synthetic:7") == "coarse"  # the only one there is
    assert results_dataset(Catalog(tmp_path / "none"), None, "replay:coarse") is None
    with pytest.raises(UnknownDataset):
        results_dataset(catalog, "nobody", "replay:coarse")
