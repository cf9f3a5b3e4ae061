"""Warnings on a backtest over bars: each where it holds, and nowhere else."""

from dataclasses import replace

import pytest

from forven.market.bars.synthetic import random_bars
from forven.research.runs.cautions import cautions_on
from tests.research.runs.backtests import ran

SOUND = {
    "ruined": False,
    "total_trades": 50,
    "shadows": 0,
    "funding_complete": True,
    "open_at_end": 0,
    "sharpe": 1.5,
}


def told(train=None, test=None, is_sized_by_default=False):
    metrics = {"train": SOUND | (train or {}), "test": SOUND | (test or {})}
    return cautions_on(metrics, is_sized_by_default)


def test_a_sound_run_is_not_warned_of() -> None:
    assert told() == []
    assert told(test={"sharpe": 0.75}) == []
    assert told({"sharpe": -1.0}, {"sharpe": -3.0}) == []


@pytest.mark.parametrize(
    ("side", "text"),
    [
        ({"ruined": True}, "train: all capital was lost"),
        ({"total_trades": 19}, "train: 19 trades are too few"),
        ({"total_trades": 0}, "train: no trade, so"),
        ({"total_trades": 0, "shadows": 3}, "3 entries came to no size"),
        ({"funding_complete": False}, "train: trades held bars without a funding rate"),
        ({"open_at_end": 2}, "train: 2 positions closed"),
        ({"open_at_end": 1}, "train: 1 position closed"),
        ({"total_trades": 1}, "train: 1 trade is too few"),
    ],
)
def test_what_is_wrong_with_one_segment_is_told_of_it(side, text) -> None:
    assert any(text in warning for warning in told(side))


def test_what_is_wrong_with_both_is_told_once() -> None:
    poor = {"funding_complete": False}
    (warning,) = told(poor, poor)
    assert warning.startswith("train and test: trades held bars without a funding rate")


@pytest.mark.parametrize("test", [0.7, -1.0, None])
def test_a_test_that_falls_apart_is_told(test) -> None:
    (warning,) = told(test={"sharpe": test})
    assert "falls from 1.50 (train)" in warning


def test_default_sizes_and_a_missing_test_are_told() -> None:
    assert "2 x ATR(14)" in told(is_sized_by_default=True)[0]
    (warning,) = cautions_on({"all": SOUND}, False)
    assert "nothing says how it would have gone on" in warning


@pytest.mark.parametrize(("calendar", "is_told"), [("always", False), ("measured", True)])
def test_rates_that_are_not_charged_are_told(calendar, is_told) -> None:
    bars = replace(
        random_bars(600, 5, columns=("funding_rate",)), calendar=calendar, content_hash=""
    )
    found = ran(data=bars, policy={"sizing_mode": "full"})
    assert any("none is charged" in warning for warning in found.warnings) == is_told
    assert (found.metrics["train"]["funding"] == 0.0) == is_told
