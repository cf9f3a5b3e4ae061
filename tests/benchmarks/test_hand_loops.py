"""Hand-written option days against the engine: the same entries, exits and prices of both."""

import numpy as np
import pytest

from benchmarks.hand_condors import hand_condors
from benchmarks.hand_loops import WAYS, prepare
from forven.research.workloads.inputs import chosen_legs
from forven.research.workloads.option_day import OptionDay
from forven.research.workloads.outcomes import outcomes_of
from forven.research.workloads.sizes import Size


@pytest.fixture(scope="module")
def workload(size: Size) -> OptionDay:
    counts = size.variants[0]
    settings = {"frame_seconds": 60, "counts": counts, "fills": "backtest", "threads": 1}
    made = OptionDay(settings)
    made.round()
    return made


def test_strikes_found_by_hand_are_those_of_the_engine(workload, size: Size) -> None:
    by_hand = hand_condors(workload.bots[0].day, size.variants[0]).legs
    assert (by_hand == chosen_legs(workload.results[0])[:, :4]).all()


@pytest.mark.parametrize("way", WAYS)
def test_every_way_has_the_trades_of_the_engine(workload, size: Size, way: str) -> None:
    day = workload.bots[0].day
    rows = WAYS[way](day, hand_condors(day, size.variants[0]))()
    assert rows.tolist() == outcomes_of(day, workload.results[0]).tolist()


@pytest.mark.parametrize("way", WAYS)
def test_a_round_agrees_with_the_engine_on_its_trades(workload, size: Size, way: str) -> None:
    take = prepare({"frame_seconds": 60, "counts": size.variants[0], "way": way})
    assert take()["agreements"] == workload.round().agreements


@pytest.mark.parametrize("way", WAYS)
def test_with_quotes_missing_crossed_and_without_a_bid_the_ways_still_agree(
    workload, size: Size, way: str
) -> None:
    day = workload.bots[0].day
    condors = hand_condors(day, size.variants[0])
    quotes = day.quotes.copy()
    generator = np.random.default_rng(5)
    spoilt = generator.random(quotes.shape[1:]) < 0.3
    spoilt[:, : condors.entry_frame + 1] = False
    kinds = generator.integers(0, 3, quotes.shape[1:])
    quotes[:2, spoilt & (kinds == 0)] = -1
    quotes[0, spoilt & (kinds == 1)] = 0
    crossed = spoilt & (kinds == 2)
    quotes[0, crossed] = quotes[1, crossed] + 5
    worse = _with_quotes(day, quotes)
    expected = WAYS["numba"](worse, condors)()
    assert WAYS[way](worse, condors)().tolist() == expected.tolist()
    assert expected.tolist() != WAYS["numba"](day, condors)().tolist()


def _with_quotes(day, quotes):
    """Return a day with other quotes."""
    fields = {name: getattr(day, name) for name in type(day).__dataclass_fields__}
    return type(day)(**{**fields, "quotes": quotes})
