"""The figures of a backtest and their JSON document."""

import json
from dataclasses import replace

import numpy as np
import pytest

from forven.research.figures import SESSIONS_FEW
from forven.research.limits import NOT_MODELLED
from tests.research.conftest import DAYS, SEED, run


def test_equity_is_capital_and_the_running_sum(spread):
    profits = [record.chosen.profit / 1e6 for record in spread.records]
    assert spread.equity[0] == 100_000
    assert spread.equity[-1] == pytest.approx(100_000 + sum(profits))
    assert len(spread.equity) == len(spread.benchmark) == DAYS + 1


def test_the_benchmark_is_the_index_held_with_the_same_capital(spread):
    first, last = spread.records[0], spread.records[-1]
    assert spread.benchmark[0] == 100_000
    assert spread.benchmark[-1] == pytest.approx(100_000 * last.settlement / first.underlying_open)


def test_the_document_is_json_and_complete(spread):
    document = json.loads(json.dumps(spread.as_document(), allow_nan=False))
    assert list(document) == [
        "fills", "metrics", "natural_metrics", "totals", "natural_totals", "warnings", "sessions",
        "not_modelled", "provenance",
    ]  # fmt: skip
    assert document["not_modelled"] == list(NOT_MODELLED)
    assert len(document["sessions"]) == DAYS
    paid = sum(round(100 * float(session["fees"])) for session in document["sessions"])
    assert paid == round(100 * float(document["totals"]["fees"]))
    assert document["metrics"]["net_profit"] == pytest.approx(
        sum(float(session["net_pnl"]) for session in document["sessions"])
    )
    assert document["provenance"]["seed"] == SEED


def test_synthetic_data_and_few_sessions_are_warned_of(spread):
    warnings = " ".join(spread.warnings)
    assert "made up by a seeded model" in warnings
    assert f"Only {DAYS} sessions" in warnings
    assert DAYS < SESSIONS_FEW


def test_recorded_data_is_not_called_made_up(spread):
    recorded = replace(spread, provenance=replace(spread.provenance, seed=None))
    assert not any("made up" in text for text in recorded.warnings)


def test_a_profit_that_only_the_fills_make_is_warned_of(spread):
    gained = [
        replace(
            record,
            chosen=replace(record.chosen, profit=1_000_000),
            natural=replace(record.natural, profit=-1_000_000),
        )
        for record in spread.records
    ]
    dressed = replace(spread, records=tuple(gained))
    assert any("Profitable only with the chosen fills" in text for text in dressed.warnings)
    assert not any("Profitable only" in text for text in spread.warnings) or (
        spread.metrics.net_profit > 0 >= spread.natural_metrics.net_profit
    )


def test_estimated_settlements_and_early_ends_are_counted(spread):
    first, *others = spread.records
    changed = replace(
        first, settlement_estimated=True, chosen=replace(first.chosen, status="halted")
    )
    warnings = replace(spread, records=(changed, *others)).warnings
    assert any(text.startswith("1 session settled on the last recorded") for text in warnings)
    assert any(text.startswith("1 session ended early") for text in warnings)


def test_skipped_entries_are_warned_of(catalog):
    far = {
        "name": "Far",
        "legs": [
            {"side": "sell", "right": "put", "strike": {"method": "strike", "value": "100"}},
            {"side": "buy", "right": "put", "strike": {"method": "strike", "value": "95"}},
        ],
        "entry": {"times": ["10:00"]},
    }
    result = run(catalog, strategy=far)
    assert result.total("skipped") == DAYS
    assert f"{DAYS} found no valid strike in the chain" in result.warnings[0]
    first, *others = result.records
    entered = replace(first, chosen=replace(first.chosen, entries=1))
    warnings = replace(result, records=(entered, *others)).warnings
    assert any(text.startswith(f"{DAYS} entries found no valid strikes") for text in warnings)
    assert np.all(result.profits == 0)
    assert result.metrics.sharpe is None
