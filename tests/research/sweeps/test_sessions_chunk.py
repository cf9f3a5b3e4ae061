"""A sweep over sessions: each row is the backtest of that document, however it is cut."""

import numpy as np
import pytest

import forven
from forven.primitives.errors import InvalidInput
from forven.research.sweeps import sessions_plan
from forven.research.sweeps.leaders import notes_on, shown_metrics
from forven.research.sweeps.report import sweep_html
from forven.research.sweeps.sessions_chunk import JUDGED
from forven.research.sweeps.sessions_places import document_with
from forven.strategies.structured import parse_strategy
from tests.research.conftest import SPREAD
from tests.research.report.test_page import parsed
from tests.research.sweeps.plans import some_bars
from tests.research.sweeps.test_sessions_plan import GRID

pytestmark = pytest.mark.usefixtures("data_home")


@pytest.fixture(scope="module")
def swept(catalog):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORVEN_HOME", str(catalog.folder.parent))
        return forven.sweep(SPREAD, "coarse", GRID, threads=2)


def test_each_row_is_the_backtest_of_that_document(swept) -> None:
    for row in swept.table.to_pylist()[::3]:
        values = {name: row[name] for name in swept.parameters}
        document = document_with(parse_strategy(SPREAD).to_json(), values)
        result = forven.backtest(document, "coarse")
        first = [record.day.isoformat() for record in result.records][8]
        train = forven.backtest(document, "coarse", last_day="2024-01-11")
        test = forven.backtest(document, "coarse", first_day=first)
        for side, own in (("train", train), ("test", test)):
            for name in own.metrics.__slots__:
                expected = getattr(own.metrics, name)
                found = row[f"{side}_{name}"]
                assert np.isnan(found) if expected is None else found == expected, name
            assert row[f"{side}_natural_net_profit"] == own.natural_metrics.net_profit
            assert row[f"{side}_entries"] == own.total("entries")


def test_some_parameters_make_a_difference(swept) -> None:
    assert len(set(swept.table["train_net_profit"].to_pylist())) > 3
    assert sum(swept.table["train_entries"].to_pylist()) > 50


def test_cuts_and_threads_change_nothing(swept, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(sessions_plan, "CHUNK_RUNS", 3)
    again = forven.sweep(SPREAD, "coarse", GRID, folder=tmp_path / "kept", threads=1)
    assert again.digest == swept.digest
    assert again.document["chunk_runs"] == 3


def test_without_a_cut_the_metrics_have_no_side() -> None:
    found = forven.sweep(SPREAD, "coarse", ["quantity=1,2"], train_pct=None)
    assert found.table["sessions"].to_pylist() == [12, 12]
    assert "sharpe" in found.table.column_names and not found.is_split


def test_leaders_show_natural_fills_and_too_few_sessions_are_told(swept) -> None:
    assert "train_natural_net_profit" in shown_metrics(swept, "sharpe")
    notes = notes_on(swept, "sharpe")
    assert any("8 sessions (train) are too few" in note for note in notes)
    assert any("4 sessions (test) are too few" in note for note in notes)


def test_every_metric_of_a_row_is_judged_and_fees_are_better_low(swept) -> None:
    columns = [name for name in swept.table.column_names if name.startswith("train_")]
    assert [name.removeprefix("train_") for name in columns] == list(JUDGED)
    fees = swept.leaders("fees", 9)["train_fees"].to_pylist()
    assert fees == sorted(fees) and fees[0] < fees[-1]


def test_the_report_says_over_what_it_ran(swept) -> None:
    markup = parsed(sweep_html(swept, "net_profit"))
    assert markup.loaded == [] and "12 sessions of coarse" in markup.data
    assert '"across":"legs.0.strike.value"' in markup.data


def test_options_of_the_other_kind_and_bars_are_refused() -> None:
    with pytest.raises(InvalidInput, match="policy"):
        forven.sweep(SPREAD, "coarse", GRID, policy={"leverage": 2})
    with pytest.raises(InvalidInput, match="fills"):
        forven.sweep("dema_cross", some_bars(), ["fast=3"], fills="live")
    with pytest.raises(InvalidInput, match="dataset of sessions, found SYNTHETIC"):
        forven.sweep(SPREAD, some_bars(), GRID)
    with pytest.raises(InvalidInput, match="PATH=VALUES"):
        forven.sweep(SPREAD, "coarse")
