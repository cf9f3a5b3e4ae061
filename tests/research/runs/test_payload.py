"""What the report of a run over bars shows: of very many trades the last, and never a shadow."""

import json

import pytest

from forven.research.runs import payload
from forven.research.runs.payload import page_payload
from tests.research.runs.backtests import crossed, ran


def test_the_page_has_a_row_and_two_markers_a_trade() -> None:
    found = page_payload(crossed())
    json.dumps(found, allow_nan=False)
    assert found["trades"] == len(found["rows"]) == len(found["markers"]["entry_times"]) > 50
    assert [line["bars"] for line in found["lines"]] == [one["bars"] for one in found["segments"]]
    assert found["figures"][0][2:] == [
        crossed().metrics[name]["net_profit"] for name in ("train", "test")
    ]
    assert {len(row) for row in found["rows"]} == {len(found["columns"])}


def test_of_very_many_trades_the_last_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payload, "ROWS_MAX", 7)
    monkeypatch.setattr(payload, "MARKERS_MAX", 9)
    found = page_payload(crossed())
    assert (len(found["rows"]), len(found["markers"]["exit_prices"])) == (7, 9)
    assert found["trades"] > 9
    assert found["rows"][-1][4] == crossed().as_document()["last_trades"][-1]["exit_time"]


def test_shadows_are_no_trades() -> None:
    found = page_payload(ran(policy={"sizing_mode": "fixed", "fixed_size": "0.000001"}))
    assert found["trades"] == 0 and found["rows"] == []
    shadows = next(row for row in found["figures"] if row[0] == "shadows")
    assert shadows[2] > 0
