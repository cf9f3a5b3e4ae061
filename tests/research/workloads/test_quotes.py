import numpy as np
import pytest

from forven.research.workloads.quotes import quote_stream
from forven.research.workloads.sizes import SEED

UPDATES = 50_000


@pytest.fixture(scope="module")
def stream():
    return quote_stream(UPDATES, SEED)


def test_a_seed_gives_the_same_bytes_and_another_seed_others(stream) -> None:
    assert quote_stream(UPDATES, SEED).digest == stream.digest
    assert quote_stream(UPDATES, SEED + 1).digest != stream.digest


def test_the_stream_is_the_one_that_figures_were_published_for() -> None:
    assert quote_stream(1_000, SEED).digest.startswith("e29ded61c73d7201")


def test_time_rises_and_the_spread_is_one_to_three_ticks_mostly_one(stream) -> None:
    assert (np.diff(stream.ts) > 0).all()
    spread = stream.ask - stream.bid
    assert set(np.unique(spread).tolist()) == {1, 2, 3}
    assert (spread == 1).mean() > 0.7


def test_the_mid_moves_in_about_a_ninth_of_the_updates_and_goes_on_as_it_went(stream) -> None:
    mid2 = stream.bid + stream.ask
    moves = np.diff(mid2)
    moves = moves[moves != 0]
    assert 0.09 < len(moves) / UPDATES < 0.14
    same = np.sign(moves[1:]) == np.sign(moves[:-1])
    assert same.mean() > 0.6


def test_a_size_changes_with_its_price(stream) -> None:
    changed = np.diff(stream.bid) != 0
    kept = np.diff(stream.bid_size)[changed] == 0
    assert kept.mean() < 0.02
    assert stream.bid_size.min() >= 1
    assert stream.ask_size.min() >= 1


def test_prints_happen_at_the_best_price_that_stood_before_their_update(stream) -> None:
    before = stream.print_updates - 1
    lifted = stream.aggressors > 0
    assert (stream.print_price[lifted] == stream.ask[before][lifted]).all()
    assert (stream.print_price[~lifted] == stream.bid[before][~lifted]).all()
    assert 0.09 < stream.print_updates.size / UPDATES < 0.11
